// Plan: the parts of a data-parallel step, each against one rank with the whole batch: BatchNorm synchronised or not, micro-steps and buckets,
// unequal last batches, wire formats, local steps, learning rates. What whole runs promise is in equal-training.test.ts.

import { describe, expect, test } from 'vitest';
import { createPrng } from '../../src/core/prng.ts';
import { tf } from '../../src/engine/tf.ts';
import { largestRelativeDistance } from '../../src/runner/weights-distance.ts';
import type { ExperimentSpec } from '../../src/train/experiment.ts';
import { combineMoments } from '../../src/train/synced-batch-norm.ts';
import { lossesOf, trainLane } from '../support/train-in-node.ts';

const distance = (weights: readonly Float32Array[], reference: readonly Float32Array[]): number =>
  largestRelativeDistance(weights, reference) ?? Number.NaN;

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
    const one = await trainLane(withBatchNorm, '1xfp32');
    const several = await trainLane(withBatchNorm, `${worldSize}xfp32+batchNorm=sync`);
    expect(distance(several.weights, one.weights)).toBeLessThan(rounding);
    for (const weights of several.weightsByRank) expect(weights).toEqual(several.weights);
  });

  test('of each rank’s own samples trains something else', async () => {
    const one = await trainLane(withBatchNorm, '1xfp32');
    const several = await trainLane(withBatchNorm, '4xfp32');
    expect(distance(several.weights, one.weights)).toBeGreaterThan(0.01);
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
    const one = await trainLane(images, '1xfp32');
    const two = await trainLane(images, '2xfp32+batchNorm=sync+accum=1');
    expect(distance(two.weights, one.weights)).toBeLessThan(rounding);
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
    await expect(trainLane(branched, '2xfp32+batchNorm=sync')).rejects.toThrow('batchNorm: expected a tf.sequential model');
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
  test.each(['2xfp32+accum=3', '4xfp32+bucket=32', '3xfp32+bucket=16+ring', '4xfp32+tree+accum=2'])(
    'of %s trains what one rank does',
    async (lane) => {
      const one = await trainLane(regression, '1xfp32');
      const several = await trainLane(regression, lane);
      expect(distance(several.weights, one.weights)).toBeLessThan(rounding);
      for (const weights of several.weightsByRank) expect(weights).toEqual(several.weights);
    },
  );

  test('in buckets has the bits of one without', async () => {
    const whole = await trainLane(regression, '4xfp32+naive');
    const buckets = await trainLane(regression, '4xfp32+naive+bucket=16');
    expect(buckets.weights).toEqual(whole.weights);
  });

  test('of a last batch that the ranks cannot share evenly weighs every sample the same', async () => {
    const uneven: Spec = {
      ...regression,
      data: () => ({ train: { x: draw([29, 3], 1), y: draw([29, 2], 2) }, test: null }),
      lastBatch: 'short',
      globalBatch: 12,
    };
    const one = await trainLane(uneven, '1xfp32');
    for (const lane of ['4xfp32', '3xfp32+accum=2', '6xfp32']) {
      const several = await trainLane(uneven, lane);
      expect(distance(several.weights, one.weights)).toBeLessThan(rounding);
      lossesOf(several).forEach((loss, step) => expect(loss).toBeCloseTo(lossesOf(one)[step] ?? Number.NaN, 5));
    }
  });

  test('over a lossy wire stays near, says what it lost, and keeps the ranks together', async () => {
    const one = await trainLane(regression, '1xfp32');
    for (const [wire, bound] of [
      ['fp16', 1e-3],
      ['int8', 1e-2],
      ['topk:0.25', 0.5],
    ] as const) {
      const several = await trainLane(regression, `4xfp32+wire=${wire}`);
      const apart = distance(several.weights, one.weights);
      expect(apart).toBeGreaterThan(0);
      expect(apart).toBeLessThan(bound);
      expect(several.log.every(({ wireError = 0 }) => wireError > 0 && wireError < 1)).toBe(true);
      for (const weights of several.weightsByRank) expect(weights).toEqual(several.weights);
    }
  });
});

