// Recursive halving and doubling (Thakur, Rabenseifner and Gropp, 2005, section 4.3): in log₂ N steps ranks exchange halves, then quarters, …
// with partners ever closer until each holds one sum, and then gather them back the same way. The bytes of a ring, in 2·log₂ N hops
// instead of 2·(N−1). It needs a power of two; where N is none, the first 2·(N − 2ᵏ) ranks pair up, the even one of each pair gives
// its values to the odd one before and gets the result after.

import { addInto, finishSum } from './arithmetic.ts';
import type { Exchange } from './exchange.ts';
import type { ReduceOp } from './message.ts';

/** Reduces `source` over all ranks into `out`, both of the same length; they may be the same array. */
export async function treeAllReduce(exchange: Exchange, source: Float32Array, out: Float32Array, op: ReduceOp): Promise<void> {
  const { rank, worldSize } = exchange;
  if (out !== source) out.set(source);
  if (worldSize === 1) return;
  const powerOfTwo = 2 ** Math.floor(Math.log2(worldSize));
  const pairCount = worldSize - powerOfTwo;

  if (rank < 2 * pairCount) {
    const partner = rank ^ 1;
    if (rank % 2 === 0) {
      exchange.send(partner, out);
      await receive(exchange, partner, out);
      return;
    }
    await add(exchange, partner, out);
  }
  const place = rank < 2 * pairCount ? rank >> 1 : rank - pairCount;
  const rankAt = (other: number): number => (other < pairCount ? 2 * other + 1 : other + pairCount);
  await halveAndDouble(exchange, out, op, { place, placeCount: powerOfTwo, rankAt });
  if (rank < 2 * pairCount) exchange.send(rank ^ 1, out);
}

/** Where a rank stands among the power of two that take part. */
interface Standing {
  readonly place: number;
  readonly placeCount: number;
  readonly rankAt: (place: number) => number;
}

async function halveAndDouble(exchange: Exchange, out: Float32Array, op: ReduceOp, { place, placeCount, rankAt }: Standing): Promise<void> {
  let mine = out;
  const givenAway: { readonly partner: number; readonly theirs: Float32Array }[] = [];
  for (let distance = placeCount >> 1; distance >= 1; distance >>= 1) {
    const partner = rankAt(place ^ distance);
    const middle = mine.length >> 1;
    const isLower = (place & distance) === 0;
    const theirs = isLower ? mine.subarray(middle) : mine.subarray(0, middle);
    mine = isLower ? mine.subarray(0, middle) : mine.subarray(middle);
    exchange.send(partner, theirs);
    await add(exchange, partner, mine);
    givenAway.push({ partner, theirs });
  }
  finishSum(mine, op, exchange.worldSize);
  for (const { partner, theirs } of givenAway.toReversed()) {
    exchange.send(partner, mine);
    await receive(exchange, partner, theirs);
    mine = join(mine, theirs);
  }
}

async function add(exchange: Exchange, from: number, sum: Float32Array): Promise<void> {
  const parcel = await exchange.take(from, sum.length);
  addInto(sum, parcel.payload);
  exchange.release(parcel);
}

async function receive(exchange: Exchange, from: number, values: Float32Array): Promise<void> {
  const parcel = await exchange.take(from, values.length);
  values.set(parcel.payload);
  exchange.release(parcel);
}

/** Two neighbouring views of one array as one. */
function join(a: Float32Array, b: Float32Array): Float32Array {
  return new Float32Array(a.buffer, Math.min(a.byteOffset, b.byteOffset), a.length + b.length);
}
