// What a rank says when it leaves, and what its peers' pending receives reject with. Without it a rank that failed would leave the
// others waiting for ever: a MessagePort does not say everywhere that its other end is gone.

import { fromWire, PlaygroundError, toWire, type ErrorCode, type WireError } from '../core/errors.ts';

/** The last message of a link; `reason` is null where the rank simply finished. */
export interface Goodbye {
  readonly goodbye: true;
  readonly reason: WireError | null;
}

/** A goodbye that carries its reason across workers. */
export function goodbyeOf(reason: unknown): Goodbye {
  return { goodbye: true, reason: reason === undefined ? null : toWire(reason) };
}

/** Tells a goodbye from everything else that may arrive on a port. */
export function isGoodbye(value: unknown): value is Goodbye {
  if (typeof value !== 'object' || value === null || !('goodbye' in value) || !('reason' in value)) return false;
  const { reason } = value;
  if (value.goodbye !== true) return false;
  return reason === null || (typeof reason === 'object' && 'message' in reason && typeof reason.message === 'string' && 'stack' in reason);
}

/** The error for whoever waits on a rank that left; it keeps the code of the reason, so that the card on the page is the right one. */
export function leftError(rank: number, { reason }: Goodbye): PlaygroundError {
  if (reason === null) {
    return new PlaygroundError(
      'worker-died',
      `rank ${rank}: expected a message, but it has finished. Every rank must call the same collectives in the same order.`,
      { rank },
    );
  }
  const cause = fromWire(reason);
  const code: ErrorCode = cause instanceof PlaygroundError ? cause.code : 'worker-died';
  return new PlaygroundError(code, `rank ${rank} failed: ${reason.message}`, { ...reason.details, rank }, { cause });
}

/** The error for using a transport that this rank closed itself; the reason where it is an error. */
export function closedError(rank: number, reason: unknown): Error {
  if (reason instanceof Error) return reason;
  return new PlaygroundError('worker-died', `rank ${rank}: the links are closed. A rank that has left cannot send or receive.`, { rank });
}
