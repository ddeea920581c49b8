// The card of a lane that ends because it has lost a rank: which one, at which step, and who waited where.

import { PlaygroundError } from '../core/errors.ts';
import type { Lane } from '../train/lane.ts';
import { RankError } from './rank-error.ts';
import type { Bystander, RanksLost } from './lane-members.ts';

/** What a rank is lost by; anything else that ends a worker has a card of its own. */
const lossCodes: ReadonlySet<string> = new Set(['worker-died', 'device-lost']);

/** `step`: the last one that the page knows the whole lane to have taken. */
export function lostRanksError(lane: Lane, { lost, bystanders }: RanksLost, step: number): Error {
  const [first] = lost;
  const ending = first?.replica.ending ?? null;
  if (first === undefined || ending === null)
    return new PlaygroundError('internal', `lane ${lane.label}: it lost a rank that nobody knows.`);
  const isKnown = ending instanceof PlaygroundError;
  if (lane.worldSize === 1 || !isKnown || !lossCodes.has(ending.code)) return new RankError(first.firstRank, ending);
  const killedAt = ending.details['step'];
  const details = { rank: first.firstRank, step: typeof killedAt === 'number' ? killedAt : null, bystanders };
  const code = ending.code === 'device-lost' ? 'device-lost' : 'rank-lost';
  const message = [whatHappened(first.firstRank, killedAt, ending, step), ...whereOthersWere(bystanders), advice(lane)].join(' ');
  return new RankError(first.firstRank, new PlaygroundError(code, message, details, { cause: ending }));
}

function whatHappened(rank: number, killedAt: unknown, ending: Error, step: number): string {
  const expected = `rank ${rank}: expected it to train to the end with the others, but`;
  if (typeof killedAt === 'number')
    return `${expected} its worker was ended when it began step ${killedAt}: fault=kill:${rank}@${killedAt}.`;
  return `${expected} it was lost ${step === 0 ? 'in its first steps' : `after step ${step}`}: ${ending.message}`;
}

/** `Ranks 0, 1 and 3 waited for it in allReduce, at step 5.` */
function whereOthersWere(bystanders: readonly Bystander[]): readonly string[] {
  const places = new Map<string, number[]>();
  for (const { firstRank, report } of bystanders) {
    const place = placeOf(report);
    places.set(place, [...(places.get(place) ?? []), firstRank]);
  }
  return [...places].map(([place, ranks]) => `${ranks.length === 1 ? 'Rank' : 'Ranks'} ${listed(ranks)} ${place}.`);
}

function placeOf(report: Bystander['report']): string {
  if (report === null) return 'computed and did not answer';
  const { call, step } = report;
  return call === null ? `rested after step ${step}` : `waited for it in ${call}, at step ${step}`;
}

function advice({ elastic }: Lane): string {
  return elastic ? 'Nobody is left to go on.' : 'An elastic lane (+elastic) goes on with the ranks that are left.';
}

function listed(ranks: readonly number[]): string {
  const sorted = [...ranks].sort((a, b) => a - b);
  return sorted.length === 1 ? String(sorted[0]) : `${sorted.slice(0, -1).join(', ')} and ${sorted.at(-1)}`;
}
