// One call's view of the transport: fill a message, post it, take one that belongs to the same call. Messages come from a pool that the
// received ones go back to: allocating costs nine times the copy, and in a training loop the sizes repeat every step, so that
// after the first step nothing is allocated.

import { PlaygroundError } from '../core/errors.ts';
import { checkSameCall, headerWords, readHeader, writeHeader, type Call } from './message.ts';
import type { Transport } from './transport.ts';

/** A message in hand: its payload is a view behind the header. */
export interface Parcel {
  readonly message: Float32Array<ArrayBuffer>;
  readonly payload: Float32Array<ArrayBuffer>;
}

/** Spare messages by length. */
export class MessagePool {
  readonly #spare = new Map<number, Float32Array<ArrayBuffer>[]>();
  readonly #mostPerLength: number;
  readonly #mostLengths = 32;

  constructor(worldSize: number) {
    this.#mostPerLength = 2 * worldSize;
  }

  /** A message with room for a header and `length` values; what it holds is arbitrary. */
  take(length: number): Float32Array<ArrayBuffer> {
    return this.#spare.get(length)?.pop() ?? new Float32Array(headerWords + length);
  }

  /** Takes a message back; one too many is left to the garbage collector. */
  give(message: Float32Array<ArrayBuffer>): void {
    const length = message.length - headerWords;
    if (!this.#spare.has(length)) {
      if (this.#spare.size === this.#mostLengths) this.#spare.clear(); // lengths that never repeat must not pile up
      this.#spare.set(length, []);
    }
    const spare = this.#spare.get(length);
    if (spare !== undefined && spare.length < this.#mostPerLength) spare.push(message);
  }
}

/** What the arithmetic of a collective is written against. */
export class Exchange {
  readonly rank: number;
  readonly worldSize: number;
  readonly #transport: Transport;
  readonly #pool: MessagePool;
  readonly #call: Call;

  constructor(transport: Transport, pool: MessagePool, call: Call) {
    this.rank = transport.rank;
    this.worldSize = transport.worldSize;
    this.#transport = transport;
    this.#pool = pool;
    this.#call = call;
  }

  /** Sends a copy of the values. */
  send(to: number, values: Float32Array): void {
    const message = this.#pool.take(values.length);
    message.set(values, headerWords);
    this.#post(to, message);
  }

  /** Sends a parcel that was received before; it is gone afterwards. */
  forward(to: number, parcel: Parcel): void {
    this.#post(to, parcel.message);
  }

  /** The rank's message of this call. Throws `replicas-differ` where it belongs to another call or has another length. */
  async take(from: number, length: number): Promise<Parcel> {
    const parcel = await this.takeAny(from);
    if (parcel.payload.length === length) return parcel;
    throw new PlaygroundError(
      'replicas-differ',
      `${this.#call.kind}: rank ${from} sent ${parcel.payload.length} values, rank ${this.rank} expected ${length}. Every replica must build the same model.`,
      { rank: this.rank, peer: from },
    );
  }

  /** Like `take`, of whatever length. */
  async takeAny(from: number): Promise<Parcel> {
    const message = await this.#transport.recv(from);
    checkSameCall(this.rank, this.#call, from, readHeader(message, from));
    return { message, payload: message.subarray(headerWords) };
  }

  /** Gives a parcel back to the pool; it must not be used afterwards. */
  release(parcel: Parcel): void {
    this.#pool.give(parcel.message);
  }

  #post(to: number, message: Float32Array<ArrayBuffer>): void {
    writeHeader(message, this.#call);
    this.#transport.send(to, message);
  }
}
