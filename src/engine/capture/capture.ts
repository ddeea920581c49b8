// Recording on the WebGPU backend: a step runs once more, eagerly and for real, while every command it gives the device is written down.
// The precedent is CUDA graphs, and onnxruntime-web's `enableGraphCapture`. What could make a replay differ from a run is either pinned
// (arena.ts, homes.ts) or ends in a refusal with its reason, and a refused recording was still a step like any other.
//
// The hooks are few: the command encoder, bind groups, writes from the host (here), uploads, reads and kernels of our own
// (LockstepBackend), the buffer pool (pool-guard.ts).

import type { Tensor } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { BufferPool } from '../backend/internals.ts';
import type { KernelCall } from '../backend/raw-kernel.ts';
import { Arena } from './arena.ts';
import type { Constant } from './commands.ts';
import { Homes } from './homes.ts';
import { PoolGuard } from './pool-guard.ts';
import { Recorder, watchingChance } from './recorder.ts';
import { createRecordingEncoder } from './recording-encoder.ts';

/** A step that was recorded. */
export interface Recording {
  /** What the step returned; the buffers behind it are written again by every replay. */
  readonly outputs: readonly Tensor[];
  readonly notes: Recorder;
}

const writableBinding = /@binding\((\d+)\)\s*var<storage,\s*read_write>/g;

/** The recording of one backend. */
export class Capture {
  readonly homes: Homes;
  private readonly backend: LockstepBackend;
  private readonly guard = new PoolGuard();
  private recorder: Recorder | null = null;
  private recordingCount = 0;
  /** Data that replays write: cached copies on the CPU would go stale. */
  private readonly rewritten = new WeakSet<object>();

  constructor(backend: LockstepBackend) {
    this.backend = backend;
    this.homes = new Homes(backend);
    this.hookEncoder();
    this.hookDevice(backend.internals.device);
  }

  /** Must come after everybody else's hooks on the pool: a kept buffer is not released for any of them. */
  watchPool(pool: BufferPool): void {
    this.guard.watch(pool);
  }

  /** Whether a replay writes the buffer of this data, so that what was read of it must not be kept. */
  rewrites(dataId: object): boolean {
    return this.rewritten.has(dataId) || this.homes.holds(dataId);
  }

  /** Something happens that a replay would not repeat. Ignored where no recording is under way. */
  refuse(reason: string): void {
    this.recorder?.refuse(reason);
  }

  /** Runs an action that belongs to every step: now, and before every replay of what is being recorded. */
  everyStep(action: () => void): void {
    this.recorder?.actions.push(action);
    this.allowingWrites(action);
  }

  /** A buffer with values of the host that stays theirs as long as the recording lives; null where none is under way. */
  constant(values: Constant, usage: GPUBufferUsageFlags): GPUBuffer | null {
    const { recorder } = this;
    if (recorder === null) return null;
    recorder.constants.push(values.slice()); // whoever made the tensor may write on in its array
    const buffer = recorder.arena.acquireConstant(values.byteLength, usage);
    this.allowingWrites(() => this.backend.internals.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>)); // never a shared one
    return buffer;
  }

  /** Looks at a kernel of our own before it is dispatched: what it writes must not be a constant, which is uploaded once. */
  noteKernel({ wgsl, tensors }: KernelCall): void {
    const { recorder, backend } = this;
    if (recorder === null) return;
    for (const [, binding] of wgsl.matchAll(writableBinding)) {
      const dataId = tensors[Number(binding)];
      if (dataId !== undefined && recorder.arena.isConstant(backend.bufferOf(dataId)))
        recorder.refuse('a kernel writes into a tensor that was made on the CPU');
    }
  }

  /**
   * Runs a synchronous step and writes it down. `inputs` are the tensors that change from step to step: uploaded before it begins. Throws
   * what the step throws, with every variable as it was before.
   */
  record(inputs: readonly Tensor[], step: () => readonly Tensor[]): Recording {
    const { backend, homes } = this;
    const { internals } = backend;
    if (this.recorder !== null) throw new PlaygroundError('internal', 'capture: a recording is under way already.');
    homes.claim();
    const stored = inputs.map(({ dataId }) => backend.stored(dataId));
    const onHost = stored.map(({ values }) => values);
    for (const { dataId } of inputs) backend.uploadToGPU(dataId);
    backend.flush();
    const pool = internals.bufferManager;
    const recorder = new Recorder(new Arena(pool));
    internals.bufferManager = recorder.arena;
    this.recorder = recorder;
    this.recordingCount++;
    let isDone = false;
    try {
      const outputs = watchingChance(recorder, step);
      if (homes.hasNewcomer()) recorder.refuse('it makes variables, as an optimizer does in its first step');
      backend.timing.notes.during('update', () => homes.bringHome());
      isDone = true;
      for (const { dataId } of outputs) this.rewritten.add(dataId);
      backend.flush();
      const outputBuffers = new Set(outputs.map(({ dataId }) => backend.bufferOf(dataId)));
      if (recorder.arena.held().some((buffer) => !outputBuffers.has(buffer) && !recorder.arena.isConstant(buffer)))
        recorder.refuse('it keeps a tensor for later');
      return { outputs, notes: recorder };
    } finally {
      if (!isDone) {
        homes.restore();
        for (const [index, input] of stored.entries()) input.values = onHost[index]; // a step that reads its batch on the CPU still can
      }
      backend.flush();
      internals.bufferManager = pool;
      this.recorder = null;
      this.guard.add(recorder.arena);
      recorder.arena.close(recorder.used());
      if (recorder.arena.hasLostBuffer) recorder.refuse('it disposes of a tensor that it reads');
      if (!isDone) this.release(recorder);
    }
  }

  /** Lets a recording go. Tensors that hold buffers of it keep them. */
  release({ arena }: Recorder): void {
    this.backend.flush();
    this.guard.remove(arena);
    arena.dispose();
    if (--this.recordingCount === 0) this.homes.dispose();
  }

  private allowingWrites(act: () => void): void {
    const { recorder } = this;
    const before = recorder?.mayWrite ?? false;
    if (recorder !== null) recorder.mayWrite = true;
    try {
      act();
    } finally {
      if (recorder !== null) recorder.mayWrite = before;
    }
  }

  private hookEncoder(): void {
    const { internals } = this.backend;
    const ensureReady = internals.ensureCommandEncoderReady.bind(internals);
    internals.ensureCommandEncoderReady = () => {
      const { recorder } = this;
      if (recorder !== null) internals.commandEncoder ??= createRecordingEncoder(internals.device, recorder, this.backend.timing.notes);
      else ensureReady();
    };
  }

  private hookDevice(device: GPUDevice): void {
    const createBindGroup = device.createBindGroup.bind(device);
    device.createBindGroup = (descriptor) => {
      const bindGroup = createBindGroup(descriptor);
      this.recorder?.noteBindGroup(bindGroup, descriptor.entries);
      return bindGroup;
    };
    const { queue } = device;
    const writeBuffer = queue.writeBuffer.bind(queue);
    queue.writeBuffer = (buffer, ...content) => {
      const { recorder } = this;
      // Uniforms are made anew for every content, and are part of what is compared.
      if (recorder !== null && !recorder.mayWrite && (buffer.usage & GPUBufferUsage.UNIFORM) === 0)
        recorder.refuse('it writes into a GPU buffer from the CPU');
      writeBuffer(buffer, ...content);
      return undefined;
    };
  }
}
