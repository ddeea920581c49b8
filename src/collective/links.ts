// The part that every transport shares: an inbox and a byte counter per link, leaving, and the refusal of senseless ranks and of arrays
// that are only part of their buffer (a transfer would take the rest along). A concrete transport says how a message or a goodbye gets
// to a peer and calls `arrived` with whatever comes back.

import { PlaygroundError } from '../core/errors.ts';
import { closedError, goodbyeOf, isGoodbye, leftError, type Goodbye } from './goodbye.ts';
import { Inbox } from './inbox.ts';
import type { Transport } from './transport.ts';

/** Carries a message or a goodbye to a peer; a message's buffer must be transferred. */
export type Post = (to: number, message: Float32Array<ArrayBuffer> | Goodbye) => void;

/** A transport over any way of posting. */
export class LinkTransport implements Transport {
  readonly rank: number;
  readonly worldSize: number;
  readonly #post: Post;
  readonly #onClosed: () => void;
  readonly #inboxes: readonly Inbox[];
  readonly #bytesTo: Float64Array;
  readonly #messagesTo: Float64Array;
  readonly #messagesFrom: Float64Array;
  #closedWith: Error | null = null;

  constructor(rank: number, worldSize: number, post: Post, onClosed: () => void = () => undefined) {
    this.rank = rank;
    this.worldSize = worldSize;
    this.#post = post;
    this.#onClosed = onClosed;
    this.#inboxes = Array.from({ length: worldSize }, () => new Inbox());
    this.#bytesTo = new Float64Array(worldSize);
    this.#messagesTo = new Float64Array(worldSize);
    this.#messagesFrom = new Float64Array(worldSize);
  }

  get bytesSent(): number {
    return this.#bytesTo.reduce((sum, bytes) => sum + bytes, 0);
  }

  bytesSentTo(rank: number): number {
    this.#inboxOf(rank);
    return this.#bytesTo[rank] ?? 0;
  }

  messagesSentTo(rank: number): number {
    this.#inboxOf(rank);
    return this.#messagesTo[rank] ?? 0;
  }

  messagesReceivedFrom(rank: number): number {
    this.#inboxOf(rank);
    return this.#messagesFrom[rank] ?? 0;
  }

  awaitedRank(): number | null {
    const rank = this.#inboxes.findIndex((inbox) => inbox.isAwaited);
    return rank === -1 ? null : rank;
  }

  send(to: number, message: Float32Array<ArrayBuffer>): void {
    this.#inboxOf(to);
    if (this.#closedWith !== null) throw this.#closedWith;
    const { byteLength } = message;
    if (byteLength !== message.buffer.byteLength) {
      throw new PlaygroundError(
        'internal',
        `send: expected an array that fills its buffer of ${message.buffer.byteLength} bytes, got one of ${byteLength}. Copy it into one of its own.`,
      );
    }
    this.#post(to, message);
    this.#bytesTo[to] = (this.#bytesTo[to] ?? 0) + byteLength;
    this.#messagesTo[to] = (this.#messagesTo[to] ?? 0) + 1;
  }

  recv(from: number): Promise<Float32Array<ArrayBuffer>> {
    return this.#inboxOf(from).next();
  }

  close(reason?: unknown): void {
    if (this.#closedWith !== null) return;
    this.#closedWith = closedError(this.rank, reason);
    for (let peer = 0; peer < this.worldSize; peer++) {
      if (peer !== this.rank) this.#post(peer, goodbyeOf(reason));
      this.#inboxes[peer]?.discard(this.#closedWith);
    }
    this.#onClosed();
  }

  /** Takes whatever a peer's link brought. Anything but a message or a goodbye ends that link. */
  arrived(from: number, data: unknown): void {
    const inbox = this.#inboxOf(from);
    if (data instanceof Float32Array && data.buffer instanceof ArrayBuffer) {
      this.#messagesFrom[from] = (this.#messagesFrom[from] ?? 0) + 1;
      inbox.deliver(data as Float32Array<ArrayBuffer>); // the check above is on the buffer, which does not narrow the array
    } else if (isGoodbye(data)) {
      inbox.end(leftError(from, data));
    } else {
      const got = data === null ? 'null' : typeof data === 'object' ? (data.constructor?.name ?? 'object') : typeof data;
      const expectation = `recv: expected a Float32Array from rank ${from}, got ${got}. Only the training loop may use the links between ranks.`;
      inbox.end(new PlaygroundError('internal', expectation, { rank: from }));
    }
  }

  lost(from: number): void {
    this.#inboxOf(from).end(
      new PlaygroundError('worker-died', `rank ${from}: its worker ended while others still needed it. Run again.`, { rank: from }),
    );
  }

  #inboxOf(rank: number): Inbox {
    const inbox = this.#inboxes[rank];
    if (inbox !== undefined && rank !== this.rank) return inbox;
    throw new PlaygroundError(
      'program-invalid',
      `rank: expected another rank from 0 to ${this.worldSize - 1}, got ${rank} on rank ${this.rank}.`,
    );
  }
}
