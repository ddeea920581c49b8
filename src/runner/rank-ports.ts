// The links between ranks.

/** A channel between every two ranks; `[rank][peer]` is rank's end of it, null for itself. */
export function connectAll(worldSize: number): (MessagePort | null)[][] {
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

/** What has to be transferred with a rank's ports. */
export function portsOf(peers: readonly (MessagePort | null)[]): MessagePort[] {
  return peers.filter((port) => port !== null);
}
