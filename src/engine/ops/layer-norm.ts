// Layer normalisation over the last axis as an op: fused kernels on WebGPU (kernels/layer-norm.ts), tfjs's own ops on other backends.

import type { Tensor } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import { activeWebGpu } from '../backend/active.ts';
import { layerNormGradientKernel, layerNormKernel } from '../kernels/layer-norm.ts';
import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

/**
 * `x` (…, C) normalised to mean 0 and variance 1 over its last axis, then scaled by `gamma` (C) and moved by `beta` (C); `epsilon` is added to
 * the variance. Differentiable once. Throws `shape-mismatch`.
 */
export function layerNorm<T extends Tensor>(x: T, gamma: Tensor, beta: Tensor, epsilon = 1e-5): T {
  const width = x.shape.at(-1) ?? 0;
  const areOfOneKind = [x, gamma, beta].every(({ dtype }) => dtype === 'float32');
  if (!areOfOneKind || gamma.shape.join() !== String(width) || beta.shape.join() !== String(width)) {
    const got = [x, gamma, beta].map(({ shape, dtype }) => `${dtype} [${shape.join(', ')}]`).join(', ');
    throw new PlaygroundError(
      'shape-mismatch',
      `layerNorm: expected x (…, C) and gamma and beta (C) of floats, got ${got}. Make one weight for each value of the last axis.`,
      { place: 'layerNorm' },
    );
  }
  const backend = activeWebGpu();
  if (backend === null || !fitsLayerNorm(x)) return composite(x, gamma, beta, epsilon) as T; // the shape of x
  return withGradient([x, gamma, beta], {
    forward: (input, scale, offset) => ({
      value: layerNormKernel(backend, input, scale, offset, epsilon),
      saved: [input, scale],
    }),
    gradient: (dy, input, scale) => layerNormGradientKernel(backend, input, scale, dy, epsilon),
  }) as T; // the shape of x
}

/** Whether the kernels take it: rows in vectors of four, and some of them. */
export function fitsLayerNorm(x: Tensor): boolean {
  return x.size > 0 && (x.shape.at(-1) ?? 0) % 4 === 0;
}

function composite(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon))), gamma), beta);
  });
}
