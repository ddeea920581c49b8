// The collectives of torch.distributed on Float32Array: same names, same meaning, every one of them a call that all ranks must make
// in the same order with the same lengths. What ranks send is checked call by call (message.ts), so drift is an error that names both
// ranks. A failed call ends the group: the reason goes to the peers, whose pending calls reject too instead of hanging. In every collective
// each rank hears from each other, if only an empty message, so that also disagreement about the root is found out.
//
// Calls of one rank take effect in the order they were made, also when they are not awaited one by one. Only `send` does not wait for a
// `recv` before it, so that two ranks may swap values with `Promise.all([dist.recv(peer), dist.send(peer, values)])`.
// Values must not be changed until the promise has resolved.

import { PlaygroundError } from '../core/errors.ts';
import { allReduces, type AllReduce, type AllReduceName } from './all-reduce.ts';
import type { WireState } from './compressed-all-reduce.ts';
import { peersInTurn, reduceInRankOrder } from './direct-all-reduce.ts';
import { Exchange, MessagePool } from './exchange.ts';
import type { Traffic, Wait } from './activity.ts';
import { headerWords, type Call, type CallKind, type ReduceOp } from './message.ts';
import type { Transport } from './transport.ts';

const nothing = new Float32Array(0);

/** One rank's handle on its group. Every method rejects with a PlaygroundError where ranks disagree or one has left. */
export class ProcessGroup {
  readonly rank: number;
  readonly worldSize: number;
  readonly #transport: Transport;
  readonly #allReduce: AllReduce;
  readonly #pool: MessagePool;
  readonly #sentOn: Uint32Array;
  readonly #receivedOn: Uint32Array;
  #calls = 0;
  /** The collective or `recv` that was begun last; they take turns, so that it is the only one that can wait. */
  #lastBegun: Pick<Wait, 'call' | 'number'> | null = null;
  #failedIn: Wait['call'] | null = null;
  /** The last call that a collective or a `recv` must wait for, and the last that a `send` must wait for. */
  #lastCall: Promise<unknown> = Promise.resolve();
  #lastOutgoing: Promise<unknown> = Promise.resolve();

  /** `allReduce`: how all-reduces travel, the same on every rank. */
  constructor(transport: Transport, allReduce: AllReduceName = 'direct') {
    this.rank = transport.rank;
    this.worldSize = transport.worldSize;
    this.#transport = transport;
    this.#allReduce = allReduces[allReduce];
    this.#pool = new MessagePool(transport.worldSize);
    this.#sentOn = new Uint32Array(transport.worldSize);
    this.#receivedOn = new Uint32Array(transport.worldSize);
  }

  /** Bytes this rank has sent, headers included. */
  get bytesSent(): number {
    return this.#transport.bytesSent;
  }

