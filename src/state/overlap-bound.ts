// What overlapping communication with the backward pass can hide at best, from measured steps. A bucket can travel while the backward pass
// goes on only if its gradients are complete before that ends. Gradients come in the reverse order of the layers, so the last bucket, with
// the first layers, is complete when the pass is: its way is never hidden. The others' can be, as far as there is computing left to hide it.

import { median } from '../core/stats.ts';
import type { RankStep } from '../runner/rank-steps.ts';
import type { SpanPhase } from '../train/span-phases.ts';
import type { TimelineStep } from './timeline.ts';

/** Milliseconds per step, medians of what was measured. */
export interface OverlapBound {
  readonly bucketCount: number;
  /** The last bucket's read-back, reduce and upload: beyond any overlap. */
  readonly neverHiddenMs: number;
  /** The other buckets', or the forward and backward pass where that is shorter. */
  readonly mostHiddenMs: number;
}

const travel: readonly SpanPhase[] = ['read-back', 'reduce', 'upload'];
const measuredSteps = 50;

/** Null where no bucket travelled. The last to reach a collective waits for nobody, so a bucket's way is taken from its quickest rank. */
export function overlapBound(steps: readonly TimelineStep[]): OverlapBound | null {
  const measured = steps.slice(-measuredSteps).filter(({ ranks }) => ranks.some(hasBucket));
  if (measured.length === 0) return null;
  const lastBucket = Math.max(...measured.flatMap(({ ranks }) => ranks.flatMap(({ spans }) => spans.map(({ bucket }) => bucket))));
  const quickest = (of: (rankStep: RankStep) => number): number => median(measured.map(({ ranks }) => Math.min(...ranks.map(of))));
  const travelMs = (isMeant: (bucket: number) => boolean) =>
    quickest((rankStep) => sumMs(rankStep, travel, (bucket) => bucket >= 0 && isMeant(bucket)));
  const computeMs = quickest((rankStep) => sumMs(rankStep, ['forward-backward'], () => true));
  return {
    bucketCount: lastBucket + 1,
    neverHiddenMs: travelMs((bucket) => bucket === lastBucket),
    mostHiddenMs: Math.min(
      travelMs((bucket) => bucket < lastBucket),
      computeMs,
    ),
  };
}

function hasBucket({ spans }: RankStep): boolean {
  return spans.some(({ bucket }) => bucket >= 0);
}

function sumMs({ spans }: RankStep, phases: readonly SpanPhase[], isMeant: (bucket: number) => boolean): number {
  let sum = 0;
  for (const { phase, bucket, startMs, endMs } of spans) if (phases.includes(phase) && isMeant(bucket)) sum += endMs - startMs;
  return sum;
}
