// What a rank's process group is at: the call it waits in and what has gone over its links. Plain data, for whoever asks whether it goes on.

import type { CallKind } from './message.ts';

/** A call that cannot go on before a message has come. */
export interface Wait {
  readonly call: Exclude<CallKind, 'send'> | 'recv';
  /** Number of the collective on this rank, or of the message on its link for `recv`; counted from 1. */
  readonly number: number;
  /** The rank whose message it needs. */
  readonly from: number;
}

/** Messages by peer; the own place is 0. */
export interface Traffic {
  readonly sent: readonly number[];
  /** Those that have arrived, whether somebody has taken them or not. */
  readonly received: readonly number[];
}
