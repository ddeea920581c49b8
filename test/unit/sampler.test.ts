import { describe, expect, it } from 'vitest';
import { createShardSampler, distributedIndices, epochPermutation } from '../../src/train/sampler.ts';
import cases from '../reference/distributed.json' with { type: 'json' };

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const sorted = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);

describe('distributedIndices', () => {
  const samplerCases = cases.filter(({ id }) => id.startsWith('ddp/sampler'));

  it.each(samplerCases)("gives what torch's DistributedSampler gives: $id", ({ input, expected }) => {
    const { N: count = 0, world: worldSize = 0, drop_last: dropLast = false } = input;
    const shards = range(worldSize).map((rank) => distributedIndices(range(count), { rank, worldSize, dropLast }));
    expect(shards).toEqual(expected.indices);
  });

  it('covers both ways of treating the remainder', () => {
    expect(new Set(samplerCases.map(({ input }) => input.drop_last))).toEqual(new Set([false, true]));
  });

  it('deals out a permutation, not the positions', () => {
    expect(distributedIndices([5, 3, 1, 4], { rank: 1, worldSize: 2 })).toEqual([3, 4]);
  });

  it('wraps more than once where there are fewer samples than ranks', () => {
    expect(range(5).map((rank) => distributedIndices([7, 8], { rank, worldSize: 5 }))).toEqual([[7], [8], [7], [8], [7]]);
  });
});

