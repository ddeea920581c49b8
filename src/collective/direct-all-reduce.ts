// The default all-reduce. Values are cut into one chunk per rank; every rank sends each chunk straight to its owner (reduce-scatter),
// the owner adds what it got and its own part IN RANK ORDER, and sends the sum to everybody (all-gather). It moves the bytes of
// a ring, 2·(N−1)/N of the data per rank, in two hops instead of 2·(N−1), and because the order of additions is fixed its result is
// bit-identical to one rank that accumulates N micro-batches in f32. A ring adds each chunk in another rotation; its last bits differ.

import { addInto, finishSum } from './arithmetic.ts';
import { chunkOf } from './chunks.ts';
import type { Exchange, Parcel } from './exchange.ts';
import type { ReduceOp } from './message.ts';

/** Reduces `source` over all ranks into `out`, both of the same length; they may be the same array. */
export async function directAllReduce(exchange: Exchange, source: Float32Array, out: Float32Array, op: ReduceOp): Promise<void> {
  const { rank, worldSize } = exchange;
  const chunk = (owner: number, of: Float32Array): Float32Array => chunkOf(of, owner, worldSize);

  const peers = peersInTurn(rank, worldSize);
  for (const peer of peers) exchange.send(peer, chunk(peer, source));
  const own = chunk(rank, out);
  const parcels = await reduceInRankOrder(exchange, chunk(rank, source), own, op);

  for (const [peer, parcel] of parcels) {
    parcel.payload.set(own); // the received buffers carry the sum back: nothing is allocated
    exchange.forward(peer, parcel);
  }
  for (const peer of peers) {
    const target = chunk(peer, out);
    const parcel = await exchange.take(peer, target.length);
    target.set(parcel.payload);
    exchange.release(parcel);
  }
}

/**
 * Takes one part from every peer and writes the reduction with `own` into `out`: f32 additions in rank order, then, for `'mean'`, one
 * correctly rounded division by the world size. Returns the peers' parcels, whose contents no longer matter.
 */
export async function reduceInRankOrder(
  exchange: Exchange,
  own: Float32Array,
  out: Float32Array,
  op: ReduceOp,
): Promise<readonly (readonly [number, Parcel])[]> {
  const { rank, worldSize } = exchange;
  const parcels: (readonly [number, Parcel])[] = [];
  for (let peer = 0; peer < worldSize; peer++) {
    if (peer !== rank) parcels.push([peer, await exchange.take(peer, own.length)]);
  }
  const parts: Float32Array[] = parcels.map(([, parcel]) => parcel.payload);
  parts.splice(rank, 0, own);
  const [first = own, ...rest] = parts;
  // `own` may be `out`, so sums are built where rank 0's part lies; that is `out` only where this is rank 0, whose part comes first.
  const sum = rank === 0 ? out : first;
  if (rank === 0 && own !== out) out.set(own);
  for (const part of rest) addInto(sum, part);
  if (sum !== out) out.set(sum);
  finishSum(out, op, worldSize);
  return parcels;
}

/** The other ranks, beginning after one's own, so that not all ranks write to rank 0 first. */
export function peersInTurn(rank: number, worldSize: number): readonly number[] {
  return Array.from({ length: worldSize - 1 }, (_, hop) => (rank + 1 + hop) % worldSize);
}
