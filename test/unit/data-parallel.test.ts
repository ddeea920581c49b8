// Plan: lanes of real ranks in one thread against one rank with the whole batch: BatchNorm synchronised or not, micro-steps, local steps,
// unequal last batches, wire formats, and what each breaker breaks. The oracle is one rank, or a closed form.

import { describe, expect, test } from 'vitest';
import { createPrng } from '../../src/core/prng.ts';
import { tf } from '../../src/engine/tf.ts';
import type { ExperimentSpec } from '../../src/train/experiment.ts';
import { combineMoments } from '../../src/train/synced-batch-norm.ts';
import { largestDistance, trainRanks } from '../support/train-ranks.ts';

type Spec = Omit<ExperimentSpec, 'lanes'>;

function draw(shape: readonly number[], seed: number): tf.Tensor {
  const prng = createPrng(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => prng.next() * 2 - 1),
    [...shape],
  );
}

const sampleCount = 48;

const regression: Spec = {
  title: 'Regression',
  data: () => ({ train: { x: draw([sampleCount, 3], 1), y: draw([sampleCount, 2], 2) }, test: null }),
  model: () =>
    tf.sequential({
      layers: [tf.layers.dense({ inputShape: [3], units: 5, activation: 'tanh' }), tf.layers.dense({ units: 2 })],
    }),
  loss: 'meanSquaredError',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  globalBatch: 24,
  steps: 12,
};

/** Rounding, and nothing else: sums of f32 in another order over a dozen steps of a small network. */
const rounding = 1e-5;

const withBatchNorm: Spec = {
  ...regression,
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [3], units: 6, useBias: false }), // its gradient would be rounding and nothing else
        tf.layers.batchNormalization(),
        tf.layers.reLU(),
        tf.layers.dropout({ rate: 0 }),
        tf.layers.dense({ units: 4, useBias: false }),
        tf.layers.batchNormalization({ momentum: 0.9 }),
        tf.layers.dense({ units: 2 }),
      ],
    }),
};

describe('BatchNorm', () => {
  test.each([2, 3, 4])('synchronised over %i ranks trains what one rank trains on the whole batch', async (worldSize) => {
    const one = await trainRanks(withBatchNorm, '1xfp32');
    const several = await trainRanks(withBatchNorm, `${worldSize}xfp32+batchNorm=sync`);
    expect(largestDistance(several.weights[0] ?? [], one.weights[0] ?? [])).toBeLessThan(rounding);
    for (const weights of several.weights) expect(weights).toEqual(several.weights[0]);
  });

  test('of each rank’s own samples trains something else', async () => {
    const one = await trainRanks(withBatchNorm, '1xfp32');
    const several = await trainRanks(withBatchNorm, '4xfp32');
    expect(largestDistance(several.weights[0] ?? [], one.weights[0] ?? [])).toBeGreaterThan(0.01);
  });

  test('synchronised works on images, where it averages over rows and columns too', async () => {
    const images: Spec = {
      ...regression,
      data: () => ({ train: { x: draw([sampleCount, 4, 4, 1], 3), y: draw([sampleCount, 2], 4) }, test: null }),
      model: () =>
        tf.sequential({
          layers: [
            tf.layers.conv2d({ inputShape: [4, 4, 1], filters: 3, kernelSize: 3, useBias: false }),
            tf.layers.batchNormalization(),
            tf.layers.flatten(),
            tf.layers.dense({ units: 2 }),
          ],
        }),
    };
    const one = await trainRanks(images, '1xfp32');
    const two = await trainRanks(images, '2xfp32+batchNorm=sync+accum=1');
    expect(largestDistance(two.weights[0] ?? [], one.weights[0] ?? [])).toBeLessThan(rounding);
  });

  test('cannot be synchronised in a model that is no chain of layers', async () => {
    const branched: Spec = {
      ...regression,
      model: () => {
        const input = tf.input({ shape: [3] });
        const output = tf.layers.dense({ units: 2 }).apply(tf.layers.batchNormalization().apply(input)) as tf.SymbolicTensor;
        return tf.model({ inputs: input, outputs: output });
      },
    };
    await expect(trainRanks(branched, '2xfp32+batchNorm=sync')).rejects.toThrow('batchNorm: expected a tf.sequential model');
  });

  test('moments of parts are those of the whole, an empty part among them', () => {
    const values = [1, 2, 4, 8, 16, 32];
    const part = (numbers: readonly number[]): Float32Array => {
      const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
      const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
      return Float32Array.of(mean, variance, numbers.length);
    };
    const [mean, variance] = combineMoments([part(values.slice(0, 1)), part([]), part(values.slice(1))], 1);
    const [wholeMean = 0, wholeVariance = 0] = part(values);
    expect(mean[0]).toBeCloseTo(wholeMean, 5);
    expect(variance[0]).toBeCloseTo(wholeVariance, 3);
  });
});

