// The links between the ranks of a lane: a channel between every two of them and, where MessagePorts copy, the way through the frame besides.

import { PlaygroundError } from '../core/errors.ts';
import { transfer } from '../rpc/connect.ts';
import type { PeerLinks } from '../train/peer-links.ts';
import type { ReplicaHandle } from './replica-handle.ts';

/** What each rank gets, ports marked for transfer. */
export async function linkRanks(replicas: readonly ReplicaHandle[]): Promise<readonly PeerLinks[]> {
  const [first, second] = replicas;
  const relayGroup = first === undefined || second === undefined ? null : await first.relayWith(replicas);
  return connectAll(replicas.length).map((ports) => {
    return transfer(
      { ports, relayGroup },
      ports.filter((port) => port !== null),
    );
  });
}

/** One rank's. Throws `internal` where there is no such rank. */
export function linksOf(links: readonly PeerLinks[], rank: number): PeerLinks {
  const own = links[rank];
  if (own === undefined) throw new PlaygroundError('internal', `linksOf: expected a rank below ${links.length}, got ${rank}.`);
  return own;
}

/** A channel between every two ranks; `[rank][peer]` is rank's end of it, null for itself. */
function connectAll(worldSize: number): (MessagePort | null)[][] {
  const ports = Array.from({ length: worldSize }, () => Array.from({ length: worldSize }, (): MessagePort | null => null));
  for (const [rank, row] of ports.entries()) {
    for (let peer = rank + 1; peer < worldSize; peer++) {
      const { port1, port2 } = new MessageChannel();
      row[peer] = port1;
      const other = ports[peer];
      if (other !== undefined) other[rank] = port2;
    }
  }
  return ports;
}
