// What two lanes reached, in words: accuracy against what chance leaves to a test set of that size, other numbers as they are, and when each
// reached the target. One seed each: a difference may still be the seed's, and the sentence says so.

import { chanceMargin } from '../core/chance-margin.ts';
import type { LaneResult } from '../runner/results.ts';
import { quantity, say } from './clause.ts';
import type { Names, Said } from './clause.ts';
import type { Subject } from './subject.ts';
import { roundingLimit } from './weights-clauses.ts';

export type ResultKey =
  | 'accuracy.same'
  | 'accuracy.noDifference'
  | 'accuracy.differs'
  | 'accuracy.unsure'
  | 'metric.same'
  | 'metric.rounding'
  | 'metric.differs'
  | 'target.both'
  | 'target.together'
  | 'target.only'
  | 'target.not';

type MetricName = Extract<Names, { readonly kind: 'metric' }>['name'];

/** What lanes are judged by: the first of these that both have. */
const metricNames: readonly MetricName[] = ['testAccuracy', 'testLoss', 'loss'];

/** The metric that all of these lanes ended with, and its values in their order; null for none. */
export function finalMetric(lanes: readonly LaneResult[]): { readonly name: MetricName; readonly values: readonly number[] } | null {
  for (const name of metricNames) {
    const values = lanes.map(({ final }) => final[name] ?? null);
    if (values.every((value) => value !== null)) return { name, values };
  }
  return null;
}

/** Of one lane against one other. */
export function resultClauses(subject: Subject, baseline: Subject): readonly Said<ResultKey>[] {
  const [lane] = subject.lanes;
  const [other] = baseline.lanes;
  if (lane === undefined || other === undefined) return [];
  return [...metricClauses(lane, other, baseline.name), ...targetClauses(lane, other, baseline.name)];
}

function metricClauses(lane: LaneResult, other: LaneResult, baseline: string): readonly Said<ResultKey>[] {
  const metric = finalMetric([lane, other]);
  if (metric === null) return [];
  const [value = Number.NaN, baselineValue = Number.NaN] = metric.values;
  if (metric.name === 'testAccuracy') return [accuracyClause(value, baselineValue, sampleCountOf(lane, other), baseline)];
  const name = { kind: 'metric', name: metric.name } as const;
  if (value === baselineValue) return [say('metric.same', { metric: name, value: quantity('number', value) })];
  const relative = Math.abs(value - baselineValue) / Math.abs(baselineValue);
  if (relative <= roundingLimit) {
    return [say('metric.rounding', { metric: name, value: quantity('number', value), relative: quantity('power', relative) })];
  }
  const params = { metric: name, value: quantity('number', value), baseline, baselineValue: quantity('number', baselineValue) };
  return [say('metric.differs', params)];
}

/** Null where the two were not tested on as many samples, or nobody says on how many. */
function sampleCountOf(lane: LaneResult, other: LaneResult): number | null {
  return lane.testSampleCount === other.testSampleCount ? lane.testSampleCount : null;
}

function accuracyClause(accuracy: number, baselineAccuracy: number, count: number | null, baseline: string): Said<ResultKey> {
  if (accuracy === baselineAccuracy) return say('accuracy.same', { accuracy: quantity('share', accuracy) });
  const params = { accuracy: quantity('share', accuracy), baseline, baselineAccuracy: quantity('share', baselineAccuracy) };
  if (count === null) return say('accuracy.unsure', params);
  const margin = chanceMargin(accuracy, baselineAccuracy, count);
  const isShown = Math.abs(accuracy - baselineAccuracy) >= margin;
  const judged = { ...params, count: quantity('count', count), margin: quantity('points', margin) };
  return say(isShown ? 'accuracy.differs' : 'accuracy.noDifference', judged);
}

/** How soon each reached the target; nothing where neither did, or they had different ones. */
function targetClauses(lane: LaneResult, other: LaneResult, baseline: string): readonly Said<ResultKey>[] {
  const [target, its] = [lane.toTarget, other.toTarget];
  if (target === null || its === null || target.metric !== its.metric || target.value !== its.value) return [];
  if (target.step === null && its.step === null) return [];
  const goal = quantity(/accuracy/iu.test(target.metric) ? 'goal' : 'number', target.value);
  const steps = quantity('count', target.step ?? lane.steps);
  if (target.step !== null && target.step === its.step) return [say('target.together', { goal, baseline, steps })];
  const params = { goal, steps, baseline, baselineSteps: quantity('count', its.step ?? other.steps) };
  return [say(target.step === null ? 'target.not' : its.step === null ? 'target.only' : 'target.both', params)];
}
