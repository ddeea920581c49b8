// Our programs for convolutional networks against float64, at the sizes where they do something else: channels that four divides and that
// it does not, strides, padding of all kinds, filters larger than the image, and products of matrices in disguise.

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

const depthwiseCases: readonly ConvCase[] = [
  { name: '8 channels, odd sizes', image: [2, 9, 7, 8], filter: [3, 3, 8, 1], strides: [1, 1], pad: 'same' },
  { name: '5 channels, stride 2, batch 1', image: [1, 7, 8, 5], filter: [3, 2, 5, 1], strides: [2, 2], pad: 'same' },
  { name: 'two filters per channel', image: [1, 6, 6, 4], filter: [3, 3, 4, 2], strides: [1, 1], pad: 'valid' },
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
    expect(builtPrograms(/^conv2D(?:Direct|DerInputDirect|DerFilterDirect)/).length).toBeGreaterThan(2);
    expect(builtPrograms(/^(?:conv2DMM|conv2DDerInputMM|conv2DDerFilter_|im2col)/)).toEqual([]);
  });

  it('keep values outside of the image out, where the ones beside them are not numbers', async () => {
    const image = tf.tensor4d([NaN, 1, 1, 1, 1, 1, 1, 1, 1], [1, 3, 3, 1]);
    const result = tf.conv2d(image, tf.ones<tf.Rank.R4>([3, 3, 1, 4]), 1, 'same');
    const values = await tf.unstack(result, 3)[0]?.data();
    expect(Array.from(values ?? [])).toEqual([NaN, NaN, 4, NaN, NaN, 6, 4, 6, 4]);
  });
});

describe('depthwise convolutions', () => {
  it.each(depthwiseCases.map((one) => [one.name, one] as const))('%s: result and gradients are those of float64', async (_, one) => {
    const errors = await errorsOf(one, 'depthwise');
    expect(Math.max(...errors), errors.join(', ')).toBeLessThan(tolerance);
  });

  it('compute both gradients in programs of ours', () => {
    expect(builtPrograms(/^depthwise_conv2d_backprop_(?:input|filter)_direct/).length).toBeGreaterThan(3);
  });
});

describe('poolings', () => {
  // Whole numbers from -2 to 2, without a negative zero: most windows have their maximum more than once.
  const values = uniform([2, 7, 9, 8], 1).values.map((value) => Math.round(value * 2) + 0);

  it.each([
    ['2 by 2, the last one cut off', 2, 2, 'same'],
    ['2 by 2, leaving out an edge', 2, 2, 'valid'],
    ['2 by 2, three apart', 2, 3, 'same'],
  ] as const)('%s: the gradient of each maximum goes to one pixel that has it', async (_, size, stride, pad) => {
    const image = tf.tensor4d(values, [2, 7, 9, 8]);
    const [largest, gradient, owner] = tf.tidy(() => {
      const pooled = tf.maxPool(image, size, stride, pad);
      const numbers = tf.reshape(tf.range(1, pooled.size + 1), pooled.shape); // each window's gradient tells which window it is
      return [pooled, tf.grad((x: Tensor) => tf.maxPool(x as Tensor4D, size, stride, pad))(image, numbers), numbers];
    });
    const [maxima, given] = [await largest.data(), await gradient.data()];
    await engine.check();
    const places = Array.from(given).flatMap((window, place) => (window === 0 ? [] : [{ window, place }]));
    expect(places.map(({ window }) => window).toSorted((a, b) => a - b)).toEqual(Array.from(await owner.data()));
    expect(places.map(({ place }) => values[place])).toEqual(places.map(({ window }) => maxima[window - 1]));
    expect(builtPrograms(/^maxPool2DBackpropVec4/)).not.toEqual([]);
  });

  it('average what lies inside of the image, and give it back in equal parts of the whole window', async () => {
    const image = tf.ones<tf.Rank.R4>([1, 5, 5, 4]);
    const average = tf.avgPool(image, 3, 2, 'same');
    const gradient = tf.grad((x: Tensor) => tf.avgPool(x as Tensor4D, 3, 2, 'same'))(image, tf.fill(average.shape, 9));
    const row = async (tensor: Tensor): Promise<number[]> => Array.from(await tf.unstack(tf.reshape(tensor, [-1, 4]), 1)[0]!.data());
    expect(await row(average)).toEqual(Array.from({ length: 9 }, () => 1));
    // Windows begin at -1, 1 and 3: columns 1 and 3 belong to two of them, so do rows.
    expect((await row(gradient)).map(Math.round)).toEqual([1, 2, 1, 2, 1].flatMap((a) => [1, 2, 1, 2, 1].map((b) => a * b)));
    expect(builtPrograms(/^(?:pool2DVec4_avg|avgPool2DBackpropVec4)/).length).toBe(2);
  });
});