test.each(['2xfp32+batchNorm=sync', '3xfp32+bucket=16', '2xfp32+accum=2', '2xfp32+local=2', '2xfp32+wire=int8'])(
  'a step of %s leaves no tensor behind',
  async (lane) => {
    const tensorsLeft = async (steps: number): Promise<number> => {
      const before = tf.memory().numTensors;
      await trainLane({ ...withBatchNorm, steps }, lane);
      return tf.memory().numTensors - before;
    };
    expect(await tensorsLeft(7)).toBe(await tensorsLeft(3));
  },
);

describe('local SGD', () => {
  test('with four local steps trains something else, on every rank the same, and sends that much less', async () => {
    const every = await trainLane(regression, '4xfp32');
    const fourth = await trainLane(regression, '4xfp32+local=4');
    for (const weights of fourth.weightsByRank) expect(weights).toEqual(fourth.weights);
    expect(distance(fourth.weights, every.weights)).toBeGreaterThan(1e-4);
    expect(fourth.bytesSent).toBeLessThan(every.bytesSent / 2);
  });

  test('averages after the last step also where it is no multiple', async () => {
    const lane = await trainLane({ ...regression, steps: 7 }, '3xfp32+local=5');
    for (const weights of lane.weightsByRank) expect(weights).toEqual(lane.weights);
  });
});

describe('a breaker', () => {
  test('that seeds every rank on its own leaves every rank with other weights', async () => {
    const { weights, weightsByRank } = await trainLane(regression, '3xfp32+break=seed-per-rank');
    for (const other of weightsByRank.slice(1)) expect(distance(other, weights)).toBeGreaterThan(0.01);
  });

  test.each([
    ['1xfp32+batch=48', 0.2],
    ['1xfp32+batch=48+lrScaling=sqrt', 0.1 * Math.SQRT2],
    ['1xfp32+batch=48+lrScaling=none', 0.1],
  ])('in the learning rate: %s trains at %f', async (lane, learningRate) => {
    const scaled = await trainLane(regression, lane);
    const plain = await trainLane({ ...regression, globalBatch: 48, optimizer: { name: 'sgd', learningRate } }, '1xfp32');
    expect(scaled.weights).toEqual(plain.weights);
  });
});

test.each(['1xfp16', '2xfp16'])('a dynamic loss scale of %s begins and grows as the lane says', async (lane) => {
  const { log } = await trainLane(regression, `${lane}+initScale=8+growthInterval=5`);
  expect(log.map(({ lossScale }) => lossScale)).toEqual([8, 8, 8, 8, 8, 16, 16, 16, 16, 16, 32, 32]);
  expect(log.map(({ skippedSteps }) => skippedSteps)).toEqual(log.map(() => 0));
});

describe('clipping and warm-up', () => {
  const clipped: Spec = { ...regression, optimizer: { name: 'momentum', learningRate: 0.1, clipNorm: 0.2, warmupSteps: 4 } };

  test('act on the mean over the ranks: four train what one does, and hold the same bits', async () => {
    const one = await trainLane(clipped, '1xfp32');
    const four = await trainLane(clipped, '4xfp32');
    expect(distance(four.weights, one.weights)).toBeLessThan(rounding);
    for (const weights of four.weightsByRank) expect(weights).toEqual(four.weights);
    const free = await trainLane({ ...regression, optimizer: { name: 'momentum', learningRate: 0.1 } }, '1xfp32');
    expect(distance(one.weights, free.weights)).toBeGreaterThan(0.01);
  });

  test('come after the loss scale: a factor of it changes nothing but rounding to f16', async () => {
    const unscaled = await trainLane(clipped, '1xfp16+lossScale=1');
    const scaled = await trainLane(clipped, '1xfp16+lossScale=128');
    expect(distance(scaled.weights, unscaled.weights)).toBeLessThan(1e-3); // f16 keeps eleven bits
  });

  test('can be a lane’s own: as if the program had said it', async () => {
    const lane = await trainLane(
      { ...regression, optimizer: { name: 'momentum', learningRate: 0.1, clipValue: 9 } },
      '1xfp32+warmup=4+clip=0.2',
    );
    expect(lane.weights).toEqual((await trainLane(clipped, '1xfp32')).weights);
  });
});
