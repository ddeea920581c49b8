// tf.layers.conv2d with its gradient: forward one program (convolution, bias, activation), where tfjs, while it differentiates, takes three and
// writes the whole output three times; backward as tfjs, but for what the activation does to the gradient, which is told from the result.
//   y = activation(conv(x, kernel) + bias)    dz = dy · activation'(y)    dx, dKernel: tfjs's kernels of both gradients    dBias = Σ dz
// An activation whose slope cannot be told from its result follows as a program of its own.
//
// The class's method is replaced by one that asks on every call whether ours applies: on WebGPU, floats, channels last, not dilated, and not
// inside a gradient of a gradient. Programs need no change.

import type { GradConfig, KernelConfig, Tensor } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';
import { beforeActivation, biasGradient, isFused, type FusedActivation } from './layer-gradients.ts';

const conv2dName = 'LockstepConv2D';

type Call = (inputs: Tensor | Tensor[], kwargs: unknown) => Tensor | Tensor[];

/** What the replaced method reads of a layer, by its own names in tfjs-layers 4.22.0. */
interface Conv2DLayer {
  readonly kernel: { read(): Tensor };
  readonly bias: { read(): Tensor } | null;
  readonly strides: readonly number[];
  readonly padding: string;
  readonly dataFormat: string;
  readonly dilationRate: readonly number[];
  readonly activation: { getClassName(): string; apply(x: Tensor): Tensor };
  invokeCallHook(inputs: Tensor | Tensor[], kwargs: unknown): void;
}

/** How it moves over the image, as tfjs's kernels are told. */
interface Movement {
  readonly strides: readonly number[];
  readonly pad: string;
  readonly dataFormat: 'NHWC';
  readonly dilations: readonly [1, 1];
}

/** Registers the kernel and makes every conv2d layer take it where it applies. */
export function registerConv2dLayer(): void {
  tf.registerKernel(conv2dKernel);
  tf.registerGradient(conv2dGradient);
  // A name, so that the layer uses up none of the numbers that tfjs gives to layers without.
  const prototype = Object.getPrototypeOf(tf.layers.conv2d({ filters: 1, kernelSize: 1, name: 'sample' })) as { call: Call }; // every layer has one
  const stock = prototype.call;
  prototype.call = function (this: Conv2DLayer, inputs, kwargs) {
    const [x] = Array.isArray(inputs) ? inputs : [inputs];
    const isOne = !Array.isArray(inputs) || inputs.length === 1;
    if (x === undefined || !isOne || !applies(this, x)) return stock.call(this, inputs, kwargs);
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const name = this.activation.getClassName();
      const y = conv2d(this, x, isFused(name) ? name : 'linear');
      return isFused(name) ? y : this.activation.apply(y);
    });
  };
}

function applies({ kernel, dataFormat, dilationRate, padding }: Conv2DLayer, x: Tensor): boolean {
  const isOnWebGpu = tf.getBackend() === 'webgpu' && tf.engine().state.gradientDepth <= 1;
  const isPlain = dataFormat === 'channelsLast' && dilationRate.every((rate) => rate === 1) && (padding === 'same' || padding === 'valid');
  return isOnWebGpu && isPlain && x.dtype === 'float32' && kernel.read().dtype === 'float32' && x.rank === 4 && x.size > 0;
}

/** (B, H, W, C), (h, w, C, N), (N) -> (B, H′, W′, N) */
function conv2d(layer: Conv2DLayer, x: Tensor, activation: FusedActivation): Tensor {
  const { kernel, bias, strides, padding } = layer;
  const movement: Movement = { strides, pad: padding, dataFormat: 'NHWC', dilations: [1, 1] };
  const inputs = { x, filter: kernel.read(), ...(bias === null ? {} : { bias: bias.read() }) };
  return tf.engine().runKernel<Tensor>(conv2dName, inputs, { ...movement, activation }); // one output
}

const conv2dKernel: KernelConfig = {
  kernelName: conv2dName,
  backendName: 'webgpu',
  kernelFunc: (call) => tf.getKernel('FusedConv2D', 'webgpu').kernelFunc(call),
};

const conv2dGradient: GradConfig = {
  kernelName: conv2dName,
  inputsToSave: ['x', 'filter'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attributes) => {
    const [x, filter, y] = saved as [Tensor, Tensor, Tensor]; // as saved
    const { activation, ...movement } = attributes as unknown as Movement & { readonly activation: FusedActivation }; // as `conv2d` calls it
    const dz = beforeActivation(activation, dy as Tensor, y); // one output
    const gradient = (name: string, inputs: Record<string, Tensor>, shapes: object) =>
      tf.engine().runKernel<Tensor>(name, inputs, { ...movement, ...shapes });
    return {
      x: () => gradient('Conv2DBackpropInput', { dy: dz, filter }, { inputShape: x.shape }),
      filter: () => gradient('Conv2DBackpropFilter', { x, dy: dz }, { filterShape: filter.shape }),
      bias: () => biasGradient(dz),
    };
  },
};
