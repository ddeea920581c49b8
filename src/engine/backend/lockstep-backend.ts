// tfjs's WebGPU backend, with tensors that may live in 16 bits. tfjs itself still sees 'float32': core, layers and gradients notice
// nothing, only the buffer is half as large. Which outputs live in f16 is the policy's decision (f16/residency-policy.ts); how a program
// reads and writes such buffers is the rewriter's (f16/rewrite-wgsl.ts), applied where the device creates the shader. Where a program
// cannot store f16 itself (packed storage, and neither fours nor pairs), it writes f32 and a cast follows.
//
// Recording a step and replaying it is another concern, in capture/; here are only its hooks: uploads, reads, kernels of our own.
//
// Two things differ from stock on purpose: `readSync` of data that is only on the GPU throws, because tfjs's canvas detour returned zeros
// in headless Chromium; and errors of the GPU surface at the next read (gpu-errors.ts) instead of never.

import type { DataType, TensorInfo, Variable } from '@tensorflow/tfjs';
import type { F16Rounding } from '../../core/device-report.ts';
import { sizeOf } from '../../core/size-of.ts';
import { PlaygroundError } from '../../core/errors.ts';
import { decodeFloat16 } from '../../core/float16.ts';
import { Capture } from '../capture/capture.ts';
import { ownReferenceCount } from '../capture/homes.ts';
import { WebGPUBackend } from '../tf.ts';
import { CastCache } from '../f16/cast-cache.ts';
import { roundStoresToBf16, roundToBf16Wgsl } from '../f16/bf16-wgsl.ts';
import { f16BufferBytes, narrowWgsl, widenWgsl } from '../f16/cast-kernels.ts';
import type { F16Form, F16Storage, StoredForm } from '../f16/halves-wgsl.ts';
import { canStorePairs, halvedDispatch } from '../f16/paired-stores.ts';
import { rewriteForF16, type F16Bindings } from '../f16/rewrite-wgsl.ts';
import type { InputFacts, ResidencyPolicy } from '../f16/residency-policy.ts';
import { GpuTiming } from '../timing/gpu-timing.ts';
import { programName } from '../timing/kernel-name.ts';
import { chooseVariant } from '../tune/variant-table.ts';
import { copyWgsl } from './copy-kernel.ts';
import { GpuErrors } from './gpu-errors.ts';
import { checkInternals, internalsOf, type BackendInternals, type StoredTensor } from './internals.ts';
import { dispatchKernel, submitRecorded, type KernelCall } from './raw-kernel.ts';
import { needsGpuRead, uploadWords } from './stored-values.ts';
import { sumOnce } from './sum-once.ts';

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];
type ProgramUniforms = Parameters<WebGPUBackend['runWebGPUProgram']>[3];
type BackendValues = Awaited<ReturnType<WebGPUBackend['read']>>;

/** The registered 'webgpu' backend. */
export class LockstepBackend extends WebGPUBackend {
  private readonly storage: F16Storage;
  private rounding: F16Rounding;
  readonly errors: GpuErrors;
  readonly internals: BackendInternals;
  readonly capture: Capture;
  readonly timing: GpuTiming;
  /** Hears of every f16 copy that is made of a plain f32 tensor, with both data ids; null: nobody listens. */
  onCast: ((from: object, copy: object) => void) | null = null;
  /** Null: every new tensor is f32. */
  private policy: ResidencyPolicy | null = null;
  /** How the shader that is being created reads and writes; null: as tfjs wrote it. */
  private bindings: F16Bindings | null = null;
  /** Whether it rounds what it writes to bf16. */
  private roundsStores = false;
  private readonly f16DataIds = new WeakSet<object>();
  /** f32 tensors whose values were rounded to bf16. */
  private readonly bf16DataIds = new WeakSet<object>();
  /** Names of programs that ran in f16 lanes and cannot store f16, because they add up atomically. */
  readonly f32Programs = new Set<string>();
  /** What programs read in place of f32 tensors that the policy casts. */
  readonly casts = new CastCache({
    cast: (tensor) => {
      const copy = this.policy?.format === 'bf16' ? this.toBf16(tensor) : this.toF16(tensor);
      this.onCast?.(tensor.dataId, copy.dataId);
      return copy;
    },
    dispose: (dataId) => void super.disposeData(dataId),
  });
  /** How often a tensor was changed in place. */
  private readonly changeCounts = new WeakMap<object, number>();

