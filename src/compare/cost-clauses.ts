// What a lane cost beside another, in words: time per step, memory, skipped steps. Where something spoils the comparison of times or memory
// the sentence names that instead of a number: a race, rounding that only simulates 16 bits, virtual ranks, the CPU.

import { median } from '../core/stats.ts';
import type { LaneResult } from '../runner/results.ts';
import { quantity, say } from './clause.ts';
import type { Said } from './clause.ts';
import { driftLimit } from './drift.ts';
import { spoilersOf } from './fairness.ts';
import type { FairnessItem } from './fairness.ts';
import type { Subject } from './subject.ts';

export type CostKey =
  | 'time.same'
  | 'time.ratio'
  | 'time.sameShared'
  | 'time.ratioShared'
  | 'time.spoiled'
  | 'memory.ratio'
  | 'memory.perRank'
  | 'skipped.one'
  | 'skipped.many';

/** A median over five slices of ten steps: two disturbed ones do not decide. */
const fewestStepsForTime = 50;
/** Memory is counted, not measured, but a ratio nearer to 1 is not worth a sentence. */
const memoryWorthTelling = 0.02;
/** The peak is that of the device, which also keeps small buffers that have nothing to do with the lane; in smaller peaks they would count. */
const fewestBytesToCompare = 1024 ** 2;

/** What a lane cost; `items` is the checklist of this very comparison. */
export function costClauses(subject: Subject, baseline: Subject, items: readonly FairnessItem[]): readonly Said<CostKey>[] {
  return [...memoryClauses(subject, baseline, items), ...timeClauses(subject, baseline, items), ...skippedClauses(subject)];
}

function timeClauses(subject: Subject, baseline: Subject, items: readonly FairnessItem[]): readonly Said<CostKey>[] {
  const stepMs = medianOf(subject, ({ medianStepMs, steps }) => (steps < fewestStepsForTime ? null : medianStepMs));
  const baselineMs = medianOf(baseline, ({ medianStepMs, steps }) => (steps < fewestStepsForTime ? null : medianStepMs));
  if (stepMs === null || baselineMs === null || !(baselineMs > 0 && stepMs > 0)) return [];
  const spoilers = spoilersOf(items, 'time');
  if (spoilers.length > 0) {
    // What makes the whole comparison unfair has been said.
    const unsaid = spoilers.filter((id) => !spoilersOf(items, 'result').includes(id));
    return unsaid.length === 0 ? [] : [say('time.spoiled', { items: { kind: 'items', names: unsaid } })];
  }
  const ratio = stepMs / baselineMs;
  const isSame = ratio < driftLimit && ratio > 1 / driftLimit;
  const ranks = subject.lanes[0]?.worldSize ?? 1;
  const params = { baseline: baseline.name, ...(isSame ? {} : { ratio: quantity('ratio', ratio) }) };
  if (ranks === baseline.lanes[0]?.worldSize) return [say(isSame ? 'time.same' : 'time.ratio', params)];
  const shared = Math.max(ranks, baseline.lanes[0]?.worldSize ?? 1);
  return [say(isSame ? 'time.sameShared' : 'time.ratioShared', { ...params, ranks: quantity('count', shared) })];
}

function memoryClauses(subject: Subject, baseline: Subject, items: readonly FairnessItem[]): readonly Said<CostKey>[] {
  const peak = medianOf(subject, ({ bytes }) => bytes?.peak ?? null);
  const baselinePeak = medianOf(baseline, ({ bytes }) => bytes?.peak ?? null);
  if (peak === null || baselinePeak === null || spoilersOf(items, 'memory').length > 0) return [];
  if (Math.min(peak, baselinePeak) < fewestBytesToCompare) return [];
  const ratio = peak / baselinePeak;
  if (Math.abs(ratio - 1) < memoryWorthTelling) return [];
  const isPerRank = (subject.lanes[0]?.worldSize ?? 1) !== (baseline.lanes[0]?.worldSize ?? 1);
  return [say(isPerRank ? 'memory.perRank' : 'memory.ratio', { ratio: quantity('ratio', ratio), baseline: baseline.name })];
}

function skippedClauses({ lanes }: Subject): readonly Said<CostKey>[] {
  const count = lanes.reduce((sum, { skippedSteps }) => sum + skippedSteps, 0);
  if (count === 0) return [];
  return [count === 1 ? say('skipped.one') : say('skipped.many', { count: quantity('count', count) })];
}

/** Of all lanes of a subject; null where one of them has none. */
function medianOf({ lanes }: Subject, read: (lane: LaneResult) => number | null): number | null {
  const values = lanes.map(read);
  return values.every((value) => value !== null) ? median(values) : null;
}
