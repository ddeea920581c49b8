// Softmax and sums of short rows against float64, where our program and its bounds do something else: rows that four divides and that it does not,
// several axes, f16 inputs, a NaN in one row, scores whose exponentials overflow; and what is left to tfjs.

import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { uniform } from './op-cases/op-case.ts';

/** Of a float32 sum of at most 128 values below one. llvmpipe's exp is a polynomial, good to 1.2e-4. */
const sumTolerance = 2e-5;
const softmaxTolerance = 2e-4;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(inject('hasShaderF16') ? { backend: 'webgpu', f16: 'native' } : { backend: 'webgpu', f16: 'packed' });
});

describe('sums and means over the last axes', () => {
  it.each([
    ['rows that four divides', [64, 16], [1], false],
    ['rows that it does not', [70, 5], [-1], true],
    ['rows of two axes', [5, 20, 6, 8], [2, 3], true],
    ['axes that are not in order', [80, 3, 4], [2, 1], false],
    ['the longest rows', [65, 128], [1], false],
    ['rows of one value', [100, 1], [1], false],
  ] as const)('%s: agree with float64', async (_, shape, axes, keepDims) => {
    const x = uniform(shape, 7);
    const tensor = tf.tensor(x.values, [...shape]);
    const dimensions: readonly number[] = shape;
    const length = axes.reduce<number>((product, axis) => product * (dimensions.at(axis) ?? 0), 1);
    const sums = rowsOf(x.values, length).map((row) => row.reduce((sum, value) => sum + value, 0));
    const [sum, mean] = [tf.sum(tensor, [...axes], keepDims), tf.mean(tensor, [...axes], keepDims)];
    const kept = shape.slice(0, shape.length - axes.length);
    expect(sum.shape).toEqual([...kept, ...(keepDims ? axes.map(() => 1) : [])]);
    expect(mean.shape).toEqual(sum.shape);
    expect(mostDifference(await sum.data(), sums)).toBeLessThan(sumTolerance * Math.sqrt(length));
    const means = sums.map((value) => value / length);
    expect(mostDifference(await mean.data(), means)).toBeLessThan(sumTolerance);
    expect(builtPrograms(/^sumShortRows/)).not.toEqual([]);
  });

  it('read f16 as the numbers it holds', async () => {
    const x = uniform([64, 12], 3);
    const rounded = engine.toF16(tf.tensor(x.values, [64, 12]));
    const values = await rounded.data();
    const sums = rowsOf(values, 12).map((row) => row.reduce((sum, value) => sum + value, 0));
    expect(mostDifference(await tf.sum(rounded, 1).data(), sums)).toBeLessThan(sumTolerance);
  });

  it('are left to tfjs where rows are long, few, or whole numbers', async () => {
    const before = builtPrograms(/ShortRows/);
    const ones = [tf.ones([64, 129]), tf.ones([63, 7]), tf.ones([64, 9], 'int32')];
    const sums = await Promise.all(ones.map(async (tensor) => (await tf.sum(tensor, 1).data())[5]));
    expect(sums).toEqual([129, 7, 9]);
    expect(builtPrograms(/ShortRows/)).toEqual(before);
  });
});

describe('softmax of short rows', () => {
  it.each([
    ['rows that four divides', [4, 32, 16], 4],
    ['rows that it does not', [90, 7], 4],
    ['scores whose exponentials overflow', [64, 8], 400],
    ['rows of one score', [64, 1], 4],
  ] as const)('%s: agrees with float64, and so does its gradient', async (_, shape, factor) => {
    const logits = uniform(shape, 11).values.map((value) => value * factor);
    const weights = uniform(shape, 12).values;
    const x = tf.tensor(logits, [...shape]);
    const length = shape.at(-1) ?? 1;
    const expected = rowsOf(logits, length).flatMap(softmax);
    const weighted = (scores: typeof x) => tf.sum(tf.mul(tf.softmax(scores), tf.tensor(weights, [...shape])));
    expect(mostDifference(await tf.softmax(x).data(), expected)).toBeLessThan(softmaxTolerance);
    const gradient = rowsOf(expected, length).flatMap((row, index) => {
      const own = row.map((_value, at) => weights[index * length + at] ?? NaN);
      const mean = row.reduce((sum, value, at) => sum + value * (own[at] ?? NaN), 0);
      return row.map((value, at) => value * ((own[at] ?? NaN) - mean));
    });
    expect(mostDifference(await tf.grad(weighted)(x).data(), gradient)).toBeLessThan(softmaxTolerance);
    expect(builtPrograms(/^softmaxShortRows/)).not.toEqual([]);
  });

  it.each([[4], [5]])('of %i scores: a NaN or ∞ makes its row NaN and no other, and −∞ is a weight of 0, as in torch', async (length) => {
    const values = new Float32Array(64 * length).fill(1);
    values[2 * length + 1] = NaN;
    values[4 * length] = Infinity;
    values[6 * length + 3] = -Infinity;
    values.fill(-Infinity, 8 * length, 9 * length);
    const result = rowsOf(await tf.softmax(tf.tensor(values, [64, length])).data(), length);
    const even = new Array<number>(length).fill(Math.fround(1 / length));
    const masked = even.map((_value, at) => (at === 3 ? 0 : 1 / (length - 1)));
    const spoilt = [2, 4, 8];
    expect(spoilt.map((row) => result[row]?.every(Number.isNaN))).toEqual([true, true, true]);
    const others = [...result.entries()].filter(([row]) => !spoilt.includes(row));
    for (const [row, got] of others) expect(mostDifference(got, row === 6 ? masked : even)).toBeLessThan(softmaxTolerance);
  });
});

function softmax(row: readonly number[]): number[] {
  const most = Math.max(...row);
  const exponentials = row.map((value) => Math.exp(value - most));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

function rowsOf(values: ArrayLike<number>, length: number): number[][] {
  return Array.from({ length: values.length / length }, (_, row) => Array.from({ length }, (__, at) => values[row * length + at] ?? NaN));
}

function mostDifference(values: ArrayLike<number>, expected: readonly number[]): number {
  expect(values.length).toBe(expected.length);
  return expected.reduce((most, value, index) => Math.max(most, Math.abs(value - (values[index] ?? NaN))), 0);
}

/** Keys of the programs that were built so far. */
function builtPrograms(pattern: RegExp): readonly string[] {
  return Object.keys(engine.backend?.internals.pipelineCache ?? {}).filter((key) => pattern.test(key));
}