  /** Throws `internal` where this tfjs version lacks a member that the engine relies on. */
  constructor(device: GPUDevice, adapterInfo: GPUAdapterInfo, { storage, rounding }: StoredForm) {
    super(device, adapterInfo);
    checkInternals(this);
    this.internals = internalsOf(this);
    this.storage = storage;
    this.rounding = rounding;
    this.errors = new GpuErrors(device);
    this.hookShaders(device);
    this.timing = new GpuTiming(this);
    this.capture = new Capture(this);
  }

  /** How f16 is stored and rounded here, now. */
  get f16Form(): F16Form {
    const { storage, rounding } = this;
    return { storage, rounding, vectors: chooseVariant('f16Vectors', 'all', ['words', 'f16']) === 'f16' ? 'f16' : 'words' };
  }

  /** From now on stores round in integer arithmetic. */
  roundInIntegers(): void {
    this.rounding = 'integer';
  }

  /** Whether a tensor's buffer holds 16-bit values. */
  isF16(tensor: Pick<TensorInfo, 'dataId'>): boolean {
    return this.f16DataIds.has(tensor.dataId);
  }

  /** Runs a synchronous function under a policy; null means f32 throughout. Cached casts live until the outermost scope ends. */
  withPolicy<T>(policy: ResidencyPolicy | null, run: () => T): T {
    const outer = this.policy;
    this.policy = policy;
    try {
      return run();
    } finally {
      this.policy = outer;
      if (outer === null) this.casts.endScope();
    }
  }

  /** A new f16-resident copy, whatever the policy, rounded by the device's usual way or another one. Float tensors only. The caller disposes it. */
  toF16(tensor: TensorInfo, rounding = this.rounding): TensorInfo {
    const output = this.makeTensorInfo(tensor.shape, 'float32');
    this.f16DataIds.add(output.dataId);
    this.narrowInto(tensor, output, rounding);
    return output;
  }

  /** A new float tensor for what a kernel of ours of that key makes of its inputs: f16-resident where the policy says so. */
  makeOutput(key: string, shape: readonly number[], inputs: readonly TensorInfo[]): TensorInfo {
    const output = this.makeTensorInfo([...shape], 'float32');
    if (this.policy?.format !== 'bf16' && this.isOutputF16(key, shape, inputs)) this.f16DataIds.add(output.dataId);
    return output;
  }

  /** The tensor with a plain f32 buffer: itself, one reference more, or a cast of its f16 or integer buffer. The caller disposes it. */
  toF32(tensor: TensorInfo): TensorInfo {
    if (this.isPlainF32(tensor)) {
      this.incRef(tensor.dataId);
      return { ...tensor };
    }
    const output = this.makeTensorInfo(tensor.shape, 'float32');
    const from = this.isF16(tensor) ? this.f16Form : 'int32';
    this.runCast(`widen_${from === 'int32' ? from : from.vectors}`, widenWgsl(from), tensor, output);
    return output;
  }

  /** The tensor with a buffer of floats, f32 or f16: itself, one reference more, or a cast of its integers. The caller disposes it. */
  toFloats(tensor: TensorInfo): TensorInfo {
    if (!this.isF16(tensor)) return this.toF32(tensor);
    this.incRef(tensor.dataId);
    return { ...tensor };
  }

  /** Whether the tensor's buffer can be copied as f32 words. */
  isPlainF32(tensor: Pick<TensorInfo, 'dataId'>): boolean {
    return !this.isF16(tensor) && this.stored(tensor.dataId).dtype === 'float32';
  }

  /** The buffer of a tensor, after an upload where it was still on the CPU. */
  bufferOf(dataId: object): GPUBuffer {
    this.uploadToGPU(dataId);
    const { resource } = this.stored(dataId);
    if (resource === null || resource === undefined) throw new PlaygroundError('internal', 'WebGPU backend: expected a buffer, got none.');
    return resource;
  }

