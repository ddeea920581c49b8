// What a rank says when it is asked whether it waits (runner/deadlock.ts): plain data.

import type { Traffic, Wait } from '../collective/activity.ts';

/** One rank at one moment. */
export interface RankActivity extends Traffic {
  /** Null while it waits for no other rank. */
  readonly waiting: Wait | null;
  /** Grows whenever the rank does anything: steps begun and tensors made. */
  readonly progress: number;
}
