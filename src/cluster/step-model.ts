// The time of one data-parallel step on a cluster: every rank computes its micro-batch, buckets of gradients are all-reduced, everybody
// waits for the last. The micro-batch stays what it is however many ranks there are (weak scaling: the global batch grows with them).
//
// With overlap, buckets are reduced while the backward pass goes on, as PyTorch's DDP does (Li et al., "PyTorch distributed", VLDB 2020,
// section 3.2): a bucket is ready when the backward has passed it, gradients coming at an even pace over the last two thirds of
// the computing time, and the network takes one bucket after the other. The last bucket is ready when computing ends: it cannot hide.

import type { AllReduceTask, ClusterAlgorithm } from './algorithms/algorithm.ts';
import { expectedSlowest } from './straggler.ts';

/** A cluster and what is trained on it; everything but the number of ranks. */
export interface StepSetting extends Omit<AllReduceTask, 'worldSize' | 'bytes'> {
  readonly algorithm: ClusterAlgorithm;
  /** Forward, backward and update of one rank's micro-batch. */
  readonly microBatchSeconds: number;
  /** Of all gradients together, as they travel. */
  readonly gradientBytes: number;
  /** Null: all gradients in one all-reduce. */
  readonly bucketBytes: number | null;
  readonly hasOverlap: boolean;
  /** Of the lognormal factor on a rank's computing time; 0 for none. */
  readonly stragglerSigma: number;
}

/** A modelled step. */
export interface ModelledStep {
  readonly worldSize: number;
  readonly stepSeconds: number;
  /** Until the slowest rank has computed. */
  readonly computeSeconds: number;
  /** All the time the network is busy, hidden behind computing or not. */
  readonly communicationSeconds: number;
  /** How much of the step nobody computes. */
  readonly waitingShare: number;
  /** Samples a second, in those of one rank. */
  readonly speedUp: number;
  /** `speedUp` per rank. */
  readonly efficiency: number;
}

/** The backward pass takes twice the forward pass's time: gradients by the inputs and by the weights. */
const backwardShare = 2 / 3;
/** DDP's first bucket: small, so that the network starts early. */
const firstBucketBytes = 2 ** 20;

/** The step of so many ranks. */
export function modelStep(setting: StepSetting, worldSize: number): ModelledStep {
  const computeSeconds = setting.microBatchSeconds * expectedSlowest(worldSize, setting.stragglerSigma);
  const buckets = bucketsOf(setting, computeSeconds);
  const communicationSeconds = allReduceSeconds(setting, worldSize);
  let networkFreeSeconds = 0;
  for (const { readySeconds, bytes } of buckets) {
    networkFreeSeconds = Math.max(networkFreeSeconds, readySeconds) + bucketSeconds(setting, worldSize, bytes);
  }
  const stepSeconds = worldSize === 1 ? computeSeconds : Math.max(computeSeconds, networkFreeSeconds);
  const speedUp = (worldSize * setting.microBatchSeconds) / stepSeconds;
  return {
    worldSize,
    stepSeconds,
    computeSeconds,
    communicationSeconds,
    waitingShare: 1 - computeSeconds / stepSeconds,
    speedUp,
    efficiency: speedUp / worldSize,
  };
}

/** Seconds of all buckets' all-reduces. */
export function allReduceSeconds(setting: StepSetting, worldSize: number): number {
  const { first, full, fullCount, rest } = bucketSizes(setting);
  const seconds = (bytes: number): number => (bytes === 0 ? 0 : bucketSeconds(setting, worldSize, bytes));
  return seconds(first) + fullCount * seconds(full) + seconds(rest);
}

/** When each bucket is ready, and its bytes: in the order they are reduced. */
export function bucketsOf(
  setting: StepSetting,
  computeSeconds: number,
): readonly { readonly readySeconds: number; readonly bytes: number }[] {
  const { first, full, fullCount, rest } = bucketSizes(setting);
  const sizes = [first, ...Array.from({ length: fullCount }, () => full), rest].filter((bytes) => bytes > 0);
  let doneBytes = 0;
  return sizes.map((bytes) => {
    doneBytes += bytes;
    const doneShare = 1 - backwardShare + (backwardShare * doneBytes) / setting.gradientBytes;
    return { readySeconds: setting.hasOverlap ? doneShare * computeSeconds : computeSeconds, bytes };
  });
}

function bucketSizes({ gradientBytes, bucketBytes }: StepSetting): {
  readonly first: number;
  readonly full: number;
  readonly fullCount: number;
  readonly rest: number;
} {
  if (bucketBytes === null) return { first: gradientBytes, full: 0, fullCount: 0, rest: 0 };
  const first = Math.min(firstBucketBytes, bucketBytes, gradientBytes);
  const fullCount = Math.floor((gradientBytes - first) / bucketBytes);
  return { first, full: bucketBytes, fullCount, rest: gradientBytes - first - fullCount * bucketBytes };
}

function bucketSeconds({ algorithm, ...setting }: StepSetting, worldSize: number, bytes: number): number {
  return algorithm.seconds({ ...setting, worldSize, bytes });
}
