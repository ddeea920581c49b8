// When a lane can never go on, decided from what its ranks say: every rank waits for a message or has nothing left to do, at least one waits,
// and every message that was sent has arrived. One such look is not enough, because a rank may wait in one call and compute beside it; a
// lane is given up only where nothing at all has changed over several looks (deadlock-watch.ts). Ranks that compute, and messages that
// are still under way, always change a counter.

import { PlaygroundError } from '../core/errors.ts';
import { isRecord } from '../core/is-record.ts';
import type { RankActivity } from '../train/rank-activity.ts';

/** A rank at one moment. */
export interface RankLook {
  /** Null where it did not answer, or not with what a replica answers. */
  readonly activity: RankActivity | null;
  /** `working` while steps are asked of it, `resting` when it has taken them, `finished` when its program has come to its end. */
  readonly state: 'working' | 'resting' | 'finished';
}

/** A lane that stands still, as a text that is equal as long as nothing changes; null while it may go on by itself. */
export function standstillOf(looks: readonly RankLook[]): string | null {
  const isStuck = looks.every(({ activity, state }) => activity !== null && (activity.waiting !== null || state !== 'working'));
  const isSomebodyWaiting = looks.some(({ activity, state }) => state === 'working' && activity?.waiting != null);
  if (!isStuck || !isSomebodyWaiting || isAnythingUnderWay(looks)) return null;
  return JSON.stringify(looks);
}

/** The card of a lane that stands still. */
export function deadlockError(lane: string, looks: readonly RankLook[]): PlaygroundError {
  const waits = looks.map((look, rank) => `rank ${rank} ${describe(look)}`);
  return new PlaygroundError(
    'deadlock',
    `lane ${lane}: expected its ranks to go on, but none can: ${waits.join('; ')}. Every recv needs a send, and every rank must make the same collective calls in the same order.`,
    { waits },
  );
}

/** A worker may answer anything. Null for what no replica answers. */
export function parseRankActivity(answer: unknown, worldSize: number): RankActivity | null {
  if (!isRecord(answer)) return null;
  const { waiting, sent, received, progress } = answer;
  const isCounts = (value: unknown): boolean => Array.isArray(value) && value.length === worldSize && value.every(isCount);
  if (!isCounts(sent) || !isCounts(received) || !isCount(progress)) return null;
  if (waiting !== null && !isWait(waiting, worldSize)) return null;
  return answer as unknown as RankActivity; // every field was checked above
}

function describe({ activity, state }: RankLook): string {
  if (state === 'finished') return 'has finished';
  const wait = activity?.waiting ?? null;
  if (state === 'resting' || wait === null) return 'rests between two steps, which ranks take together';
  return wait.call === 'recv'
    ? `waits in recv from rank ${wait.from} (message ${wait.number} of that rank)`
    : `waits in ${wait.call} (call ${wait.number}) for rank ${wait.from}`;
}

function isAnythingUnderWay(looks: readonly RankLook[]): boolean {
  return looks.some(({ activity }, rank) => looks.some((other, peer) => activity?.sent[peer] !== other.activity?.received[rank]));
}

const calls: ReadonlySet<unknown> = new Set([
  'allReduce',
  'reduce',
  'broadcast',
  'allGather',
  'reduceScatter',
  'gather',
  'scatter',
  'recv',
  'barrier',
]);

function isWait(value: unknown, worldSize: number): boolean {
  if (!isRecord(value)) return false;
  const { call, number, from } = value;
  return calls.has(call) && isCount(number) && isCount(from) && from < worldSize;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
