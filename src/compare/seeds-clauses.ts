// Lanes that were repeated with several seeds: whether what they reached is further apart than seeds are. With five on each side that is
// Welch's t-test; with fewer, whether the spreads overlap, which is told with how often chance alone pulls them apart.

import { welchP } from '../core/welch.ts';
import { quantity, say } from './clause.ts';
import type { Said } from './clause.ts';
import { finalMetric } from './result-clauses.ts';
import type { Subject } from './subject.ts';

export type SeedsKey = 'seeds.inside' | 'seeds.outside' | 'seeds.few';

/** From so many seeds on each side the t-test is used: below, it knows too little of how much seeds vary. */
const fewestForTest = 5;
/** The usual level: one difference in twenty is named that is none. */
const level = 0.05;

/** One clause, or none where the two have no metric in common. */
export function seedsClauses(subject: Subject, baseline: Subject): readonly Said<SeedsKey>[] {
  const metric = finalMetric([...subject.lanes, ...baseline.lanes]);
  if (metric === null) return [];
  const own = metric.values.slice(0, subject.lanes.length);
  const others = metric.values.slice(subject.lanes.length);
  const kind = metric.name === 'testAccuracy' ? 'share' : 'number';
  const chance = chanceOf(own, others);
  const params = {
    metric: { kind: 'metric', name: metric.name } as const,
    reached: { kind: 'spread', of: kind, values: own } as const,
    baseline: baseline.name,
    baselineReached: { kind: 'spread', of: kind, values: others } as const,
    count: quantity('count', Math.max(own.length, others.length)),
    chance: quantity('chance', chance),
  };
  const isApart = Math.min(...own) > Math.max(...others) || Math.min(...others) > Math.max(...own);
  const isTested = Math.min(own.length, others.length) >= fewestForTest;
  if (chance <= level) return [say('seeds.outside', params)];
  return [say(isApart && !isTested ? 'seeds.few' : 'seeds.inside', params)];
}

/** The probability that seeds alone put two sets of values as far apart; 1 where their spreads overlap and there are too few for a test. */
export function chanceOf(own: readonly number[], others: readonly number[]): number {
  const isApart = Math.min(...own) > Math.max(...others) || Math.min(...others) > Math.max(...own);
  const separated = isApart ? separationChance(own.length, others.length) : 1;
  if (Math.min(own.length, others.length) < fewestForTest) return separated;
  return welchP(own, others) ?? separated; // no value varies: the test has nothing to measure by
}

/** How often n + m values of the same kind fall so that all n are on one side of the m: two of all (n + m choose n) orders. */
function separationChance(n: number, m: number): number {
  let orders = 1;
  for (let index = 1; index <= n; index++) orders *= (m + index) / index;
  return 2 / orders;
}