describe('the shards of a global batch', () => {
  const shardsAt = (step: number, worldSize: number, sampleCount = 1000, globalBatch = 24): number[][] =>
    range(worldSize).map((rank) => [...createShardSampler({ sampleCount, globalBatch, rank, worldSize, seed: 0 }).shardAt(step)]);

  it('concatenated by rank are the same batch for every world size, at every step', () => {
    for (const step of [1, 2, 41, 42, 43, 100]) {
      const [whole = []] = shardsAt(step, 1);
      for (const worldSize of [2, 3, 4, 6, 8, 12, 24]) expect(shardsAt(step, worldSize).flat()).toEqual(whole);
    }
  });

  it("hold the same samples as torch's strided shards of the same permutation, step by step", () => {
    const [sampleCount, globalBatch, worldSize] = [960, 24, 4];
    const permutation = epochPermutation(sampleCount, 0, 0);
    const strided = range(worldSize).map((rank) => distributedIndices(permutation, { rank, worldSize }));
    const microBatch = globalBatch / worldSize;
    for (let step = 1; step <= sampleCount / globalBatch; step++) {
      const ofTorch = strided.flatMap((indices) => indices.slice((step - 1) * microBatch, step * microBatch));
      expect(sorted(shardsAt(step, worldSize, sampleCount, globalBatch).flat())).toEqual(sorted(ofTorch));
    }
  });

  it('are weighted where ranks do not divide the batch, and still make up the same one', () => {
    const [sampleCount, globalBatch, worldSize] = [100, 20, 3];
    const whole = createShardSampler({ sampleCount, globalBatch, rank: 0, worldSize: 1, seed: 0 });
    const plan = { sampleCount, globalBatch, worldSize, seed: 0, hasUnequalShares: true };
    const shares = range(worldSize).map((rank) => createShardSampler({ ...plan, rank }));
    for (const step of [1, 5, 6]) {
      expect(shares.flatMap((share) => [...share.shardAt(step)])).toEqual([...whole.shardAt(step)]);
      expect(shares.map((share) => share.shardAt(step).length)).toEqual([6, 7, 7]);
      expect(shares.map((share) => share.weightAt(step))).toEqual([0.9, 1.05, 1.05]);
    }
    expect(() => createShardSampler({ ...plan, rank: 0, hasUnequalShares: false })).toThrow('multiple');
  });

  it('go through every sample once in an epoch, and pad the last batch from the start of the same epoch', () => {
    const sampler = createShardSampler({ sampleCount: 100, globalBatch: 24, rank: 0, worldSize: 1, seed: 3 });
    expect(sampler.stepsPerEpoch).toBe(5);
    const epoch = range(5).flatMap((index) => [...sampler.shardAt(index + 1)]);
    expect(sorted(epoch.slice(0, 100))).toEqual(range(100));
    expect(epoch.slice(100)).toEqual(epoch.slice(0, 20));
  });

  it('are in another order in the next epoch and under another seed, in the same under the same', () => {
    const first = epochPermutation(500, 0, 0);
    expect(epochPermutation(500, 0, 0)).toEqual(first);
    expect(epochPermutation(500, 0, 1)).not.toEqual(first);
    expect(epochPermutation(500, 1, 0)).not.toEqual(first);
    expect(sorted(first)).toEqual(range(500));
  });

  it('can be asked for in any order of steps', () => {
    const plan = { sampleCount: 50, globalBatch: 10, rank: 1, worldSize: 2, seed: 5 };
    const sampler = createShardSampler(plan);
    const forwards = range(12).map((index) => [...sampler.shardAt(index + 1)]);
    const backwards = range(12).map((index) => [...sampler.shardAt(12 - index)]);
    expect(backwards.reverse()).toEqual(forwards);
  });

  it('keep the order of the data where shuffling is off', () => {
    const sampler = createShardSampler({ sampleCount: 10, globalBatch: 4, rank: 1, worldSize: 2, seed: 5, isShuffled: false });
    expect([[...sampler.shardAt(1)], [...sampler.shardAt(3)]]).toEqual([
      [2, 3],
      [0, 1],
    ]);
  });

  it('fill a batch that is larger than the data', () => {
    const sampler = createShardSampler({ sampleCount: 3, globalBatch: 8, rank: 0, worldSize: 1, seed: 0, isShuffled: false });
    expect([...sampler.shardAt(1)]).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
  });

  it('may be unequal in a short last batch, and then carry their weight', () => {
    const plan = { sampleCount: 10, globalBatch: 8, worldSize: 4, seed: 0, isShuffled: false, lastBatch: 'short' } as const;
    const samplers = [0, 1, 2, 3].map((rank) => createShardSampler({ ...plan, rank }));
    expect(samplers[0]?.stepsPerEpoch).toBe(2);
    expect(samplers.map((sampler) => [...sampler.shardAt(2)])).toEqual([[], [8], [], [9]]);
    expect(samplers.map((sampler) => sampler.weightAt(2))).toEqual([0, 2, 0, 2]);
    expect(samplers.map((sampler) => sampler.weightAt(1))).toEqual([1, 1, 1, 1]);
    expect(samplers.map((sampler) => [...sampler.shardAt(3)])).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
    ]);
  });

  it('leave out the samples of a dropped last batch', () => {
    const sampler = createShardSampler({
      sampleCount: 10,
      globalBatch: 4,
      rank: 0,
      worldSize: 1,
      seed: 0,
      isShuffled: false,
      lastBatch: 'drop',
    });
    expect(sampler.stepsPerEpoch).toBe(2);
    expect([...sampler.shardAt(3)]).toEqual([0, 1, 2, 3]);
  });

  it('are refused where ranks would get unequal shares', () => {
    const plan = { sampleCount: 1000, globalBatch: 100, rank: 0, worldSize: 3, seed: 0 };
    expect(() => createShardSampler(plan)).toThrowErrorMatchingInlineSnapshot(
      `[PlaygroundError: globalBatch: expected a multiple of the lane's 3 ranks, got 100. Every rank takes an equal share: use 99 or 102.]`,
    );
  });

  it('are refused for no samples, no batch and a step before the first', () => {
    const plan = { sampleCount: 10, globalBatch: 2, rank: 0, worldSize: 1, seed: 0 };
    expect(() => createShardSampler({ ...plan, sampleCount: 0 })).toThrow(/at least one sample/);
    expect(() => createShardSampler({ ...plan, globalBatch: 0 })).toThrow(/whole number from 1/);
    expect(() => createShardSampler({ ...plan, rank: 1 })).toThrow(/a rank from 0 to 0/);
    expect(() => createShardSampler(plan).shardAt(0)).toThrow(/counted from 1/);
  });
});
