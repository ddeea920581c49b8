// The ranks of a lane as long as they live, and what is asked of all of them at once. A worker that dies is not only its own lane's loss:
// its peers would wait for it for ever, so they are told, and their calls reject.

import { PlaygroundError } from '../core/errors.ts';
import { isRecord } from '../core/is-record.ts';
import type { LossReport } from '../train/elastic-rank.ts';
import { RankError } from './rank-error.ts';
import type { ReplicaHandle } from './replica-handle.ts';

/** One rank. Its place in the list is its rank now; people know it by the rank it began with. */
export interface LaneMember {
  readonly replica: ReplicaHandle;
  readonly firstRank: number;
}

/** What a rank was at when another one was lost; null where it did not answer in time. */
export interface Bystander {
  readonly firstRank: number;
  readonly report: LossReport | null;
}

/** Thrown when ranks were lost; everybody else has come to an end with what was asked. */
export class RanksLost extends Error {
  readonly lost: readonly LaneMember[];
  readonly bystanders: readonly Bystander[];

  constructor(lost: readonly LaneMember[], bystanders: readonly Bystander[]) {
    super('ranks of the lane were lost');
    this.lost = lost;
    this.bystanders = bystanders;
  }
}

/** A rank may hear of a dead peer before the page does. */
const hearsayMs = 1000;
/** A rank that computes answers late; the card does not wait for it. */
const answerMs = 1000;
const longestCallName = 32;

/**
 * Every member's answer. Throws a RankError at once for what fails in a rank that lives, as its peers may be waiting for it for ever; and
 * RanksLost where one has died, at once too, or, with `patiently`, only when every other one has answered or failed.
 */
export async function askAll<Result>(
  members: readonly LaneMember[],
  act: (replica: ReplicaHandle, rank: number) => Promise<Result>,
  patiently: boolean,
): Promise<Result[]> {
  const lost: LaneMember[] = [];
  const told: Promise<readonly Bystander[]>[] = [];
  let noteLoss: () => void = () => undefined;
  const hasLost = new Promise<void>((resolve) => {
    noteLoss = resolve;
  });
  const answers = members.map(async (member, rank) => {
    try {
      return await act(member.replica, rank);
    } catch (error) {
      if (isCode(error, 'device-lost')) member.replica.end(error);
      if (member.replica.ending !== null) {
        lost.push(member);
        told.push(tellOthers(members, rank));
        noteLoss();
        if (!patiently) throw new RanksLost(lost, (await told[0]) ?? []);
        return null;
      }
      if (isCode(error, 'worker-died')) await Promise.race([hasLost, later(hearsayMs)]);
      if (lost.length > 0 && isCode(error, 'worker-died')) {
        if (!patiently) throw new RanksLost(lost, (await told[0]) ?? []);
        return null;
      }
      throw new RankError(member.firstRank, error);
    }
  });
  const results = await Promise.all(answers);
  if (lost.length > 0) throw new RanksLost(lost, (await told[0]) ?? []);
  return results as Result[]; // null stands only for a rank that was lost, or that failed because of it
}

function tellOthers(members: readonly LaneMember[], lostRank: number): Promise<readonly Bystander[]> {
  const others = members.filter(({ replica }, rank) => rank !== lostRank && replica.ending === null);
  return Promise.all(
    others.map(async ({ replica, firstRank }) => {
      const answer = replica.call((remote) => remote.lost(lostRank)).catch(() => null);
      return { firstRank, report: parseLossReport(await Promise.race([answer, later(answerMs)])) };
    }),
  );
}

/** A worker may answer anything. */
function parseLossReport(answer: unknown): LossReport | null {
  if (!isRecord(answer) || typeof answer['step'] !== 'number') return null;
  return { step: answer['step'], call: typeof answer['call'] === 'string' ? answer['call'].slice(0, longestCallName) : null };
}

function isCode(error: unknown, code: PlaygroundError['code']): error is PlaygroundError {
  return error instanceof PlaygroundError && error.code === code;
}

function later(ms: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), ms);
  });
}