  /** Bytes of a tensor's buffer; 0 while it is only on the CPU. */
  bufferBytes(dataId: object): number {
    return this.internals.tensorMap.get(dataId)?.resource?.size ?? 0;
  }

  /**
   * Work of the host that belongs to every step, such as writing this step's hyper-parameters: done now and, where a step is being
   * recorded, before every replay of it. It flushes before it writes into a buffer, because a queue write overtakes recorded commands.
   */
  everyStep(action: () => void): void {
    this.capture.everyStep(action);
  }

  /** Copies values into a tensor of the same size that has a buffer; from the CPU where they are still there. */
  copyInto(from: TensorInfo, to: TensorInfo): void {
    const stored = this.stored(from.dataId);
    const words = stored.resource === null || stored.resource === undefined ? uploadWords(stored) : null;
    if (words !== null) {
      this.flush();
      this.internals.queue.writeBuffer(this.bufferOf(to.dataId), 0, words);
      return;
    }
    this.internals.commandQueueOwnedIds.add(to.dataId);
    if (this.isF16(to)) {
      const narrow = this.isF16(from) ? from : this.toF16(from);
      this.recordCopy(this.bufferOf(narrow.dataId), 0, this.bufferOf(to.dataId), 0, f16BufferBytes(sizeOf(to.shape)));
      this.internals.commandQueueOwnedIds.add(narrow.dataId);
      if (narrow !== from) this.disposeData(narrow.dataId);
      return;
    }
    this.copyOut(to.dtype === 'float32' ? from : { ...from, dtype: to.dtype }, this.bufferOf(to.dataId), 0);
  }

  /** Records a copy of a tensor's values, a float tensor's as f32, to a place in a buffer. */
  copyOut(tensor: TensorInfo, target: GPUBuffer, targetOffset: number): void {
    if (tensor.shape.includes(0)) return;
    const isCast = tensor.dtype === 'float32' && !this.isPlainF32(tensor);
    const plain = isCast ? this.toF32(tensor) : tensor;
    this.recordCopy(this.bufferOf(plain.dataId), 0, target, targetOffset, sizeOf(tensor.shape) * 4);
    this.internals.commandQueueOwnedIds.add(plain.dataId); // its buffer must not serve anybody else before the copy was submitted
    if (isCast) this.disposeData(plain.dataId);
  }

  /** Records a copy between buffers; offsets and length in bytes. */
  recordCopy(source: GPUBuffer, sourceOffset: number, target: GPUBuffer, targetOffset: number, byteLength: number): void {
    this.openEncoder().copyBufferToBuffer(source, sourceOffset, target, targetOffset, byteLength);
  }

  /** The encoder of what is submitted next, between passes. */
  openEncoder(): GPUCommandEncoder {
    const { internals } = this;
    internals.ensureCommandEncoderReady();
    internals.endComputePassEncoder();
    if (internals.commandEncoder === null) throw new PlaygroundError('internal', 'WebGPU backend: expected a command encoder, got none.');
    return internals.commandEncoder;
  }

  /** Records one dispatch of a kernel of our own. */
  dispatch(call: KernelCall): void {
    this.capture.noteKernel(call);
    this.timing.notes.own(call);
    dispatchKernel(this.internals, (dataId) => this.uploadToGPU(dataId), call);
    for (const dataId of call.writes ?? []) this.forgetValues(dataId);
  }

  /** Whether somebody else refers to a variable's buffer, and would see it change; its home while graphs are replayed is not somebody else. */
  isShared(variable: Variable): boolean {
    return this.refCount(variable.dataId) > (this.capture.homes.holds(variable.dataId) ? ownReferenceCount : 1);
  }

  /** The result of a kernel that wrote f32 whatever the policy, stored as the policy has it under this key. Takes the tensor over. */
  settled(shaderKey: string, result: TensorInfo): TensorInfo {
    const wantsF16 = this.policy?.outputsF16({ shaderKey, outputSize: sizeOf(result.shape), inputs: [] }) ?? false;
    return wantsF16 && this.isPlainF32(result) ? this.inHalf(result) : result;
  }