describe('relu', () => {
  it('lets NaN through, and an overflow times zero be NaN, as tfjs does', async () => {
    const x = tf.tensor1d([-1, 0, 2, NaN, -3, 4, -5, 6]);
    const dy = tf.tensor1d([10, 20, 30, 40, Infinity, Infinity, NaN, NaN]);
    expect(Array.from(await tf.relu(x).data())).toEqual([0, 0, 2, NaN, 0, 4, 0, 6]);
    const gradient = tf.grad((input: Tensor) => tf.relu(input))(x, dy);
    expect(Array.from(await gradient.data())).toEqual([0, 0, 30, NaN, NaN, Infinity, NaN, NaN]);
    expect(builtPrograms(/^relu(?:Gradient)?Vec4/).length).toBe(2);
  });

  it('has a second derivative', async () => {
    const x = tf.tensor1d([-1, 2, -3, 4]);
    const square = (input: Tensor): Tensor => tf.sum(tf.square(tf.relu(input)));
    const second = tf.grad((input: Tensor) => tf.sum(tf.grad(square)(input)));
    expect(Array.from(await second(x).data())).toEqual([0, 2, 0, 2]);
  });
});

describe('sums and means over leading axes', () => {
  // Some thousands of values of both signs may add up to less than a hundredth of their magnitudes, by which rounding goes.
  const sumTolerance = 1e-4;

  it.each([
    ['rows in one chunk', [3, 4, 8], [0, 1], false],
    ['rows in many chunks, the last one shorter', [17, 300, 4], [0, 1], true],
    ['a row that four does not divide', [40, 5], [0], false],
    ['a row of two axes', [33, 2, 6], [0], true],
  ] as const)('%s: agree with float64', async (_, shape, axes, keepDims) => {
    const x = uniform(shape, 5);
    const tensor = tf.tensor(x.values, [...shape]);
    const rows = shape.slice(0, axes.length).reduce((product, length) => product * length, 1);
    const columns = x.values.length / rows;
    const sums = Float64Array.from({ length: columns }, (__, column) =>
      Array.from({ length: rows }, (___, row) => x.values[row * columns + column] ?? NaN).reduce((sum, value) => sum + value, 0),
    );
    const [sum, mean] = [tf.sum(tensor, [...axes], keepDims), tf.mean(tensor, [...axes], keepDims)];
    expect(sum.shape).toEqual([...(keepDims ? axes.map(() => 1) : []), ...shape.slice(axes.length)]);
    expect(mean.shape).toEqual(sum.shape);
    expect(errorOf(await sum.data(), sums)).toBeLessThan(sumTolerance);
    expect(
      errorOf(
        await mean.data(),
        sums.map((value) => value / rows),
      ),
    ).toBeLessThan(sumTolerance);
    expect(builtPrograms(/^sumRows_/)).not.toEqual([]);
  });
});

describe('sums, differences and products', () => {
  const whole = [1, 2, 3, 4, 5, 6, 7, 8];

  it.each([
    ['one shape', [8, 7, 6, 5, 4, 3, 2, 1], [2, 4], (place: number) => 8 - place],
    ['one value per channel', [1, 2, 4, 8], [4], (place: number) => 2 ** (place % 4)],
    ['one number', [3], [], () => 3],
  ] as const)('%s: operands are read in their order', async (_, values, shape, at) => {
    const a = tf.tensor(whole, [2, 4]);
    const b = tf.tensor([...values], [...shape]);
    const results = [tf.add(a, b), tf.sub(a, b), tf.sub(b, a), tf.mul(b, a)];
    const expected = [
      whole.map((value, place) => value + at(place)),
      whole.map((value, place) => value - at(place)),
      whole.map((value, place) => at(place) - value),
      whole.map((value, place) => value * at(place)),
    ];
    expect(await Promise.all(results.map(async (tensor) => Array.from(await tensor.data())))).toEqual(expected);
    expect(builtPrograms(/^binary_(?:0|17|22)_flat/).length).toBeGreaterThan(3);
  });

  it('leave a broadcast of another kind to tfjs', async () => {
    const result = tf.add(tf.tensor2d([1, 2], [2, 1]), tf.tensor2d([1, 2, 3, 4], [1, 4]));
    expect(Array.from(await result.data())).toEqual([2, 3, 4, 5, 3, 4, 5, 6]);
  });
});

/** Keys of the programs that were built so far. */
function builtPrograms(pattern: RegExp): readonly string[] {
  return Object.keys(engine.backend?.internals.pipelineCache ?? {}).filter((key) => pattern.test(key));
}

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