  /** The same by rank it was sent to, 0 at its own. */
  bytesSentTo(): readonly number[] {
    return Array.from({ length: this.worldSize }, (_, rank) => (rank === this.rank ? 0 : this.#transport.bytesSentTo(rank)));
  }

  /** Messages this rank has sent. */
  get messagesSent(): number {
    return peersInTurn(this.rank, this.worldSize).reduce((sum, peer) => sum + this.#transport.messagesSentTo(peer), 0);
  }

  /** Bytes of values this rank has sent, without the headers: what the literature counts. */
  get payloadBytesSent(): number {
    return this.bytesSent - this.messagesSent * headerWords * Float32Array.BYTES_PER_ELEMENT;
  }

  /** What this rank waits in; null while it waits for nobody. */
  waiting(): Wait | null {
    const from = this.#transport.awaitedRank();
    return from === null || this.#lastBegun === null ? null : { ...this.#lastBegun, from };
  }

  /** The call that ended the group here; null while none has failed. */
  get failedIn(): Wait['call'] | null {
    return this.#failedIn;
  }

  /** What has gone over this rank's links. */
  traffic(): Traffic {
    const byPeer = (count: (peer: number) => number): number[] => {
      return Array.from({ length: this.worldSize }, (_, peer) => (peer === this.rank ? 0 : count(peer)));
    };
    return {
      sent: byPeer((peer) => this.#transport.messagesSentTo(peer)),
      received: byPeer((peer) => this.#transport.messagesReceivedFrom(peer)),
    };
  }

  /** A rank is known to be gone: calls that need it reject, here and, because this rank then leaves, everywhere else. */
  lost(rank: number): void {
    this.#transport.lost(rank);
  }

  /** Leaves the group; with a reason, the peers' pending calls reject with it. */
  close(reason?: unknown): void {
    this.#transport.close(reason);
  }

  /** Reduces equal-length values over all ranks, bit-identically on each, into `out` (in place where absent). */
  allReduce(values: Float32Array, op: ReduceOp = 'sum', out: Float32Array = values): Promise<void> {
    if (out.length !== values.length) return Promise.reject(lengthError('allReduce: out', values.length, out.length));
    return this.#collective('allReduce', { op, length: values.length }, (exchange) => this.#allReduce(exchange, values, out, op));
  }

  /** Like `allReduce`, in place, with values encoded on their way; `state` belongs to this buffer, here and on every other rank. */
  allReduceEncoded(values: Float32Array, op: ReduceOp, state: WireState): Promise<void> {
    return this.#collective('allReduce', { op, length: values.length }, (exchange) => state.allReduce(exchange, values, op));
  }

  /** Reduces onto `root` alone, in place there; elsewhere the values stay as they are. */
  reduce(values: Float32Array, root: number, op: ReduceOp = 'sum'): Promise<void> {
    return this.#collective('reduce', { op, root, length: values.length }, async (exchange) => {
      this.#sendEach(exchange, (peer) => (peer === root ? values : nothing));
      if (this.rank !== root) return this.#takeNothing(exchange, null);
      for (const [, parcel] of await reduceInRankOrder(exchange, values, values, op)) exchange.release(parcel);
    });
  }

  /** Overwrites every rank's values with `root`'s. */
  broadcast(values: Float32Array, root = 0): Promise<void> {
    return this.#collective('broadcast', { root, length: values.length }, async (exchange) => {
      this.#sendEach(exchange, () => (this.rank === root ? values : nothing));
      if (this.rank !== root) {
        const parcel = await exchange.take(root, values.length);
        values.set(parcel.payload);
        exchange.release(parcel);
      }
      await this.#takeNothing(exchange, root);
    });
  }

  /** Every rank's values, by rank, all of one length. */
  allGather(values: Float32Array): Promise<Float32Array[]> {
    return this.#collective('allGather', { length: values.length }, async (exchange) => {
      this.#sendEach(exchange, () => values);
      return this.#takeFromAll(exchange, values);
    });
  }

  /** Every rank's values on `root`, by rank; null elsewhere. */
  gather(values: Float32Array, root = 0): Promise<Float32Array[] | null> {
    return this.#collective('gather', { root, length: values.length }, async (exchange) => {
      this.#sendEach(exchange, (peer) => (peer === root ? values : nothing));
      if (this.rank === root) return this.#takeFromAll(exchange, values);
      await this.#takeNothing(exchange, null);
      return null;
    });
  }

  /** The rank-th of `root`'s equal parts; the other ranks pass null. */
  scatter(parts: readonly Float32Array[] | null, root = 0): Promise<Float32Array> {
    const own = this.rank === root ? parts?.[root] : nothing;
    if (this.rank === root) {
      if (own === undefined || parts?.length !== this.worldSize)
        return Promise.reject(lengthError('scatter: parts', this.worldSize, parts?.length ?? 0));
      const uneven = parts.find((part) => part.length !== own.length);
      if (uneven !== undefined) return Promise.reject(lengthError('scatter: every part', own.length, uneven.length));
    }
    return this.#collective('scatter', { root, length: this.rank === root ? (own?.length ?? null) : null }, async (exchange) => {
      this.#sendEach(exchange, (peer) => (this.rank === root ? (parts?.[peer] ?? nothing) : nothing));
      const part = this.rank === root ? (own ?? nothing).slice() : await this.#keep(exchange, root, null);
      await this.#takeNothing(exchange, root);
      return part;
    });
  }

  /** The rank-th of `worldSize` equal chunks of the reduction; the length must be a multiple of the world size. */
  reduceScatter(values: Float32Array, op: ReduceOp = 'sum'): Promise<Float32Array> {
    const chunkLength = values.length / this.worldSize;
    if (!Number.isInteger(chunkLength)) {
      const expected = Math.ceil(chunkLength) * this.worldSize;
      return Promise.reject(lengthError(`reduceScatter: a multiple of the ${this.worldSize} ranks`, expected, values.length));
    }
    return this.#collective('reduceScatter', { op, length: values.length }, async (exchange) => {
      const chunkOf = (rank: number): Float32Array => values.subarray(rank * chunkLength, (rank + 1) * chunkLength);
      this.#sendEach(exchange, chunkOf);
      const out = new Float32Array(chunkLength);
      for (const [, parcel] of await reduceInRankOrder(exchange, chunkOf(this.rank), out, op)) exchange.release(parcel);
      return out;
    });
  }

  /** Resolves once every rank has called it. */
  barrier(): Promise<void> {
    return this.#collective('barrier', {}, (exchange) => {
      this.#sendEach(exchange, () => nothing);
      return this.#takeNothing(exchange, null);
    });
  }

  /** Sends a copy of the values to one rank; does not wait until they are read. */
  send(to: number, values: Float32Array): Promise<void> {
    const sent = this.#lastOutgoing.then(() => {
      const number = this.#count(this.#sentOn, to);
      this.#exchange({ kind: 'send', op: null, root: to, length: values.length, number }).send(to, values);
    });
    this.#lastOutgoing = settled(sent);
    this.#lastCall = Promise.all([this.#lastCall, this.#lastOutgoing]);
    return this.#guard(sent);
  }

  /** The next values that a rank sent here; with a `length`, they must have it. */
  recv(from: number, length: number | null = null): Promise<Float32Array> {
    const received = this.#lastCall.then(async () => {
      const number = this.#count(this.#receivedOn, from);
      this.#lastBegun = { call: 'recv', number };
      return this.#keep(this.#exchange({ kind: 'send', op: null, root: this.rank, length, number }), from, length);
    });
    this.#lastCall = settled(received);
    return this.#guard(received);
  }

  #collective<T>(
    kind: Exclude<CallKind, 'send'>,
    call: Partial<Pick<Call, 'op' | 'root' | 'length'>>,
    body: (exchange: Exchange) => Promise<T>,
  ): Promise<T> {
    const { op = null, root = null, length = 0 } = call;
    if (root !== null && !(Number.isInteger(root) && root >= 0 && root < this.worldSize)) {
      return Promise.reject(
        new PlaygroundError('program-invalid', `${kind}: expected a root from 0 to ${this.worldSize - 1}, got ${root}.`),
      );
    }
    const done = this.#lastCall.then(() => {
      const number = ++this.#calls;
      this.#lastBegun = { call: kind, number };
      return body(this.#exchange({ kind, op, root, length, number }));
    });
    this.#lastCall = settled(done);
    this.#lastOutgoing = this.#lastCall;
    return this.#guard(done);
  }

  /** A call that failed inside the group ends it for everybody. */
  async #guard<T>(done: Promise<T>): Promise<T> {
    try {
      return await done;
    } catch (error) {
      this.#failedIn ??= this.#lastBegun?.call ?? null;
      this.#transport.close(error);
      throw error;
    }
  }

  #exchange(call: Call): Exchange {
    return new Exchange(this.#transport, this.#pool, call);
  }

  /** One message to every peer: also those that need no values, so that all ranks notice when one is in another call. */
  #sendEach(exchange: Exchange, valuesFor: (peer: number) => Float32Array): void {
    for (const peer of peersInTurn(this.rank, this.worldSize)) exchange.send(peer, valuesFor(peer));
  }

  /** The empty messages of all peers but one. */
  async #takeNothing(exchange: Exchange, but: number | null): Promise<void> {
    for (const peer of peersInTurn(this.rank, this.worldSize)) {
      if (peer !== but) exchange.release(await exchange.take(peer, 0));
    }
  }

  async #keep(exchange: Exchange, from: number, length: number | null): Promise<Float32Array> {
    const parcel = length === null ? await exchange.takeAny(from) : await exchange.take(from, length);
    const values = parcel.payload.slice();
    exchange.release(parcel);
    return values;
  }

  async #takeFromAll(exchange: Exchange, own: Float32Array): Promise<Float32Array[]> {
    const gathered: Float32Array[] = [];
    for (let rank = 0; rank < this.worldSize; rank++) {
      gathered.push(rank === this.rank ? own.slice() : await this.#keep(exchange, rank, own.length));
    }
    return gathered;
  }

  #count(counts: Uint32Array, peer: number): number {
    const next = (counts[peer] ?? 0) + 1;
    counts[peer] = next;
    return next;
  }
}

/** The same promise as something to wait for, whatever becomes of it. */
function settled(promise: Promise<unknown>): Promise<void> {
  return promise.then(
    () => undefined,
    () => undefined, // the caller gets the error from the promise itself
  );
}

function lengthError(where: string, expected: number, got: number): PlaygroundError {
  return new PlaygroundError(
    'program-invalid',
    `${where}: expected ${expected} values, got ${got}. Lengths must match before ranks can exchange them.`,
    {
      expected,
      got,
    },
  );
}
