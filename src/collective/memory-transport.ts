// Ranks in one thread, for tests and for a lane of one rank. Messages are really transferred (a sent array is detached, as with a port)
// and arrive in a later microtask, so that whatever works here does not lean on a shared buffer or on arriving at once.

import { LinkTransport } from './links.ts';
import type { Transport } from './transport.ts';

/** One transport for each of `worldSize` ranks, linked with each other. */
export function createMemoryTransports(worldSize: number): readonly Transport[] {
  const transports: LinkTransport[] = [];
  for (let rank = 0; rank < worldSize; rank++) {
    transports.push(
      new LinkTransport(rank, worldSize, (to, message) => {
        const transfer = message instanceof Float32Array ? [message.buffer] : [];
        const data: unknown = structuredClone(message, { transfer });
        queueMicrotask(() => transports[to]?.arrived(rank, data));
      }),
    );
  }
  return transports;
}
