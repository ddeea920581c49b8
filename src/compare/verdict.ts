// What may be said of a run, from its numbers alone: each lane against the first, in parts of a sentence that begin with the lane's name.
// docs/verdict.md has every sentence with its threshold. Nothing is said of speed or memory where the checklist (fairness.ts) finds that
// spoiled; what is not shown is called not shown, never absent.

import type { RunResults } from '../runner/results.ts';
import { quantity, say } from './clause.ts';
import type { Said } from './clause.ts';
import { costClauses } from './cost-clauses.ts';
import type { CostKey } from './cost-clauses.ts';
import { checkAll, checkFairness, spoilersOf } from './fairness.ts';
import type { FairnessItem } from './fairness.ts';
import { resultClauses } from './result-clauses.ts';
import type { ResultKey } from './result-clauses.ts';
import { seedsClauses } from './seeds-clauses.ts';
import type { SeedsKey } from './seeds-clauses.ts';
import { subjectsOf } from './subject.ts';
import type { Subject } from './subject.ts';
import { weightsClauses } from './weights-clauses.ts';
import type { WeightsKey } from './weights-clauses.ts';

export type ClauseKey =
  | WeightsKey
  | ResultKey
  | SeedsKey
  | CostKey
  | 'baseline'
  | 'unfair'
  | 'ended.failed'
  | 'ended.stopped'
  | 'ended.baseline'
  | 'ended.notFinite'
  | 'ranks.apart'
  | 'nothing';

/** A part of a sentence whose subject is the lane. */
export type Clause = Said<ClauseKey>;

/** `same`: equal, or no difference shown; `differs`: it ended elsewhere; `unfair`: the comparison is; `open`: nothing can be said. */
export type Mark = 'baseline' | 'same' | 'differs' | 'unfair' | 'open';

/** What may be said of one lane, or of the repeats of one. */
export interface LaneVerdict {
  readonly name: string;
  /** Places of its lanes in the run; none for a baseline from another. */
  readonly indexes: readonly number[];
  readonly mark: Mark;
  readonly clauses: readonly Clause[];
}

/** What may be said of a run. */
export interface Verdict {
  /** The baseline first. */
  readonly lanes: readonly LaneVerdict[];
  /** Null where there is nothing to compare. */
  readonly fairness: readonly FairnessItem[] | null;
}

/** The verdict on a run's lanes against its first, or all of them against one of another run; no lanes before the program has said which there are. */
export function judgeRun(results: Pick<RunResults, 'manifest' | 'lanes'>, pinned: Subject | null = null): Verdict {
  const subjects = subjectsOf(results);
  const baseline = pinned ?? subjects[0];
  if (baseline === undefined || subjects.length === 0) return { lanes: [], fairness: null };
  const others = subjects.filter((subject) => subject !== baseline);
  const clauses = [...(others.length === 0 ? [] : [say('baseline')]), ...stateClauses(baseline)];
  const first = { name: baseline.name, indexes: pinned === null ? baseline.indexes : [], mark: 'baseline' as const, clauses };
  return {
    lanes: [first, ...others.map((subject) => judge(subject, baseline))],
    fairness: others.length === 0 ? null : checkAll(others, baseline),
  };
}

/** The verdict on one subject against another, of the same run or of two. */
export function judge(subject: Subject, baseline: Subject): LaneVerdict {
  const { name, indexes } = subject;
  const ended = endClauses(subject);
  if (ended.length > 0) return { name, indexes, mark: 'open', clauses: ended };
  if (endClauses(baseline).length > 0) {
    return { name, indexes, mark: 'open', clauses: [say('ended.baseline', { baseline: baseline.name })] };
  }
  const items = checkFairness(subject, baseline);
  const spoilers = spoilersOf(items, 'result');
  const unfair = spoilers.length === 0 ? [] : [say('unfair', { baseline: baseline.name, items: { kind: 'items', names: spoilers } })];
  const isRepeated = subject.lanes.length > 1 || baseline.lanes.length > 1;
  const weights = weightsClauses(subject, baseline);
  // Equal weights compute equal results: nothing is left to say of them.
  const isEqual = weights.some(({ key }) => key !== 'weights.apart');
  const reached = isRepeated ? seedsClauses(subject, baseline) : resultClauses(subject, baseline);
  const facts = [...weights, ...(isEqual ? [] : reached), ...conditionClauses(subject)];
  const clauses = [...unfair, ...facts, ...costClauses(subject, baseline, items)];
  const mark = unfair.length > 0 ? 'unfair' : markOf(facts.map(({ key }) => key));
  return { name, indexes, mark, clauses: clauses.length === 0 ? [say('nothing')] : clauses };
}

const differing: ReadonlySet<ClauseKey> = new Set([
  'accuracy.differs',
  'metric.differs',
  'seeds.outside',
  'ended.notFinite',
  'ranks.apart',
]);
const equal: ReadonlySet<ClauseKey> = new Set([
  'weights.bits',
  'weights.rounding',
  'accuracy.same',
  'accuracy.noDifference',
  'metric.same',
  'metric.rounding',
  'seeds.inside',
]);

/** What lanes reached counts for more than by which weights. */
function markOf(keys: readonly ClauseKey[]): Mark {
  if (keys.some((key) => differing.has(key))) return 'differs';
  if (keys.some((key) => equal.has(key))) return 'same';
  const isUndecided = keys.includes('seeds.few') || keys.includes('accuracy.unsure');
  return keys.includes('weights.apart') && !isUndecided ? 'differs' : 'open';
}

/** Why a lane has nothing to be compared by; none where it came to its end. */
function endClauses({ lanes }: Subject): readonly Clause[] {
  const unfinished = lanes.find(({ state }) => state !== 'done');
  if (unfinished === undefined) return [];
  return [say(unfinished.state === 'failed' ? 'ended.failed' : 'ended.stopped', { steps: quantity('count', unfinished.steps) })];
}

/** What there is to say of a lane that is compared with nothing. */
function stateClauses(subject: Subject): readonly Clause[] {
  const ended = endClauses(subject);
  return ended.length > 0 ? ended : conditionClauses(subject);
}

/** What is wrong with how a lane ended, whatever it is compared with. */
function conditionClauses({ lanes }: Subject): readonly Clause[] {
  const isNotFinite = lanes.some(({ final, steps }) => steps > 0 && final['loss'] === null);
  const areApart = lanes.some(({ replicasAgree }) => replicasAgree === false);
  return [...(isNotFinite ? [say('ended.notFinite')] : []), ...(areApart ? [say('ranks.apart')] : [])];
}
