// `direct`, with codecs on both legs: every rank encodes each owner's chunk, the owner adds what it decodes in rank order, encodes the
// result once and sends it to everybody. The owner itself uses what it decodes, of its own contribution and of the result, so that every
// rank ends with the same bits. What a codec loses is kept where it was lost, at the sender and at the owner, and added to the next
// values (the two errors of 1-bit Adam's compressed all-reduce; Tang et al., 2021, algorithm 1).

import { addInto, finishSum } from './arithmetic.ts';
import { chunkOf } from './chunks.ts';
import { peersInTurn } from './direct-all-reduce.ts';
import type { Exchange } from './exchange.ts';
import type { ReduceOp } from './message.ts';
import type { Codec, Wire } from './wire/wire.ts';

/** The wire of one flat buffer that is reduced again and again, with what it owes. */
export class WireState {
  readonly wire: Wire;
  /** What this rank has not sent yet, and what it has not sent back as an owner. Null without feedback. */
  private readonly owed: { readonly contribution: Float32Array; readonly sum: Float32Array } | null;
  private readonly loss = new WireLoss();

  /** For `length` values per reduction. */
  constructor(wire: Wire, length: number) {
    this.wire = wire;
    this.owed = wire.hasFeedback ? { contribution: new Float32Array(length), sum: new Float32Array(length) } : null;
  }

  /** ‖what this rank's last contributions lost‖ ÷ ‖what they should have been‖, since it was last asked. */
  takeRelativeError(): number {
    return this.loss.take();
  }

  /** Reduces `values` over all ranks, in place; every rank ends with the same bits. */
  async allReduce(exchange: Exchange, values: Float32Array, op: ReduceOp): Promise<void> {
    const { rank, worldSize } = exchange;
    const chunk = (owner: number, of: Float32Array): Float32Array => chunkOf(of, owner, worldSize);
    if (worldSize === 1) return;
    const { contribution, sum } = this.wire;
    const peers = peersInTurn(rank, worldSize);

    if (this.owed !== null) addInto(values, this.owed.contribution);
    let own = new Float32Array(0);
    for (const owner of [...peers, rank]) {
      const meant = chunk(owner, values);
      const { words, sent } = passThrough(contribution, meant, this.owed === null ? null : chunk(owner, this.owed.contribution));
      if (owner !== rank) exchange.send(owner, words);
      this.loss.note(meant, sent);
      if (owner === rank) own = sent;
    }

    const total = await this.addUp(exchange, own);
    finishSum(total, op, worldSize);
    const owedSum = this.owed === null ? null : chunk(rank, this.owed.sum);
    if (owedSum !== null) addInto(total, owedSum);
    const { words, sent } = passThrough(sum, total, owedSum);
    for (const peer of peers) exchange.send(peer, words);
    chunk(rank, values).set(sent);

    for (const peer of peers) {
      const parcel = await exchange.takeAny(peer);
      sum.decode(parcel.payload, chunk(peer, values));
      exchange.release(parcel);
    }
  }

  /** What all ranks sent of this rank's chunk, added in rank order. */
  private async addUp(exchange: Exchange, own: Float32Array): Promise<Float32Array> {
    const total = new Float32Array(own.length);
    const part = new Float32Array(own.length);
    for (let rank = 0; rank < exchange.worldSize; rank++) {
      if (rank === exchange.rank) {
        addInto(total, own);
        continue;
      }
      const parcel = await exchange.takeAny(rank);
      this.wire.contribution.decode(parcel.payload, part);
      exchange.release(parcel);
      addInto(total, part);
    }
    return total;
  }
}

/** How much a wire loses of what is sent over it. */
export class WireLoss {
  private lostSquares = 0;
  private allSquares = 0;

  /** Notes what should have arrived and what did. Overflows do not count. */
  note(meant: Float32Array, sent: Float32Array): void {
    for (let index = 0; index < meant.length; index++) {
      const value = meant[index] ?? 0;
      const lost = value - (sent[index] ?? 0);
      if (!Number.isFinite(lost)) continue;
      this.lostSquares += lost * lost;
      this.allSquares += value * value;
    }
  }

  /** ‖lost‖ ÷ ‖meant‖ since it was last asked; 0 where nothing was meant. */
  take(): number {
    const error = this.allSquares === 0 ? 0 : Math.sqrt(this.lostSquares / this.allSquares);
    this.lostSquares = 0;
    this.allSquares = 0;
    return error;
  }
}

/** What travels, and what arrives; what is lost on the way is written over `owed`, where there is one. */
export function passThrough(
  codec: Codec,
  values: Float32Array,
  owed: Float32Array | null,
): { readonly words: Float32Array; readonly sent: Float32Array<ArrayBuffer> } {
  const words = new Float32Array(codec.wordCount(values));
  codec.encode(values, words);
  const sent = new Float32Array(values.length);
  codec.decode(words, sent);
  if (owed !== null) keepLost(values, sent, owed);
  return { words, sent };
}

/** An overflow is not owed: its step is skipped, and Inf − Inf would poison every later one. */
function keepLost(meant: Float32Array, sent: Float32Array, owed: Float32Array): void {
  for (let index = 0; index < owed.length; index++) {
    const lost = (meant[index] ?? 0) - (sent[index] ?? 0);
    owed[index] = Number.isFinite(lost) ? lost : 0;
  }
}
