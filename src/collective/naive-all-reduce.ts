// What one writes first: everybody sends everything to rank 0, which adds it up in rank order and sends the sum back. Its result has the
// bits of `direct`, but rank 0 moves (N−1) times the data in and out while the others wait: the bottleneck of a parameter server.

import { reduceInRankOrder } from './direct-all-reduce.ts';
import type { Exchange } from './exchange.ts';
import type { ReduceOp } from './message.ts';

/** Reduces `source` over all ranks into `out`, both of the same length; they may be the same array. */
export async function naiveAllReduce(exchange: Exchange, source: Float32Array, out: Float32Array, op: ReduceOp): Promise<void> {
  if (exchange.rank === 0) {
    for (const [peer, parcel] of await reduceInRankOrder(exchange, source, out, op)) {
      parcel.payload.set(out);
      exchange.forward(peer, parcel);
    }
    return;
  }
  exchange.send(0, source);
  const parcel = await exchange.take(0, out.length);
  out.set(parcel.payload);
  exchange.release(parcel);
}
