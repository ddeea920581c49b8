// The passes of a layer, each as the kernel call that a training step makes.

import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import { tf } from '../../src/engine/tf.ts';
import type { BenchLayer } from './layers.ts';

/** A pass by name, ready to run; its inputs stay on the GPU. */
export type Passes = ReadonlyMap<string, () => Tensor | Tensor[]>;

/** The passes of a layer on random values, which `store` may store anew. */
export function passesOf({ kind, image, window, stride, channelsOut }: BenchLayer, store = (tensor: Tensor): Tensor => tensor): Passes {
  const x = store(tf.randomNormal([...image], 0, 1, 'float32', 1));
  const run = (kernel: string, inputs: Record<string, Tensor>, attributes: Record<string, unknown>): (() => Tensor | Tensor[]) => {
    const attrs = { strides: [stride, stride], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1], ...attributes };
    return () => tf.engine().runKernel(kernel, inputs, attrs); // as tfjs's own gradients call it
  };
  const randomLike = ({ shape }: TensorInfo): Tensor => store(tf.randomNormal([...shape], 0, 1, 'float32', 2));
  if (kind === 'relu') {
    const dy = randomLike(x);
    return new Map([
      ['forward', run('Relu', { x }, {})],
      ['forward and gradient', () => tf.grad((image4d: Tensor) => tf.relu(image4d))(x, dy)],
    ]);
  }
  if (kind === 'max pool' || kind === 'average pool') {
    const [forward, gradient] = kind === 'max pool' ? ['MaxPool', 'MaxPoolGrad'] : ['AvgPool', 'AvgPoolGrad'];
    const attributes = { filterSize: [window, window] };
    const output = run(forward, { x }, attributes)() as Tensor; // poolings have one output
    return new Map([
      ['forward', run(forward, { x }, attributes)],
      ['gradient', run(gradient, { dy: randomLike(output), input: x, ...(kind === 'max pool' ? { output } : {}) }, attributes)],
    ]);
  }
  const channels = image[3];
  const isDepthwise = kind === 'depthwise';
  const filter = store(tf.randomNormal([window, window, channels, isDepthwise ? 1 : (channelsOut ?? channels)], 0, 1, 'float32', 3));
  const forward = isDepthwise ? 'DepthwiseConv2dNative' : 'Conv2D';
  const [inputGradient, filterGradient] = isDepthwise
    ? ['DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter']
    : ['Conv2DBackpropInput', 'Conv2DBackpropFilter'];
  const dy = randomLike(run(forward, { x, filter }, {})() as Tensor); // convolutions have one output
  return new Map([
    ['forward', run(forward, { x, filter }, {})],
    ['image gradient', run(inputGradient, { dy, filter }, { inputShape: x.shape })],
    ['filter gradient', run(filterGradient, { x, dy }, { filterShape: filter.shape })],
  ]);
}
