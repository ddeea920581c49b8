// Asks the ranks of a lane, while steps are asked of them and nobody has been heard of for a while, whether they wait for each other.

import { deadlockError, standstillOf, type RankLook } from './deadlock.ts';

/** How often ranks are asked. */
const lookEveryMs = 500;
/** A lane from which something was heard so recently is not asked: it moves, and is being timed. */
const quietMs = 1000;
/** Looks in a row that must be equal: 1.5 s in which no rank did anything. With the quiet before, a card comes 2.5 to 3.5 s after. */
const equalLooks = 4;

/** What the watch needs of a lane. */
export interface WatchedLane {
  readonly label: string;
  /** Milliseconds since anything was heard of it. */
  silentMs(): number;
  /** Every rank at this moment; takes as long as the busiest rank. */
  look(): Promise<readonly RankLook[]>;
}

/** The outcome of `work`, the steps of a lane. Rejects with `deadlock` where its ranks wait for each other. */
export async function untilDeadlock<T>(lane: WatchedLane, work: Promise<T>): Promise<T> {
  let isLooking = false;
  let last: string | null = null;
  let equalCount = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const stuck = new Promise<never>((_, reject) => {
    const look = async (): Promise<void> => {
      isLooking = true;
      const looks = await lane.look();
      isLooking = false;
      const standstill = standstillOf(looks);
      equalCount = standstill !== null && standstill === last ? equalCount + 1 : Number(standstill !== null);
      last = standstill;
      if (equalCount >= equalLooks) reject(deadlockError(lane.label, looks));
    };
    timer = setInterval(() => {
      if (!isLooking && lane.silentMs() >= quietMs) look().catch(reject);
    }, lookEveryMs);
  });
  try {
    return await Promise.race([work, stuck]);
  } finally {
    clearInterval(timer);
  }
}
