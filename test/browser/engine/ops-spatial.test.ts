import type { Tensor4D } from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { compareOps } from './op-cases/compare-ops.ts';
import { spatialCases } from './op-cases/spatial.ts';

compareOps('spatial ops', spatialCases);

// The CPU backend computes this one wrongly, so that it is no oracle.
it('the gradient of nearest upsampling is the sum over the pixels that each one became', async () => {
  await startEngine({ backend: 'webgpu' });
  const x = tf.zeros<tf.Rank.R4>([1, 2, 2, 1]);
  const dy = tf.reshape<tf.Rank.R4>(tf.range(0, 16), [1, 4, 4, 1]); // rows of 0 1 2 3, 4 5 6 7 …
  const upsample = (image: Tensor4D) => tf.image.resizeNearestNeighbor(image, [4, 4]);
  const gradient = tf.tidy(() => tf.grad((image) => upsample(image as Tensor4D))(x, dy));
  expect([...(await gradient.data())]).toEqual([0 + 1 + 4 + 5, 2 + 3 + 6 + 7, 8 + 9 + 12 + 13, 10 + 11 + 14 + 15]);
});
