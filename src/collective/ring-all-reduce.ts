// The ring of Patarasuk and Yuan, 2009, which Baidu and Horovod brought to deep learning: each rank talks to its two neighbours only. In
// N − 1 hops every chunk travels once round the ring and is added to at every rank (reduce-scatter); in N − 1 more the sums travel round
// (all-gather). 2·(N−1)/N of the data per rank, whatever N is, but 2·(N−1) hops of latency one after the other. Each chunk is
// added up from another starting rank, so that the last bits differ from `direct`; all ranks still get the same bits.

import { addInto, finishSum } from './arithmetic.ts';
import { chunkOf } from './chunks.ts';
import type { Exchange } from './exchange.ts';
import type { ReduceOp } from './message.ts';

/** Reduces `source` over all ranks into `out`, both of the same length; they may be the same array. */
export async function ringAllReduce(exchange: Exchange, source: Float32Array, out: Float32Array, op: ReduceOp): Promise<void> {
  const { rank, worldSize } = exchange;
  if (out !== source) out.set(source);
  if (worldSize === 1) return;
  const next = (rank + 1) % worldSize;
  const previous = (rank + worldSize - 1) % worldSize;
  const chunk = (index: number): Float32Array => chunkOf(out, (index + worldSize) % worldSize, worldSize);

  exchange.send(next, chunk(rank));
  for (let hop = 1; hop < worldSize; hop++) {
    const target = chunk(rank - hop);
    const parcel = await exchange.take(previous, target.length);
    addInto(parcel.payload, target);
    if (hop === worldSize - 1) {
      finishSum(parcel.payload, op, worldSize);
      target.set(parcel.payload); // all ranks have been added in: this rank owns the sum
    }
    exchange.forward(next, parcel); // the received buffer travels on: nothing is allocated after the first hop
  }
  for (let hop = 0; hop < worldSize - 1; hop++) {
    const target = chunk(rank - hop);
    const parcel = await exchange.take(previous, target.length);
    target.set(parcel.payload);
    if (hop < worldSize - 2) exchange.forward(next, parcel);
    else exchange.release(parcel);
  }
}
