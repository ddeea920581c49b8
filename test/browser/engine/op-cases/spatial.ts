import { tf } from '../../../../src/engine/tf.ts';
import { positive, uniform, type OpCase } from './op-case.ts';

const image = [uniform([2, 12, 12, 4])];

/** Pooling, resizing, normalisation and morphology. */
export const spatialCases: readonly OpCase[] = [
  { name: 'maxPool 2x2', inputs: image, run: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid') },
  { name: 'maxPool 3x3, stride 2', inputs: image, run: (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same') },
  { name: 'maxPool 1x1', inputs: image, run: (x) => tf.maxPool(x as tf.Tensor4D, 1, 1, 'same') },
  { name: 'avgPool 2x2', inputs: image, run: (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid') },
  { name: 'avgPool 3x3, stride 2', inputs: image, run: (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'same') },
  { name: 'global average pool', inputs: image, run: (x) => tf.mean(x, [1, 2]) },
  { name: 'maxPool3d', inputs: [uniform([1, 6, 6, 6, 2])], run: (x) => tf.maxPool3d(x as tf.Tensor5D, 2, 2, 'valid') },
  {
    name: 'nearest upsampling',
    inputs: [uniform([2, 6, 6, 4])],
    run: (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [12, 12]),
    noGradient: 'the CPU backend, the oracle, computes it wrongly',
  },
  { name: 'bilinear upsampling', inputs: [uniform([2, 6, 6, 4])], run: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [12, 12]) },
  {
    name: 'batch normalisation with batch moments',
    inputs: [uniform([16, 5, 5, 8]), uniform([8], 2), uniform([8], 3)],
    run: (x, gamma, beta) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.batchNorm(x, mean, variance, beta, gamma, 1e-3);
    },
  },
  {
    name: 'batch normalisation with given moments',
    inputs: [uniform([32, 16]), uniform([16], 2), positive([16], 3), uniform([16], 4), uniform([16], 5)],
    run: (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale, 1e-3),
  },
  {
    name: 'layer normalisation',
    inputs: [uniform([16, 64]), uniform([64], 2), uniform([64], 3)],
    run: (x, gamma, beta) => {
      const { mean, variance } = tf.moments(x, -1, true);
      return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-3))), gamma), beta);
    },
  },
  { name: 'local response normalisation', inputs: [uniform([2, 4, 4, 8])], run: (x) => tf.localResponseNormalization(x as tf.Tensor4D) },
  { name: 'dropout with a seed', inputs: [uniform([16, 64])], run: (x) => tf.dropout(x, 0.5, undefined, 42) },
  ...(
    [
      ['same', 1],
      ['valid', 2],
    ] as const
  ).map(([padding, stride]) => ({
    name: `dilation2d ${padding}, stride ${stride}`,
    inputs: [uniform([1, 8, 8, 3]), uniform([3, 3, 3], 2)],
    run: (x: tf.Tensor, w: tf.Tensor) => tf.dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, stride, padding),
  })),
];
