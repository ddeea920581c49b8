import { tf } from '../../../../src/engine/tf.ts';
import { uniform, type OpCase } from './op-case.ts';

// [padding, stride, kernel, channels in, channels out]: vec4 and scalar programs, first layers and inner ones.
const conv2dForms = [
  ['same', 1, 3, 3, 8],
  ['valid', 1, 3, 4, 8],
  ['same', 2, 3, 8, 16],
  ['valid', 2, 5, 1, 4],
  ['same', 1, 1, 8, 8],
] as const;
const image = (channels: number) => uniform([2, 12, 12, channels]);

/** Convolutions of images, plain. */
export const convolutionCases: readonly OpCase[] = [
  ...conv2dForms.map(([padding, stride, kernel, channelsIn, channelsOut]) => ({
    name: `conv2d ${padding}, stride ${stride}, ${kernel}x${kernel}, ${channelsIn} to ${channelsOut}`,
    inputs: [image(channelsIn), uniform([kernel, kernel, channelsIn, channelsOut], 2)],
    run: (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, padding),
  })),
  {
    name: 'conv2d, dilated',
    inputs: [image(3), uniform([3, 3, 3, 8], 2)],
    run: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same', 'NHWC', 2),
  },
  {
    name: 'conv2dTranspose',
    inputs: [uniform([2, 6, 6, 4]), uniform([3, 3, 8, 4], 2)],
    run: (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 12, 12, 8], 2, 'same'),
  },
  {
    name: 'conv1d',
    inputs: [uniform([2, 20, 4]), uniform([3, 4, 8], 2)],
    run: (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'same'),
  },
  {
    name: 'conv3d',
    inputs: [uniform([1, 6, 6, 6, 2]), uniform([3, 3, 3, 2, 4], 2)],
    run: (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, 'same'),
  },
];

/** Convolutions with bias and activation in the same program. */
export const fusedConvolutionCases: readonly OpCase[] = (['linear', 'relu', 'sigmoid', 'elu'] as const).map((activation) => ({
  name: `fused conv2d with ${activation}`,
  inputs: [image(4), uniform([3, 3, 4, 8], 2), uniform([8], 3)],
  run: (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) =>
    tf.fused.conv2d({ x: x as tf.Tensor4D, filter: w as tf.Tensor4D, strides: 1, pad: 'same', bias: b, activation }),
}));

/** One filter per channel. */
export const depthwiseCases: readonly OpCase[] = [
  ...[1, 2].map((stride) => ({
    name: `depthwise conv2d, stride ${stride}`,
    inputs: [image(8), uniform([3, 3, 8, 1], 2)],
    run: (x: tf.Tensor, w: tf.Tensor) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, 'same'),
  })),
  {
    name: 'depthwise conv2d, channel multiplier 2',
    inputs: [image(3), uniform([3, 3, 3, 2], 2)],
    run: (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'),
  },
  {
    name: 'separable conv2d',
    inputs: [image(4), uniform([3, 3, 4, 1], 2), uniform([1, 1, 4, 8], 3)],
    run: (x, d, p) => tf.separableConv2d(x as tf.Tensor4D, d as tf.Tensor4D, p as tf.Tensor4D, 1, 'same'),
  },
  {
    name: 'fused depthwise conv2d with relu',
    inputs: [image(4), uniform([3, 3, 4, 1], 2), uniform([4], 3)],
    run: (x, w, b) =>
      tf.fused.depthwiseConv2d({ x: x as tf.Tensor4D, filter: w as tf.Tensor4D, strides: 1, pad: 'same', bias: b, activation: 'relu' }),
  },
];
