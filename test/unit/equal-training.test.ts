// Plan: what data parallelism promises, in whole training runs. N ranks that all-reduce directly have the bits of one rank with N
// micro-steps; replicas have the same bits after every step; N ranks train what one does at the same global batch (a slice here, all of it
// in test/full/data-parallel.test.ts); breakers and local steps do what their closed forms say.

import { describe, expect, test } from 'vitest';
import { parseLane } from '../../src/train/lane.ts';
import { largestRelativeDistance } from '../../src/runner/weights-distance.ts';
import { cnn, lstm, mlp } from '../support/tiny-experiments.ts';
import { lossesOf, trainLane } from '../support/train-in-node.ts';

const distanceBetween = (
  one: { readonly weights: readonly Float32Array[] },
  other: { readonly weights: readonly Float32Array[] },
): number => largestRelativeDistance(one.weights, other.weights) ?? Number.NaN;

const sgd = { name: 'sgd', learningRate: 0.125 } as const;

describe('direct', () => {
  test.each([2, 4])('over %i ranks has the bits of as many micro-steps in one, losses and weights, for 50 steps', async (worldSize) => {
    const ranks = await trainLane(mlp, `${worldSize}xfp32`);
    const microSteps = await trainLane(mlp, `1xfp32+accum=${worldSize}`);
    expect(lossesOf(ranks)).toHaveLength(50);
    expect(lossesOf(ranks)).toEqual(lossesOf(microSteps));
    expect(ranks.weightsHash).toBe(microSteps.weightsHash);
    expect(lossesOf(ranks)).not.toEqual(lossesOf(await trainLane({ ...mlp, seed: 4 }, `1xfp32+accum=${worldSize}`)));
  });
});

describe('replicas', () => {
  test.each(['2xfp32', '3xfp32+ring', '4xfp32+tree', '8xfp32', '3xfp32+wire=int8'])(
    'of %s are bit-identical after every step',
    async (lane) => {
      const { hashes } = await trainLane({ ...mlp, steps: 6 }, lane, { withHashes: true });
      const [first = []] = hashes;
      expect(new Set(first).size).toBe(6);
      for (const own of hashes) expect(own).toEqual(first);
    },
  );
});

describe('at the same global batch', () => {
  // f32 rounding of sums in another order, which momentum passes on in proportion; see the full suite for why not Adam.
  test.each([mlp, cnn, lstm])('$title: two and four ranks train what one does', async (spec) => {
    const short = { ...spec, steps: 8, globalBatch: 16 };
    const single = await trainLane(short, '1xfp32');
    for (const lane of ['2xfp32', '4xfp32+ring'])
      expect(distanceBetween(await trainLane(short, lane), single), lane).toBeLessThanOrEqual(1e-4);
    expect(distanceBetween(await trainLane({ ...short, globalBatch: 8 }, '1xfp32'), single)).toBeGreaterThan(1e-3);
  });
});

describe('breakers', () => {
  test('sum over four ranks is exactly a fourfold learning rate for SGD', async () => {
    const spec = { ...mlp, steps: 10 };
    const summed = await trainLane({ ...spec, optimizer: sgd }, '4xfp32+break=sum');
    const faster = await trainLane({ ...spec, optimizer: { ...sgd, learningRate: 4 * sgd.learningRate } }, '4xfp32');
    expect(lossesOf(summed)).toEqual(lossesOf(faster));
    expect(summed.weightsHash).toBe(faster.weightsHash);
  });

  test('same-data trains on one shard: four ranks with a batch of 24 are one rank with its first six samples', async () => {
    const spec = { ...mlp, steps: 1, optimizer: sgd };
    const same = await trainLane(spec, '4xfp32+break=same-data');
    const one = await trainLane({ ...spec, globalBatch: 6 }, '1xfp32'); // the first six of the same epoch
    expect(distanceBetween(same, one)).toBeLessThanOrEqual(1e-6);
    expect(distanceBetween(same, await trainLane(spec, '4xfp32'))).toBeGreaterThan(1e-3);
  });
});

describe('the gradient norm', () => {
  const spec = { ...mlp, steps: 1 };
  const normOf = async (lane: string) => (await trainLane({ ...spec, optimizer: sgd }, lane)).log[0]?.['gradientNorm'];

  test.each(['2xfp32', '4xfp32+bucket=64', '4xfp32+virtual', '4xfp16'])(
    'of %s is how far one step of SGD goes, per learning rate',
    async (lane) => {
      const after = (times: number) => trainLane({ ...spec, optimizer: { ...sgd, learningRate: times * sgd.learningRate } }, lane);
      const near = await after(1);
      const far = await after(3);
      const squares = near.weights.flatMap((values, tensor) =>
        [...values].map((value, index) => (((far.weights[tensor]?.[index] ?? Number.NaN) - value) / (2 * sgd.learningRate)) ** 2),
      );
      const expected = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
      // Weights are of the order of 1 and rounded to f32, 6e-8 of them; the norm is of the same order.
      expect(await normOf(lane)).toBeCloseTo(expected, 5);
    },
  );

  test('of one rank is not known: its gradients stay on the GPU', async () => {
    expect(await normOf('1xfp32')).toBeUndefined();
  });
});

describe('local SGD', () => {
  const spec = { ...mlp, steps: 12, optimizer: sgd };

  test('that averages weights after every step is averaging gradients, within rounding', async () => {
    const averaged = await trainLane(spec, { ...parseLane('4xfp32', 'lane'), sync: { localSteps: 1 } });
    expect(distanceBetween(averaged, await trainLane(spec, '4xfp32'))).toBeLessThanOrEqual(1e-6);
  });
});
