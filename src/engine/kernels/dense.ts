// tf.layers.dense with its gradient: forward one program (product, bias, activation), backward one for what the activation does to the gradient,
// two products and one sum over the rows. tfjs fuses no activation while it differentiates, computes the gradient of a linear layer's
// input even where nobody wants it (the first layer of every network), and transposes before it sums over rows.
//   y = activation(x · kernel + bias)    dz = dy · activation'(y)    dx = dz · kernelᵀ    dKernel = xᵀ · dz    dBias = Σ over rows of dz
// An activation whose slope cannot be told from its result (relu6, tanh as tfjs has it, …) follows as a program of its own.
//
// The class is not exported, so the method of its prototype is replaced by one that asks on every call whether ours applies: on WebGPU,
// floats, and not inside a gradient of a gradient. Programs need no change.

import type { GradConfig, KernelConfig, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../core/size-of.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { tf } from '../tf.ts';
import { activationGradientProgram, columnSumsProgram, mostSummedRows, type SlopedActivation } from './dense-programs.ts';

const denseName = 'LockstepDense';
const activationGradientName = 'LockstepActivationGradient';
const columnSumsName = 'LockstepColumnSums';

type Call = (inputs: Tensor | Tensor[], kwargs: unknown) => Tensor | Tensor[];

/** What the replaced method reads of a layer, by its own names in tfjs-layers 4.22.0. */
interface DenseLayer {
  readonly kernel: { read(): Tensor };
  readonly bias: { read(): Tensor } | null;
  readonly activation: { getClassName(): string; apply(x: Tensor): Tensor };
  invokeCallHook(inputs: Tensor | Tensor[], kwargs: unknown): void;
}

/** Activations that the product applies itself, and whose slope follows from the result. */
const fused: readonly string[] = ['linear', 'relu', 'elu', 'sigmoid'] satisfies readonly (SlopedActivation | 'linear')[];

/** Registers the kernels and makes every dense layer take them where they apply. */
export function registerDense(): void {
  tf.registerKernel(denseKernel);
  tf.registerKernel(activationGradientKernel);
  tf.registerKernel(columnSumsKernel);
  tf.registerGradient(denseGradient);
  // A name, so that the layer uses up none of the numbers that tfjs gives to layers without.
  const prototype = Object.getPrototypeOf(tf.layers.dense({ units: 1, name: 'sample' })) as { call: Call }; // every layer has one
  const stock = prototype.call;
  prototype.call = function (this: DenseLayer, inputs, kwargs) {
    const [x] = Array.isArray(inputs) ? inputs : [inputs];
    const isOne = !Array.isArray(inputs) || inputs.length === 1;
    if (x === undefined || !isOne || !applies(x, this.kernel.read())) return stock.call(this, inputs, kwargs);
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const name = this.activation.getClassName();
      const isFused = fused.includes(name);
      const y = dense(x, this.kernel.read(), this.bias?.read() ?? null, isFused ? name : 'linear');
      return isFused ? y : this.activation.apply(y);
    });
  };
}

function applies(x: Tensor, kernel: Tensor): boolean {
  const isOnWebGpu = tf.getBackend() === 'webgpu' && tf.engine().state.gradientDepth <= 1;
  return isOnWebGpu && x.dtype === 'float32' && kernel.dtype === 'float32' && x.rank >= 2 && x.size > 0;
}

/** (…, K), (K, N), (N) -> (…, N) */
function dense(x: Tensor, kernel: Tensor, bias: Tensor | null, activation: string): Tensor {
  const inputs = bias === null ? { x, kernel } : { x, kernel, bias };
  return tf.engine().runKernel<Tensor>(denseName, inputs, { activation }); // one output
}

const denseKernel: KernelConfig = {
  kernelName: denseName,
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const { x, kernel, bias } = inputs;
    if (x === undefined || kernel === undefined) throw new Error('dense: expected an input and a kernel');
    const attributes = { transposeA: false, transposeB: false, activation: attrs?.['activation'] ?? 'linear' };
    const a = { dataId: x.dataId, dtype: x.dtype, shape: rowsOf(x.shape) };
    const product = tf.getKernel('_FusedMatMul', 'webgpu').kernelFunc({ inputs: { a, b: kernel, bias }, backend, attrs: attributes });
    return { ...(product as TensorInfo), shape: [...x.shape.slice(0, -1), kernel.shape.at(-1) ?? 1] }; // one output
  },
};

const denseGradient: GradConfig = {
  kernelName: denseName,
  inputsToSave: ['x', 'kernel'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attributes) => {
    const [x, kernel, y] = saved as [Tensor, Tensor, Tensor]; // as saved
    const { activation } = attributes as { readonly activation: SlopedActivation | 'linear' }; // as `dense` calls it
    const dyOfY = dy as Tensor; // one output
    const inputs = { dy: dyOfY, y };
    const sloped = activation === 'linear' ? dyOfY : tf.engine().runKernel<Tensor>(activationGradientName, inputs, { activation });
    const dz = tf.reshape(sloped, rowsOf(y.shape)); // (B, N)
    const rows = dz.shape[0];
    return {
      x: () => tf.reshape(tf.matMul(dz, kernel, false, true), x.shape),
      kernel: () => tf.matMul(tf.reshape(x, rowsOf(x.shape)), dz, true, false),
      bias: () => (rows <= mostSummedRows ? tf.engine().runKernel<Tensor>(columnSumsName, { dz }) : tf.sum(dz, 0)),
    };
  },
};

const activationGradientKernel = onWebGpu(activationGradientName, (inputs, activation, backend) => {
  const [dy, y] = [inputs['dy'], inputs['y']] as [TensorInfo, TensorInfo]; // as above
  const size = sizeOf(y.shape);
  const { dataId } = backend.runWebGPUProgram(activationGradientProgram(activation, size), [flat(dy), flat(y)], 'float32');
  return { dataId, dtype: 'float32', shape: [...y.shape] };
});

const columnSumsKernel = onWebGpu(columnSumsName, (inputs, _, backend) => {
  const { dz } = inputs as { readonly dz: TensorInfo }; // as above
  const [rows, columns] = rowsOf(dz.shape);
  const program = columnSumsProgram(columns);
  return backend.runWebGPUProgram(program, [flat(dz)], 'float32', [{ type: 'int32', data: [rows] }]);
});

function onWebGpu(
  kernelName: string,
  compute: (inputs: Readonly<Record<string, TensorInfo>>, activation: SlopedActivation, backend: LockstepBackend) => TensorInfo,
): KernelConfig {
  return {
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) =>
      // This file calls it, with all its inputs; the registered 'webgpu' backend is ours (start-webgpu.ts).
      compute(inputs as Readonly<Record<string, TensorInfo>>, attrs?.['activation'] as SlopedActivation, backend as LockstepBackend),
  };
}

/** All but the last dimension in one. */
function rowsOf(shape: readonly number[]): [number, number] {
  const columns = shape.at(-1) ?? 1;
  return [sizeOf(shape.slice(0, -1)), columns];
}

function flat({ dataId, dtype, shape }: TensorInfo): TensorInfo {
  return { dataId, dtype, shape: [sizeOf(shape)] };
}