describe('the step', () => {
  test.each([2, 4])('of one rank in %i micro-steps has the bits of as many ranks', async (count) => {
    const one = await trainRanks(regression, `1xfp32+accum=${count}`);
    const several = await trainRanks(regression, `${count}xfp32`);
    expect(several.losses).toEqual(one.losses);
    expect(several.weights[0]).toEqual(one.weights[0]);
  });

  test.each(['2xfp32+accum=3', '4xfp32+bucket=32', '3xfp32+bucket=16+ring', '4xfp32+tree+accum=2'])(
    'of %s trains what one rank does',
    async (lane) => {
      const one = await trainRanks(regression, '1xfp32');
      const several = await trainRanks(regression, lane);
      expect(largestDistance(several.weights[0] ?? [], one.weights[0] ?? [])).toBeLessThan(rounding);
      for (const weights of several.weights) expect(weights).toEqual(several.weights[0]);
    },
  );

  test('in buckets has the bits of one without', async () => {
    const whole = await trainRanks(regression, '4xfp32+naive');
    const buckets = await trainRanks(regression, '4xfp32+naive+bucket=16');
    expect(buckets.weights[0]).toEqual(whole.weights[0]);
  });

  test('of a last batch that the ranks cannot share evenly weighs every sample the same', async () => {
    const uneven: Spec = {
      ...regression,
      data: () => ({ train: { x: draw([29, 3], 1), y: draw([29, 2], 2) }, test: null }),
      lastBatch: 'short',
      globalBatch: 12,
    };
    const one = await trainRanks(uneven, '1xfp32');
    for (const lane of ['4xfp32', '3xfp32+accum=2', '6xfp32']) {
      const several = await trainRanks(uneven, lane);
      expect(largestDistance(several.weights[0] ?? [], one.weights[0] ?? [])).toBeLessThan(rounding);
      several.losses.forEach((loss, step) => expect(loss).toBeCloseTo(one.losses[step] ?? Number.NaN, 5));
    }
  });

  test('over a lossy wire stays near, says what it lost, and keeps the ranks together', async () => {
    const one = await trainRanks(regression, '1xfp32');
    for (const [wire, bound] of [
      ['fp16', 1e-3],
      ['int8', 1e-2],
      ['topk:0.25', 0.5],
    ] as const) {
      const several = await trainRanks(regression, `4xfp32+wire=${wire}`);
      const distance = largestDistance(several.weights[0] ?? [], one.weights[0] ?? []);
      expect(distance).toBeGreaterThan(0);
      expect(distance).toBeLessThan(bound);
      expect(several.metrics['wireError']?.every((error) => error > 0 && error < 1)).toBe(true);
      for (const weights of several.weights) expect(weights).toEqual(several.weights[0]);
    }
  });
});

test.each(['2xfp32+batchNorm=sync', '3xfp32+bucket=16', '2xfp32+accum=2', '2xfp32+local=2', '2xfp32+wire=int8'])(
  'a step of %s leaves no tensor behind',
  async (lane) => {
    const tensorsLeft = async (steps: number): Promise<number> => {
      const before = tf.memory().numTensors;
      await trainRanks({ ...withBatchNorm, steps }, lane);
      return tf.memory().numTensors - before;
    };
    expect(await tensorsLeft(7)).toBe(await tensorsLeft(3));
  },
);

describe('local SGD', () => {
  test('with plain SGD and one local step would be the mean of gradients, and with more sends that much less', async () => {
    const every = await trainRanks(regression, '4xfp32');
    const fourth = await trainRanks(regression, '4xfp32+local=4');
    for (const weights of fourth.weights) expect(weights).toEqual(fourth.weights[0]);
    expect(largestDistance(fourth.weights[0] ?? [], every.weights[0] ?? [])).toBeGreaterThan(1e-4);
    const [sentEvery = 0, sentFourth = 0] = [every.bytesSent[0], fourth.bytesSent[0]];
    expect(sentFourth).toBeLessThan(sentEvery / 2);
  });

  test('averages after the last step also where it is no multiple', async () => {
    const lane = await trainRanks({ ...regression, steps: 7 }, '3xfp32+local=5');
    for (const weights of lane.weights) expect(weights).toEqual(lane.weights[0]);
  });
});

describe('a breaker', () => {
  test('that sums gradients is SGD at a learning rate so many times as large', async () => {
    const sum = await trainRanks(regression, '4xfp32+break=sum');
    const fast = await trainRanks({ ...regression, optimizer: { name: 'sgd', learningRate: 0.4 } }, '4xfp32');
    expect(largestDistance(sum.weights[0] ?? [], fast.weights[0] ?? [])).toBeLessThan(rounding);
    sum.losses.forEach((loss, step) => expect(loss).toBeCloseTo(fast.losses[step] ?? Number.NaN, 5));
  });

  test('that gives every rank the same data trains on a quarter of each batch', async () => {
    const same = await trainRanks(regression, '4xfp32+break=same-data');
    const own = await trainRanks(regression, '4xfp32');
    expect(same.losses).not.toEqual(own.losses);
    expect(same.metrics).toEqual({});
  });

  test('that seeds every rank on its own leaves every rank with other weights', async () => {
    const { weights } = await trainRanks(regression, '3xfp32+break=seed-per-rank');
    expect(largestDistance(weights[1] ?? [], weights[0] ?? [])).toBeGreaterThan(0.01);
    expect(largestDistance(weights[2] ?? [], weights[0] ?? [])).toBeGreaterThan(0.01);
  });

  test.each([
    ['1xfp32+batch=48', 0.2],
    ['1xfp32+batch=48+lrScaling=sqrt', 0.1 * Math.SQRT2],
    ['1xfp32+batch=48+lrScaling=none', 0.1],
  ])('in the learning rate: %s trains at %f', async (lane, learningRate) => {
    const scaled = await trainRanks(regression, lane);
    const plain = await trainRanks({ ...regression, globalBatch: 48, optimizer: { name: 'sgd', learningRate } }, '1xfp32');
    expect(scaled.weights[0]).toEqual(plain.weights[0]);
  });
});
