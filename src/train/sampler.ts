// Which samples a rank sees. `distributedIndices` is torch's DistributedSampler (torch/utils/data/distributed.py): the epoch's
// permutation, padded by wrapping or cut to a multiple of the world size, and dealt out rank::worldSize.
//
// Training deals the same samples out by global batch. With torch's stride, rank r's k-th micro-batch of B/N samples sits at positions
// k·B + r + N·j of the permutation (j = 0 … B/N − 1), so the N ranks together hold exactly positions [k·B, (k+1)·B): the stride
// permutes samples *inside* one global batch and never across two. We cut that batch into contiguous pieces instead: rank r takes rows
// [r·B/N, (r+1)·B/N) of global batch k. The batch is the same set, in the same order, for every world size, so N ranks average to
// what one rank computes on the whole batch, and concatenating the shards by rank gives that batch back. An epoch that is no multiple
// of B is padded by wrapping to its own start, DistributedSampler's rule for drop_last = false, so that every step has the same shape.
// Only the generator differs from torch's: permutations come from core/prng.ts.

import { PlaygroundError } from '../core/errors.ts';
import { createPrng, deriveSeed } from '../core/prng.ts';

/** How one rank's samples are chosen. */
export interface ShardPlan {
  readonly sampleCount: number;
  /** Samples per step over all ranks; a multiple of `worldSize`, unless shares may be unequal. */
  readonly globalBatch: number;
  readonly rank: number;
  readonly worldSize: number;
  /** The master seed. */
  readonly seed: number;
  /** `false` keeps the samples in their order. `true` where absent. */
  readonly isShuffled?: boolean;
  /** What becomes of an epoch's last batch where samples do not fill it. `wrap` where absent. */
  readonly lastBatch?: LastBatch;
  /** `true` where the ranks are fewer than the batch was made for: shares may then differ by one sample. `false` where absent. */
  readonly hasUnequalShares?: boolean;
}

/** `wrap`: filled up from the epoch's start. `short`: as long as it is, with unequal shards. `drop`: left out, as torch's `drop_last`. */
export const lastBatches = ['wrap', 'short', 'drop'] as const;
export type LastBatch = (typeof lastBatches)[number];

/** Hands out one rank's shard of every global batch. */
export interface ShardSampler {
  readonly stepsPerEpoch: number;
  /**
   * Sample indices of this rank's shard at a step, counted from 1; (globalBatch / worldSize), fewer in a short last batch. Valid until
   * another step is asked for. Virtual ranks share a sampler and say which they are.
   */
  shardAt(step: number, rank?: number): Uint32Array;
  /** The shard's weight in a mean over the ranks: its samples × ranks ÷ the batch's samples; 1 where shards are equal. */
  weightAt(step: number, rank?: number): number;
}

/** The order of samples in an epoch, counted from 0: the same on every rank and for every world size; (sampleCount). */
export function epochPermutation(sampleCount: number, seed: number, epoch: number): Uint32Array {
  return createPrng(deriveSeed(seed, 'shuffle', epoch)).shuffle(inOrder(sampleCount));
}

/** torch's `DistributedSampler`: the indices of one rank, `indices[rank::worldSize]` after padding or cutting. */
export function distributedIndices(
  indices: ArrayLike<number>,
  options: { readonly rank: number; readonly worldSize: number; readonly dropLast?: boolean },
): number[] {
  const { rank, worldSize, dropLast = false } = options;
  checkRank('distributedIndices', rank, worldSize);
  const perRank = dropLast ? Math.floor(indices.length / worldSize) : Math.ceil(indices.length / worldSize);
  return Array.from({ length: perRank }, (_, index) => indices[(rank + index * worldSize) % indices.length] ?? 0);
}

/** Checks that ranks, and their micro-steps, get equal shards and returns the samples of each. Throws `config-invalid`. */
export function checkGlobalBatch(globalBatch: number, worldSize: number, gradAccumSteps = 1): number {
  if (!Number.isSafeInteger(globalBatch) || globalBatch < 1) {
    throw new PlaygroundError('config-invalid', `globalBatch: expected a whole number from 1, got ${globalBatch}.`, { globalBatch });
  }
  const shareCount = worldSize * gradAccumSteps;
  if (globalBatch % shareCount === 0) return globalBatch / shareCount;
  const below = Math.floor(globalBatch / shareCount) * shareCount;
  const choices = below === 0 ? `${shareCount}` : `${below} or ${below + shareCount}`;
  const shares = gradAccumSteps === 1 ? `${worldSize} ranks` : `${worldSize} ranks times ${gradAccumSteps} micro-steps`;
  throw new PlaygroundError(
    'config-invalid',
    `globalBatch: expected a multiple of the lane's ${shares}, got ${globalBatch}. Every rank takes an equal share: use ${choices}.`,
    { place: 'globalBatch', globalBatch, worldSize },
  );
}

/** A sampler for one rank. Throws `config-invalid` for unequal shards and `data-invalid` for no samples. */
export function createShardSampler(plan: ShardPlan): ShardSampler {
  const { sampleCount, globalBatch, worldSize, seed, isShuffled = true, lastBatch = 'wrap', hasUnequalShares = false } = plan;
  checkGlobalBatch(globalBatch, hasUnequalShares ? 1 : worldSize);
  checkRank('createShardSampler', plan.rank, worldSize);
  if (!Number.isSafeInteger(sampleCount) || sampleCount < 1) {
    throw new PlaygroundError('data-invalid', `data.train: expected at least one sample, got ${sampleCount}. Training needs data.`);
  }
  const stepsPerEpoch = lastBatch === 'drop' ? Math.max(1, Math.floor(sampleCount / globalBatch)) : Math.ceil(sampleCount / globalBatch);
  const batch = new Uint32Array(globalBatch);
  /** Where a step's batch begins in its epoch, and how many samples it has. */
  const batchAt = (step: number): { readonly start: number; readonly length: number } => {
    const start = ((step - 1) % stepsPerEpoch) * globalBatch;
    return { start, length: lastBatch === 'short' ? Math.min(globalBatch, sampleCount - start) : globalBatch };
  };
  const shareOf = (length: number, rank: number): readonly [from: number, to: number] => [
    Math.floor((length * rank) / worldSize),
    Math.floor((length * (rank + 1)) / worldSize),
  ];
  let permutation = inOrder(sampleCount);
  let permutedEpoch = -1;
  return {
    stepsPerEpoch,
    shardAt(step, rank = plan.rank) {
      if (!Number.isSafeInteger(step) || step < 1) {
        throw new PlaygroundError('config-invalid', `shardAt: expected a step from 1, got ${step}. Steps are counted from 1.`);
      }
      const epoch = Math.floor((step - 1) / stepsPerEpoch);
      if (isShuffled && epoch !== permutedEpoch) {
        permutation = epochPermutation(sampleCount, seed, epoch);
        permutedEpoch = epoch;
      }
      const { start, length } = batchAt(step);
      for (let row = 0; row < length; row++) batch[row] = permutation[(start + row) % sampleCount] ?? 0;
      return batch.subarray(...shareOf(length, rank));
    },
    weightAt(step, rank = plan.rank) {
      const { length } = batchAt(step);
      const [from, to] = shareOf(length, rank);
      return ((to - from) * worldSize) / length;
    },
  };
}

function inOrder(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index);
}

function checkRank(where: string, rank: number, worldSize: number): void {
  if (Number.isSafeInteger(rank) && rank >= 0 && rank < worldSize) return;
  throw new PlaygroundError('config-invalid', `${where}: expected a rank from 0 to ${worldSize - 1}, got ${rank}.`, { rank, worldSize });
}
