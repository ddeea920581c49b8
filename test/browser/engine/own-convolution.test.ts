// Our convolution programs against float64, at the sizes where they do something else: channels that four divides and that it does not,
// strides, padding of all kinds, filters larger than the image, and products of matrices in disguise.

import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { uniform } from './op-cases/op-case.ts';
import { convReference, tfPad, type ConvCase } from './float64-convolution.ts';

// A float32 sum of at most a few hundred products of values below one, of which the largest is taken as the measure.
const tolerance = 4e-6;

const fullCases: readonly ConvCase[] = [
  { name: '3 channels to 8, odd sizes', image: [2, 9, 11, 3], filter: [3, 3, 3, 8], strides: [1, 1], pad: 'same' },
  { name: '4 channels to 5, stride 2, batch 1', image: [1, 7, 7, 4], filter: [3, 2, 4, 5], strides: [2, 2], pad: 'valid' },
  { name: '8 channels to 8, stride 2 by 1', image: [2, 8, 9, 8], filter: [5, 5, 8, 8], strides: [2, 1], pad: 'same' },
  { name: 'a filter larger than the image', image: [1, 3, 3, 5], filter: [5, 5, 5, 4], strides: [1, 1], pad: 'same' },
  {
    name: '1 channel to 3, stride 3, explicit padding',
    image: [3, 10, 10, 1],
    filter: [3, 3, 1, 3],
    strides: [3, 3],
    pad: [
      [0, 0],
      [1, 2],
      [2, 0],
      [0, 0],
    ],
  },
  { name: 'a stride longer than the filter', image: [2, 9, 9, 4], filter: [2, 2, 4, 4], strides: [3, 3], pad: 'valid' },
  { name: '1 by 1', image: [2, 6, 6, 8], filter: [1, 1, 8, 12], strides: [1, 1], pad: 'same' },
  { name: '1 by 1, stride 2', image: [2, 7, 7, 4], filter: [1, 1, 4, 8], strides: [2, 2], pad: 'same' },
  { name: 'a filter as large as the image', image: [2, 6, 6, 4], filter: [6, 6, 4, 8], strides: [1, 1], pad: 'valid' },
];

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ backend: 'webgpu' });
});

describe('convolutions', () => {
  it.each(fullCases.map((one) => [one.name, one] as const))('%s: result and gradients are those of float64', async (_, one) => {
    const errors = await errorsOf(one, 'full');
    expect(Math.max(...errors), errors.join(', ')).toBeLessThan(tolerance);
  });

  it('run in programs of ours, not in the ones they replace', () => {
    const keys = Object.keys(engine.backend?.internals.pipelineCache ?? {});
    expect(keys.filter((key) => /^conv2D(?:Direct|DerInputDirect|DerFilterDirect)/.test(key)).length).toBeGreaterThan(2);
    expect(keys.filter((key) => /^(?:conv2DMM|conv2DDerInputMM|conv2DDerFilter_|im2col)/.test(key))).toEqual([]);
  });

  it('keep values outside of the image out, where the ones beside them are not numbers', async () => {
    const image = tf.tensor4d([NaN, 1, 1, 1, 1, 1, 1, 1, 1], [1, 3, 3, 1]);
    const result = tf.conv2d(image, tf.ones<tf.Rank.R4>([3, 3, 1, 4]), 1, 'same');
    const values = await tf.unstack(result, 3)[0]?.data();
    expect(Array.from(values ?? [])).toEqual([NaN, NaN, 4, NaN, NaN, 6, 4, 6, 4]);
  });
});

/** Largest differences, relative to the largest value: of the result, of the image's gradient and of the filter's. */
async function errorsOf(one: ConvCase, kind: 'full' | 'depthwise'): Promise<readonly number[]> {
  const image = uniform(one.image, 1);
  const filter = uniform(one.filter, 2);
  const weights = (size: number): Float32Array => uniform([size], 3).values;
  const expected = convReference(one, kind, image.values, filter.values, weights);
  const run = (x: Tensor, w: Tensor): Tensor =>
    (kind === 'full' ? tf.conv2d : tf.depthwiseConv2d)(x as Tensor4D, w as Tensor4D, [...one.strides], tfPad(one));
  const results = tf.tidy(() => {
    const inputs = [tf.tensor(image.values, [...one.image]), tf.tensor(filter.values, [...one.filter])];
    const weighted = (x: Tensor, w: Tensor): Tensor => {
      const out = run(x, w);
      return tf.sum(tf.mul(out, tf.tensor(weights(out.size), out.shape)));
    };
    return [run(...(inputs as [Tensor, Tensor])), ...tf.grads(weighted)(inputs)];
  });
  const values = await Promise.all(results.map((tensor) => tensor.data()));
  await engine.check();
  tf.dispose(results);
  return [expected.out, expected.imageGradient, expected.filterGradient].map((reference, index) => errorOf(values[index], reference));
}

function errorOf(got: ArrayLike<number> | undefined, expected: Float64Array): number {
  if (got?.length !== expected.length) return NaN;
  const magnitude = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return expected.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (got[index] ?? NaN))), 0) / magnitude;
}
