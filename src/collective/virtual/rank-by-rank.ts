// An all-reduce over ranks that come one after the other, in one thread: no messages, but for every element the same f32 additions in the
// same order as the algorithm makes between workers, so that the result has its bits. What an algorithm must hold until its turn to be
// added is kept; `direct` and `naive` add in rank order and keep nothing, which is what makes a thousand ranks possible.

import { addInto, finishSum } from '../arithmetic.ts';
import type { AllReduceName } from '../all-reduce.ts';
import { chunkStart } from '../chunks.ts';
import { headerWords } from '../message.ts';
import type { ReduceOp } from '../message.ts';

/** One flat buffer, reduced again and again. */
export interface RankByRank {
  /** The next rank's values, from rank 0 on. They may be changed. */
  add(values: Float32Array): void;
  /** Writes the reduction once every rank's values are in, and begins anew. */
  finish(out: Float32Array, op: ReduceOp): void;
  /** Bytes that rank 0 would have sent so far, between workers: payloads by the algorithm's own chunks, and headers. */
  readonly bytesSent: number;
}

/** Sums so far, or what is kept for later, over ranks that arrive in order. */
interface Adding {
  add(rank: number, values: Float32Array): void;
  finish(out: Float32Array): void;
}

const bytesPerWord = 4;

/** The bytes of messages with so many values each, headers included. */
export function messageBytes(valueCounts: readonly number[]): number {
  return valueCounts.reduce((sum, count) => sum + (count + headerWords) * bytesPerWord, 0);
}

/** An all-reduce of `length` values over `worldSize` ranks, of at least two. */
export function createRankByRank(name: AllReduceName, worldSize: number, length: number): RankByRank {
  const adding = algorithms[name](worldSize, length);
  const bytesPerReduction = messageBytes(sentByRankZero[name](worldSize, length));
  let nextRank = 0;
  let reductionCount = 0;
  return {
    add: (values) => adding.add(nextRank++, values),
    finish(out, op) {
      adding.finish(out);
      finishSum(out, op, worldSize);
      nextRank = 0;
      reductionCount++;
    },
    get bytesSent() {
      return reductionCount * bytesPerReduction;
    },
  };
}

/** Bytes that are held for an all-reduce of `length` values: sums and whatever waits to be added. */
export function heldBytes(name: AllReduceName, worldSize: number, length: number): number {
  const buffers = { direct: 1, naive: 1, ring: 1 + (worldSize - 1) / 2, tree: 1 + worldSize / 2 };
  return Math.ceil(buffers[name] * length) * bytesPerWord;
}

const algorithms: Readonly<Record<AllReduceName, (worldSize: number, length: number) => Adding>> = {
  direct: (_, length) => inRankOrder(length),
  naive: (_, length) => inRankOrder(length),
  ring: inRing,
  tree: inTree,
};

function inRankOrder(length: number): Adding {
  const sum = new Float32Array(length);
  return {
    add(rank, values) {
      if (rank === 0) sum.set(values);
      else addInto(sum, values);
    },
    finish: (out) => out.set(sum),
  };
}

/** Chunk c goes round from rank c: c, c + 1, …, N − 1 are added as they come; 0, …, c − 1, which came before, wait for the end. */
function inRing(worldSize: number, length: number): Adding {
  const startOf = (rank: number): number => chunkStart(rank, worldSize, length);
  const sum = new Float32Array(length);
  const waiting = Array.from({ length: worldSize - 1 }, (_, rank) => new Float32Array(length - startOf(rank + 1)));
  return {
    add(rank, values) {
      addInto(sum.subarray(0, startOf(rank)), values);
      sum.set(values.subarray(startOf(rank), startOf(rank + 1)), startOf(rank));
      waiting[rank]?.set(values.subarray(startOf(rank + 1)));
    },
    finish(out) {
      for (const [rank, values] of waiting.entries()) addInto(sum.subarray(startOf(rank + 1)), values);
      out.set(sum);
    },
  };
}

/**
 * Recursive halving adds every element along the same tree, and a + b is b + a: ranks beyond a power of two are added to their neighbours,
 * then place p to place p + P/2, then p + P/4, … The second half of the places is added as it comes.
 */
function inTree(worldSize: number, length: number): Adding {
  const placeCount = 2 ** Math.floor(Math.log2(worldSize));
  const pairCount = worldSize - placeCount;
  const half = placeCount / 2;
  const places = Array.from({ length: half }, () => new Float32Array(length));
  const partner = new Float32Array(length);
  const arrive = (place: number, values: Float32Array): void => {
    if (place < half) places[place]?.set(values);
    else addInto(places[place - half] ?? partner, values);
  };
  return {
    add(rank, values) {
      if (rank >= 2 * pairCount) return arrive(rank - pairCount, values);
      if (rank % 2 === 0) return partner.set(values);
      addInto(partner, values);
      arrive(rank >> 1, partner);
    },
    finish(out) {
      for (let distance = half >> 1; distance >= 1; distance >>= 1) {
        for (let place = 0; place < distance; place++) addInto(places[place] ?? partner, places[place + distance] ?? partner);
      }
      out.set(places[0] ?? partner);
    },
  };
}

/** Values in each message that rank 0 sends in one all-reduce. */
const sentByRankZero: Readonly<Record<AllReduceName, (worldSize: number, length: number) => readonly number[]>> = {
  direct(worldSize, length) {
    const chunks = chunkLengths(worldSize, length);
    return [...chunks.slice(1), ...chunks.slice(1).map(() => chunks[0] ?? 0)];
  },
  naive: (worldSize, length) => Array.from({ length: worldSize - 1 }, () => length),
  ring(worldSize, length) {
    const chunks = chunkLengths(worldSize, length);
    const round = [0, ...Array.from({ length: worldSize - 1 }, (_, hop) => worldSize - 1 - hop)];
    return [...round, ...round.slice(0, worldSize - 2)].map((chunk) => chunks[chunk] ?? 0);
  },
  tree(worldSize, length) {
    const levels = Math.floor(Math.log2(worldSize));
    if (worldSize > 2 ** levels) return [length]; // to its neighbour, which takes part for both
    const down: number[] = [];
    let mine = length;
    for (let level = 0; level < levels; level++) {
      down.push(mine - (mine >> 1));
      mine >>= 1;
    }
    const up: number[] = [];
    for (const theirs of down.toReversed()) {
      up.push(mine);
      mine += theirs;
    }
    return [...down, ...up];
  },
};

function chunkLengths(worldSize: number, length: number): readonly number[] {
  return Array.from({ length: worldSize }, (_, rank) => chunkStart(rank + 1, worldSize, length) - chunkStart(rank, worldSize, length));
}
