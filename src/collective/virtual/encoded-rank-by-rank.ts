// The encoded all-reduce of compressed-all-reduce.ts over ranks that come one after the other: each owner's chunk is encoded and decoded as
// between workers, decoded contributions are added in rank order, and every rank has a debt of its own.

import { addInto, finishSum } from '../arithmetic.ts';
import { chunkOf } from '../chunks.ts';
import { passThrough, WireLoss } from '../compressed-all-reduce.ts';
import type { ReduceOp } from '../message.ts';
import type { Wire } from '../wire/wire.ts';
import { messageBytes } from './rank-by-rank.ts';
import type { RankByRank } from './rank-by-rank.ts';

const bytesPerValue = 4;

/** One flat buffer that is encoded on its way. */
export class EncodedRankByRank implements RankByRank {
  private readonly wire: Wire;
  private readonly worldSize: number;
  private readonly total: Float32Array;
  /** What each rank has not sent yet; empty without feedback. */
  private readonly owed: readonly Float32Array[];
  /** What the owners have not sent back yet. */
  private readonly owedSum: Float32Array | null;
  private readonly lossOfRankZero = new WireLoss();
  private nextRank = 0;
  bytesSent = 0;

  /** For `length` values over `worldSize` ranks, of at least two. */
  constructor(wire: Wire, worldSize: number, length: number) {
    this.wire = wire;
    this.worldSize = worldSize;
    this.total = new Float32Array(length);
    this.owed = wire.hasFeedback ? Array.from({ length: worldSize }, () => new Float32Array(length)) : [];
    this.owedSum = wire.hasFeedback ? new Float32Array(length) : null;
  }

  add(values: Float32Array): void {
    const rank = this.nextRank++;
    const owed = this.owed[rank] ?? null;
    if (owed !== null) addInto(values, owed);
    for (let hop = 1; hop <= this.worldSize; hop++) {
      const owner = (rank + hop) % this.worldSize;
      const meant = this.chunk(owner, values);
      const { words, sent } = passThrough(this.wire.contribution, meant, owed === null ? null : this.chunk(owner, owed));
      addInto(this.chunk(owner, this.total), sent);
      if (rank > 0) continue;
      this.lossOfRankZero.note(meant, sent);
      if (owner > 0) this.bytesSent += messageBytes([words.length]);
    }
  }

  finish(out: Float32Array, op: ReduceOp): void {
    finishSum(this.total, op, this.worldSize);
    if (this.owedSum !== null) addInto(this.total, this.owedSum);
    for (let owner = 0; owner < this.worldSize; owner++) {
      const owed = this.owedSum === null ? null : this.chunk(owner, this.owedSum);
      const { words, sent } = passThrough(this.wire.sum, this.chunk(owner, this.total), owed);
      this.chunk(owner, out).set(sent);
      if (owner === 0) this.bytesSent += messageBytes([words.length]) * (this.worldSize - 1);
    }
    this.total.fill(0);
    this.nextRank = 0;
  }

  /** How much the wire lost of what rank 0 sent, since it was last asked. */
  takeRelativeError(): number {
    return this.lossOfRankZero.take();
  }

  private chunk(owner: number, of: Float32Array): Float32Array {
    return chunkOf(of, owner, this.worldSize);
  }
}

/** Bytes that are held for `length` values: the sum, and with feedback what every rank owes. */
export function heldEncodedBytes(wire: Wire, worldSize: number, length: number): number {
  return (wire.hasFeedback ? worldSize + 2 : 1) * length * bytesPerValue;
}
