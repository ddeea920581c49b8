// How far the weights of two lanes are apart, in words. Between runs only hashes are known: equal ones are equal bits, others say nothing,
// because bits differ between adapters.

import { quantity, say } from './clause.ts';
import type { Said } from './clause.ts';
import { counterpartOf } from './subject.ts';
import type { Subject } from './subject.ts';

export type WeightsKey = 'weights.bits' | 'weights.rounding' | 'weights.apart';

/**
 * Weights within this of each other, as ‖Δw‖₂/‖w‖₂ of the tensor that is furthest, are equal but for rounding: what 2 to 64 ranks keep to after
 * 100 steps, while a single step more or less is further away (test/full/data-parallel.test.ts).
 */
export const roundingLimit = 1e-4;

/** One clause, or none where nothing is known. Repeats are compared seed by seed, and the furthest of them counts. */
export function weightsClauses(subject: Subject, baseline: Subject): readonly Said<WeightsKey>[] {
  const pairs = subject.lanes.flatMap((lane) => {
    const counterpart = counterpartOf(lane, baseline);
    return counterpart === null ? [] : [{ lane, counterpart }];
  });
  if (pairs.length < subject.lanes.length) return [];
  if (pairs.every(({ lane, counterpart }) => lane.weightsHash !== null && lane.weightsHash === counterpart.weightsHash)) {
    return [say('weights.bits', { baseline: baseline.name })];
  }
  // The page measures distances from the first lane of the same run.
  if (subject.manifest !== baseline.manifest || baseline.indexes[0] !== 0) return [];
  const distances = pairs.map(({ lane }) => lane.distanceToBaseline);
  if (!distances.every((distance) => distance !== null)) return [];
  const distance = Math.max(...distances);
  const params = { baseline: baseline.name, distance: quantity('power', distance) };
  return [say(distance <= roundingLimit ? 'weights.rounding' : 'weights.apart', params)];
}
