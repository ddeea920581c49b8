// How long a step of training takes, from the times of many.

import { mean, median } from './stats.ts';

/** Steps that compile shaders and fill pools; they are in the series, not in the median. */
export const warmUpStepCount = 3;
/** The GPU may report two steps at once, so single times scatter: the median is taken over means of so many steps, a slice. */
const stepsPerMean = 10;

/** Milliseconds of a step: the median over slices of the mean within each; null without steps. */
export function typicalStepMs(stepMs: readonly number[]): number | null {
  const warm = stepMs.slice(Math.min(warmUpStepCount, Math.floor(stepMs.length / 2)));
  if (warm.length === 0) return null;
  const sliceCount = Math.max(1, Math.floor(warm.length / stepsPerMean));
  const sliceLength = Math.floor(warm.length / sliceCount);
  return median(Array.from({ length: sliceCount }, (_, index) => mean(warm.slice(index * sliceLength, (index + 1) * sliceLength))));
}