  /** A new tensor with the bits of one that is plain f32 or f16, stored alike. The caller disposes it. */
  copy(tensor: TensorInfo): TensorInfo {
    const output = this.makeTensorInfo(tensor.shape, 'float32');
    if (this.isF16(tensor)) {
      this.f16DataIds.add(output.dataId);
      this.copyInto(tensor, output);
      return output;
    }
    this.runCast('copy', copyWgsl, tensor, output);
    return output;
  }

  /** Submits what is recorded. */
  flush(): void {
    submitRecorded(this.internals);
  }

  override runWebGPUProgram(
    program: Program,
    inputs: TensorInfo[],
    outputDtype: DataType,
    uniforms?: ProgramUniforms,
    output?: TensorInfo,
  ): TensorInfo {
    sumOnce(program, uniforms);
    // Enum value and null both mean that a texture takes part: not ours.
    if (program.pixelsOpType !== undefined && program.pixelsOpType !== null)
      return super.runWebGPUProgram(program, inputs, outputDtype, uniforms, output);
    const isAtomic = program.atomic === true;
    if (isAtomic && this.policy !== null && outputDtype === 'float32') this.f32Programs.add(programName(program.shaderKey));
    const sources = this.policy === null ? inputs : this.castInputs(this.policy, program.shaderKey, inputs);
    const f16Inputs = program.variableNames.filter((_, index) => sources[index] !== undefined && this.isF16(sources[index]));
    const wantsF16 = output === undefined ? this.wantsF16(program, sources, outputDtype) : this.isF16(output);
    const isBf16 = this.policy?.format === 'bf16' && output === undefined;
    if (wantsF16 && isBf16 && f16Inputs.length === 0) return this.runRounded(program, sources, outputDtype, uniforms);
    const form = this.f16Form;
    const isNative = form.storage === 'native';
    const mayStore = wantsF16 && !isBf16 && !isAtomic;
    const storesPairs = mayStore && !isNative && (program.outputComponent ?? 1) === 1 && canStorePairs(program);
    const storesF16 = mayStore && (isNative || program.outputComponent === 4 || storesPairs);
    if (output !== undefined && wantsF16 && !storesF16) return this.runOnF32(program, inputs, uniforms, output);
    if (f16Inputs.length === 0 && !storesF16) {
      this.timing.notes.program(program, inputs);
      const result = super.runWebGPUProgram(program, sources, outputDtype, uniforms, output);
      return wantsF16 ? this.inHalf(result) : result;
    }
    let target = output;
    if (storesF16 && target === undefined) {
      target = this.makeTensorInfo(program.outputShape, outputDtype);
      this.f16DataIds.add(target.dataId);
    }
    program.shaderKey += `|f16:${f16Inputs.join(',')}:${storesF16}:${form.vectors}:${form.rounding}`;
    if (storesPairs) program.dispatch = halvedDispatch(program.dispatch);
    this.bindings = { inputs: f16Inputs, outputs: storesF16 ? ['result'] : [] };
    this.timing.notes.program(program, inputs);
    let result: TensorInfo;
    try {
      result = super.runWebGPUProgram(program, sources, outputDtype, uniforms, target);
    } finally {
      this.bindings = null; // of this program alone: the cast that may follow has a shader of its own
    }
    return wantsF16 && !storesF16 ? this.inHalf(result) : result;
  }

  override uploadToGPU(dataId: object): void {
    const stored = this.stored(dataId);
    if (stored.resource !== null && stored.resource !== undefined) return;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    if (this.f16DataIds.has(dataId)) {
      stored.resource = this.internals.bufferManager.acquireBuffer(f16BufferBytes(sizeOf(stored.shape)), usage);
      return;
    }
    const words = uploadWords(stored);
    if (words === null) {
      super.uploadToGPU(dataId);
      return;
    }
    // A queue write rather than tfjs's staging buffer, made, mapped and destroyed for each of some forty scalars a step. It cannot overtake
    // a recorded command: a buffer that one refers to is not in the pool before the submit.
    let buffer = this.capture.constant(words, usage);
    if (buffer === null) {
      buffer = this.internals.bufferManager.acquireBuffer(words.byteLength, usage);
      this.internals.queue.writeBuffer(buffer, 0, words);
    }
    stored.values = null;
    stored.resource = buffer;
  }

