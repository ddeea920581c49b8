// tf.layers.dense with its gradient: forward one program (product, bias, activation), backward one for what the activation does to the gradient,
// two products and one sum over the rows. tfjs fuses no activation while it differentiates, computes the gradient of a linear layer's
// input even where nobody wants it (the first layer of every network), and transposes before it sums over rows.
//   y = activation(x · kernel + bias)    dz = dy · activation'(y)    dx = dz · kernelᵀ    dKernel = xᵀ · dz    dBias = Σ over rows of dz
// An activation whose slope cannot be told from its result (relu6, tanh as tfjs has it, …) follows as a program of its own.
//
// The class is not exported, so the method of its prototype is replaced by one that asks on every call whether ours applies: on WebGPU,
// floats, and not inside a gradient of a gradient. Programs need no change.

import type { GradConfig, KernelConfig, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';
import { beforeActivation, biasGradient, isFused, rowsOf, type FusedActivation } from './layer-gradients.ts';

const denseName = 'LockstepDense';

type Call = (inputs: Tensor | Tensor[], kwargs: unknown) => Tensor | Tensor[];

/** What the replaced method reads of a layer, by its own names in tfjs-layers 4.22.0. */
interface DenseLayer {
  readonly kernel: { read(): Tensor };
  readonly bias: { read(): Tensor } | null;
  readonly activation: { getClassName(): string; apply(x: Tensor): Tensor };
  invokeCallHook(inputs: Tensor | Tensor[], kwargs: unknown): void;
}

/** Registers the kernel and makes every dense layer take them where they apply. */
export function registerDense(): void {
  tf.registerKernel(denseKernel);
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
      const y = dense(x, this.kernel.read(), this.bias?.read() ?? null, isFused(name) ? name : 'linear');
      return isFused(name) ? y : this.activation.apply(y);
    });
  };
}

function applies(x: Tensor, kernel: Tensor): boolean {
  const isOnWebGpu = tf.getBackend() === 'webgpu' && tf.engine().state.gradientDepth <= 1;
  return isOnWebGpu && x.dtype === 'float32' && kernel.dtype === 'float32' && x.rank >= 2 && x.size > 0;
}

/** (…, K), (K, N), (N) -> (…, N) */
function dense(x: Tensor, kernel: Tensor, bias: Tensor | null, activation: FusedActivation): Tensor {
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
    const { activation } = attributes as { readonly activation: FusedActivation }; // as `dense` calls it
    const dz = tf.reshape(beforeActivation(activation, dy as Tensor, y), rowsOf(y.shape)); // one output; (B, N)
    return {
      x: () => tf.reshape(tf.matMul(dz, kernel, false, true), x.shape),
      kernel: () => tf.matMul(tf.reshape(x, rowsOf(x.shape)), dz, true, false),
      bias: () => biasGradient(dz),
    };
  },
};
