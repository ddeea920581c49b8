// f16 where tensors cannot be stored in 16 bits: on WebGL and on the CPU; and bf16 there. Values are rounded to what 16 bits hold at the same places where
// WebGPU would store them so (kernel-policy.ts), and the arithmetic is f32 there as here: an fp16 lane learns what it would learn on
// WebGPU. It is neither faster nor smaller, and nobody may say so (`f16: 'simulated'`).
//
// All kernels are registered anew, wrapped: where a pass is f32 a wrapped kernel is the stock one. The registry of tfjs is
// one per worker, so there is one simulation per backend and worker.

import type { NamedTensorInfoMap, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../core/size-of.ts';
import { tf } from '../tf.ts';
import type { HalfPass } from '../../core/precision/precision-mode.ts';
import { castsInput, storesF16 } from './kernel-policy.ts';
import { roundOnCpu } from './round-on-cpu.ts';
import { roundOnWebGl } from './round-on-webgl.ts';
import type { InputFacts } from './residency-policy.ts';

type SimulatedBackend = 'webgl' | 'cpu';
type HalfFormat = 'f16' | 'bf16';
type Kernel = ReturnType<typeof tf.getKernel>['kernelFunc'];
type KernelCall = Parameters<Kernel>[0];

const rounders = { webgl: roundOnWebGl, cpu: roundOnCpu } as const;
const simulations = new Map<SimulatedBackend, SimulatedF16>();

/** The simulation on a backend, which must have been started. */
export function simulatedF16On(backendName: SimulatedBackend): SimulatedF16 {
  const known = simulations.get(backendName);
  if (known !== undefined) return known;
  const simulation = new SimulatedF16(backendName);
  simulations.set(backendName, simulation);
  return simulation;
}

/** Rounding at the places of the policy. */
class SimulatedF16 {
  private readonly backendName: SimulatedBackend;
  private pass: HalfPass | 'f32' = 'f32';
  /** What tensors were rounded to. */
  private readonly formatOf = new WeakMap<object, HalfFormat>();
  /** Casts of integers to float, such as masks: WebGPU keeps their integers, and they do not count as large f32 inputs. */
  private readonly integerDataIds = new WeakSet<object>();
  /** Rounded copies of f32 tensors, such as weights: one per scope, dropped at the outermost scope's end. */
  private readonly casts = new Map<object, TensorInfo>();

  constructor(backendName: SimulatedBackend) {
    this.backendName = backendName;
    for (const { kernelName } of tf.getKernelsForBackend(backendName)) this.wrap(kernelName);
  }

  isF16(tensor: Pick<TensorInfo, 'dataId'>): boolean {
    return this.formatOf.get(tensor.dataId) === 'f16';
  }

  /** A rounded copy, whatever the scope. */
  toF16(tensor: Tensor): Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.rounded(tensor, 'f16'), tf.backend());
  }

  /** Runs a synchronous function, with the kernels' results rounded as the pass has it. */
  during<T>(pass: HalfPass | 'f32', run: () => T): T {
    const outer = this.pass;
    this.pass = pass;
    try {
      return run();
    } finally {
      this.pass = outer;
      if (outer === 'f32') this.dropCasts();
    }
  }

  private wrap(kernelName: string): void {
    const stock = tf.getKernel(kernelName, this.backendName);
    const kernelFunc: Kernel = (call) => {
      const { pass } = this;
      return pass === 'f32' ? stock.kernelFunc(call) : this.run(pass, kernelName, stock.kernelFunc, call);
    };
    tf.unregisterKernel(kernelName, this.backendName);
    tf.registerKernel({ ...stock, kernelFunc });
  }

  private run(pass: HalfPass, kernelName: string, stock: Kernel, call: KernelCall): TensorInfo | TensorInfo[] {
    const inputs = this.castInputs(pass, kernelName, call.inputs);
    const sources = listOf(inputs);
    const facts = sources.map((source) => this.facts(source));
    const inputIds = new Set(sources.map(({ dataId }) => dataId));
    const store = (output: TensorInfo): TensorInfo => {
      // What is passed on holds what its input held.
      if (output.dtype !== 'float32' || inputIds.has(output.dataId)) return output;
      return storesF16(pass, kernelName, call.attrs, sizeOf(output.shape), facts) ? this.replaced(output, formatOfPass(pass)) : output;
    };
    const outputs = stock({ ...call, inputs });
    if (kernelName === 'Cast' && !Array.isArray(outputs) && sources[0]?.dtype !== 'float32') this.integerDataIds.add(outputs.dataId);
    return Array.isArray(outputs) ? outputs.map(store) : store(outputs);
  }

  private facts(input: TensorInfo): InputFacts {
    const isPlainF32 = input.dtype === 'float32' && !this.integerDataIds.has(input.dataId);
    return { size: sizeOf(input.shape), stored: this.formatOf.has(input.dataId) ? 'f16' : isPlainF32 ? 'f32' : 'other' };
  }

  /** Some kernels take a list of tensors where the type says a map; it stays a list. */
  private castInputs(pass: HalfPass, kernelName: string, inputs: NamedTensorInfoMap): NamedTensorInfoMap {
    const cast = (input: TensorInfo): TensorInfo => {
      const isCandidate =
        input.dtype === 'float32' && !this.formatOf.has(input.dataId) && castsInput(pass, kernelName, sizeOf(input.shape));
      if (!isCandidate) return input;
      let copy = this.casts.get(input.dataId);
      if (copy === undefined) this.casts.set(input.dataId, (copy = this.rounded(input, formatOfPass(pass))));
      return { ...copy, shape: input.shape };
    };
    if (Array.isArray(inputs)) return (inputs as TensorInfo[]).map(cast) as unknown as NamedTensorInfoMap;
    const entries = Object.entries(inputs as Readonly<Record<string, TensorInfo | null | undefined>>); // optional inputs may be absent
    return Object.fromEntries(entries.map(([name, input]) => [name, input == null ? input : cast(input)])) as NamedTensorInfoMap;
  }

  private rounded(tensor: TensorInfo, format: HalfFormat): TensorInfo {
    const info = rounders[this.backendName](tensor, format);
    this.formatOf.set(info.dataId, format);
    return info;
  }

  private replaced(output: TensorInfo, format: HalfFormat): TensorInfo {
    const rounded = this.rounded(output, format);
    tf.backend().disposeData(output.dataId);
    return rounded;
  }

  private dropCasts(): void {
    for (const { dataId } of this.casts.values()) tf.backend().disposeData(dataId);
    this.casts.clear();
  }
}

function formatOfPass(pass: HalfPass): HalfFormat {
  return pass === 'bf16' ? 'bf16' : 'f16';
}

function listOf(inputs: NamedTensorInfoMap): readonly TensorInfo[] {
  return Object.values(inputs as Readonly<Record<string, TensorInfo | null | undefined>>).filter((input) => input != null);
}