  override async read(dataId: object): Promise<BackendValues> {
    this.capture.refuse('it reads a value back');
    const changeCount = this.changeCounts.get(dataId);
    try {
      const values = await (this.f16DataIds.has(dataId) ? this.readF16(dataId) : super.read(dataId));
      // Changed in place while they were on their way, or by the next replay: right for whoever asked, stale for the next.
      if (this.changeCounts.get(dataId) !== changeCount || this.capture.rewrites(dataId)) this.forgetValues(dataId);
      await this.errors.check();
      return values;
    } catch (thrown) {
      // A failed map is a consequence; the device's own first error is the cause.
      await this.errors.check();
      throw thrown;
    }
  }

  override readSync(dataId: object): BackendValues {
    const stored = this.internals.tensorMap.get(dataId);
    if (stored !== undefined && needsGpuRead(stored, (id) => this.internals.tensorMap.get(id))) {
      this.capture.refuse('it reads a value back');
      throw new PlaygroundError(
        'not-supported',
        'dataSync: expected data that is still on the CPU, got a tensor that only the GPU holds. Use `await tensor.data()` (or `await tensor.array()`), outside tf.tidy.',
      );
    }
    return super.readSync(dataId);
  }

  override readToGPU(dataId: object): ReturnType<WebGPUBackend['readToGPU']> {
    if (!this.f16DataIds.has(dataId)) return super.readToGPU(dataId);
    const wide = this.toF32({ dataId, shape: [...this.stored(dataId).shape], dtype: 'float32' });
    try {
      return super.readToGPU(wide.dataId);
    } finally {
      this.disposeData(wide.dataId);
    }
  }

  override disposeData(dataId: object, force = false): boolean {
    const isReleased = super.disposeData(dataId, force);
    if (isReleased) this.casts.drop(dataId);
    return isReleased;
  }

  /** Writes into an f16 output that exists, and that the program cannot store into, in an f32 copy of it. */
  private runOnF32(program: Program, inputs: TensorInfo[], uniforms: ProgramUniforms, output: TensorInfo): TensorInfo {
    const wide = this.toF32(output);
    this.runWebGPUProgram(program, inputs, 'float32', uniforms, wide);
    this.narrowInto(wide, output, this.rounding);
    this.disposeData(wide.dataId);
    return output;
  }

  private wantsF16(program: Program, inputs: readonly TensorInfo[], outputDtype: DataType): boolean {
    // Atomic programs accumulate into i32 words that stand for f32 bits.
    return outputDtype === 'float32' && program.atomic !== true && this.isOutputF16(program.shaderKey, program.outputShape, inputs);
  }

  private isOutputF16(shaderKey: string, shape: readonly number[], inputs: readonly TensorInfo[]): boolean {
    if (this.policy === null) return false;
    const facts = inputs.map((input) => this.facts(input));
    return this.policy.outputsF16({ shaderKey, outputSize: sizeOf(shape), inputs: facts });
  }

  private facts(input: TensorInfo): InputFacts {
    const isFloat = this.stored(input.dataId).dtype === 'float32';
    const isHalf = this.isF16(input) || this.bf16DataIds.has(input.dataId);
    return { size: sizeOf(input.shape), stored: isHalf ? 'f16' : isFloat ? 'f32' : 'other' };
  }

  private castInputs(policy: ResidencyPolicy, shaderKey: string, inputs: readonly TensorInfo[]): TensorInfo[] {
    return inputs.map((input) => {
      const isPlain = input.dtype === 'float32' && this.isPlainF32(input) && !this.bf16DataIds.has(input.dataId);
      return isPlain && policy.castsInput(shaderKey, sizeOf(input.shape)) ? this.casts.copyOf(input) : input;
    });
  }

