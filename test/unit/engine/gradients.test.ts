// The gradients that tfjs lacks or gets wrong, on the CPU backend, against central differences. Every op here is linear or quadratic in each
// single input (piecewise, for choices; inputs keep clear of the edges), so that central differences have no error but float32's, however
// large the step: 1e-4 for sums of a few dozen values around 1.

import { readFileSync } from 'node:fs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/gradients/register.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';

const step = 2 ** -5;
const tolerance = 1e-4;

/** Distinct values in (−2, 2) at least 2 steps apart from each other and from 0 where there are fewer than 60 of them. */
function spreadValues(shape: readonly number[], phase: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, index) => ((((index * 37 + phase * 11) % 61) - 30.5) / 30.5) * 2),
    [...shape],
  );
}

type Op = (...inputs: Tensor[]) => Tensor;
const indices = () => tf.tensor2d([[0, 1], [2, 3], [0, 1]], [3, 2], 'int32'); // prettier-ignore

const cases: Readonly<Record<string, readonly [shapes: readonly (readonly number[])[], op: Op]>> = {
  'maximum, second broadcast': [[[3, 4], [4]], (a = none, b = none) => tf.maximum(a, b)],
  'minimum, first broadcast': [
    [
      [1, 4],
      [3, 4],
    ],
    (a = none, b = none) => tf.minimum(a, b),
  ],
  'squaredDifference, broadcast in the middle': [
    [
      [2, 1, 3],
      [2, 4, 3],
    ],
    (a = none, b = none) => tf.squaredDifference(a, b),
  ],
  'matMul, second broadcast': [
    [
      [3, 2, 4],
      [1, 4, 2],
    ],
    (a = none, b = none) => tf.matMul(a, b),
  ],
  'where on a comparison with what is differentiated': [
    [
      [3, 4],
      [3, 4],
    ],
    (a = none, b = none) => tf.where(tf.greater(a, 0), a, b),
  ],
  'where on combined comparisons': [
    [
      [3, 4],
      [3, 4],
    ],
    (a = none, b = none) => tf.where(tf.logicalAnd(tf.less(a, b), tf.logicalNot(tf.equal(a, 0))), tf.mul(a, 2), b),
  ],
  cumprod: [[[2, 5]], (x = none) => tf.cumprod(x, 1)],
  'cumprod with zeros among its factors': [[[2, 5]], (x = none) => tf.cumprod(tf.mul(x, [1, 0, 1, 0, 1]).add([0, 0, 1, 0, 0]), 1)],
  'cumprod, exclusive, along the first axis': [[[5, 2]], (x = none) => tf.cumprod(x, 0, true)],
  'cumprod, reversed': [[[2, 5]], (x = none) => tf.cumprod(x, 1, false, true)],
  'cumprod, exclusive and reversed': [[[2, 5]], (x = none) => tf.cumprod(x, 1, true, true)],
  stridedSlice: [[[5, 7]], (x = none) => tf.stridedSlice(x, [1, 0], [5, 7], [2, 3])],
  'stridedSlice, backwards to the first value': [[[7, 2]], (x = none) => tf.stridedSlice(x, [6, 0], [0, 2], [-2, 1], 0, 1)],
  'stridedSlice with a new axis': [[[3, 5]], (x = none) => tf.stridedSlice(x, [0, 0, 1], [3, 1, 5], [2, 1, 2], 0, 0, 0, 2)],
  'stridedSlice with a dropped axis': [[[3, 5]], (x = none) => tf.stridedSlice(x, [1, 1], [2, 4], [1, 1], 0, 0, 0, 0, 1)],
  'topk values': [[[3, 7]], (x = none) => tf.topk(x, 3).values],
  'gatherND, one place twice': [[[3, 4]], (x = none) => tf.gatherND(x, indices())],
  'scatterND, one place twice': [[[3]], (x = none) => tf.scatterND(indices(), x, [3, 4])],
  'einsum as a batched product': [
    [
      [2, 3, 4],
      [2, 4, 2],
    ],
    (a = none, b = none) => tf.einsum('bij,bjk->bik', a, b),
  ],
  'einsum that sums an axis of one operand only': [
    [
      [2, 3],
      [3, 4],
    ],
    (a = none, b = none) => tf.einsum('ij,jk->i', a, b),
  ],
  'einsum of one operand': [[[2, 3, 4]], (a = none) => tf.einsum('ijk->ki', a)],
  depthToSpace: [[[1, 2, 3, 8]], (x = none) => tf.depthToSpace(x as tf.Tensor4D, 2)],
  'conv2d, dilated, same': [
    [
      [1, 6, 5, 2],
      [3, 2, 2, 2],
    ],
    (x = none, w = none) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same', 'NHWC', [2, 3]),
  ],
  'conv2d, dilated, valid': [
    [
      [1, 7, 7, 1],
      [3, 3, 1, 2],
    ],
    (x = none, w = none) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid', 'NHWC', 2),
  ],
  'mirrorPad, reflected': [
    [[3, 4]],
    (x = none) =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [0, 3],
        ],
        'reflect',
      ),
  ],
  'mirrorPad, symmetric': [
    [[3, 4]],
    (x = none) =>
      tf.mirrorPad(
        x,
        [
          [3, 1],
          [2, 0],
        ],
        'symmetric',
      ),
  ],
};
const none = undefined as unknown as Tensor; // every case gives its op as many tensors as it takes

describe('a gradient that tfjs lacks', () => {
  beforeAll(async () => {
    await startEngine({ backend: 'cpu' });
  });

  it.each(Object.entries(cases))('%s: agrees with central differences', (_, [shapes, op]) => {
    const inputs = shapes.map((shape, index) => spreadValues(shape, index));
    const weights = spreadValues(op(...inputs).shape, 5);
    const weighted = (...given: Tensor[]) => tf.sum(tf.mul(op(...given), weights)).asScalar();
    const gradients = tf.grads(weighted)(inputs);
    gradients.forEach((gradient, index) => {
      expect(gradient.shape).toEqual(shapes[index]);
      const got = gradient.dataSync();
      const input = inputs[index] ?? none;
      const values = input.dataSync<'float32'>();
      const at = (place: number, by: number) => {
        const moved = tf.tensor(values.with(place, (values[place] ?? 0) + by), input.shape);
        return weighted(...inputs.map((other) => (other === input ? moved : other))).dataSync()[0] ?? NaN;
      };
      got.forEach((value, place) => {
        expect(Math.abs(value - (at(place, step) - at(place, -step)) / (2 * step))).toBeLessThan(tolerance / step);
      });
    });
  });

  it('that nobody supplies says so by name, and all of them are in the documentation', () => {
    expect(() => tf.grad((x: Tensor) => tf.diag(x))(tf.tensor1d([1, 2]))).toThrow(
      'gradient of Diag: expected an op that can be differentiated',
    );
    const listed = readFileSync(new URL('../../../docs/gradients.md', import.meta.url), 'utf8');
    const missing = registerGradients();
    expect(missing.filter((name) => !listed.includes(`\`${name}\``))).toEqual([]);
  });
});