  /** The program with its stores rounded to bf16. */
  private runRounded(program: Program, inputs: TensorInfo[], outputDtype: DataType, uniforms?: ProgramUniforms): TensorInfo {
    program.shaderKey += '|bf16';
    this.roundsStores = true;
    this.timing.notes.program(program, inputs);
    try {
      const result = super.runWebGPUProgram(program, inputs, outputDtype, uniforms);
      this.bf16DataIds.add(result.dataId);
      return result;
    } finally {
      this.roundsStores = false;
    }
  }

  private inHalf(wide: TensorInfo): TensorInfo {
    const result = this.policy?.format === 'bf16' ? this.toBf16(wide) : this.toF16(wide);
    this.disposeData(wide.dataId);
    return result;
  }

  private narrowInto(wide: TensorInfo, output: TensorInfo, rounding: F16Rounding): void {
    const form = { ...this.f16Form, rounding };
    this.runCast(`narrow_${rounding}_${form.vectors}`, narrowWgsl(form), wide, output);
  }

  private toBf16(tensor: TensorInfo): TensorInfo {
    const output = this.makeTensorInfo(tensor.shape, 'float32');
    this.bf16DataIds.add(output.dataId);
    this.runCast('round_bf16', roundToBf16Wgsl, tensor, output, 1);
    return output;
  }

  /** `valueCount`: of one invocation. */
  private runCast(key: string, wgsl: string, from: TensorInfo, to: TensorInfo, valueCount = 4): void {
    const size = sizeOf(from.shape);
    if (size === 0) {
      this.stored(to.dataId).values = new Float32Array(0);
      return;
    }
    this.dispatch({
      key,
      wgsl,
      tensors: [from.dataId, to.dataId],
      uniforms: [{ type: 'uint32', data: [size] }],
      invocationCount: Math.ceil(size / valueCount),
    });
  }

  /** A tensor was changed in place: what was read of it, and what was cast from it, no longer holds. */
  private forgetValues(dataId: object): void {
    const stored = this.internals.tensorMap.get(dataId);
    if (stored === undefined) return; // disposed while it was being read
    stored.values = null;
    this.bf16DataIds.delete(dataId);
    this.changeCounts.set(dataId, (this.changeCounts.get(dataId) ?? 0) + 1);
    this.casts.drop(dataId);
  }

  private async readF16(dataId: object): Promise<BackendValues> {
    const stored = this.stored(dataId);
    // A float tensor's cached values are the Float32Array put there below.
    if (stored.values !== null && stored.values !== undefined) return stored.values as Float32Array;
    const raw = await this.getBufferData(this.bufferOf(dataId));
    const values = decodeFloat16(new Uint16Array(raw, 0, sizeOf(stored.shape)));
    stored.values = values;
    return values;
  }

  /** What tfjs keeps of a tensor. Throws `internal` for one that was disposed of. */
  stored(dataId: object): StoredTensor {
    const stored = this.internals.tensorMap.get(dataId);
    if (stored === undefined)
      throw new PlaygroundError('internal', 'WebGPU backend: expected a tensor of this backend, got one that was disposed.');
    return stored;
  }

  /** Shaders and pipelines of this device go through the rewriter and through error scopes. */
  private hookShaders(device: GPUDevice): void {
    const createShaderModule = device.createShaderModule.bind(device);
    const createComputePipeline = device.createComputePipeline.bind(device);
    device.createShaderModule = (descriptor) => {
      const rewritten = this.bindings === null ? descriptor.code : rewriteForF16(descriptor.code, this.bindings, this.f16Form);
      const code = this.roundsStores ? roundStoresToBf16(rewritten) : rewritten;
      return this.errors.watch(`GPU program ${descriptor.label ?? ''}`, () => createShaderModule({ ...descriptor, code }));
    };
    device.createComputePipeline = (descriptor) =>
      this.errors.watch(`GPU pipeline ${descriptor.label ?? ''}`, () => createComputePipeline(descriptor));
  }
}
