// Ranks in workers of their own, one MessagePort per pair. Buffers are transferred: in Chromium 64 MB change hands in under a
// millisecond, where a copy costs 13. A port that has not been started queues what arrives, so nothing is lost before a rank is ready.
// Where the browser fires `close` on a port whose other end is gone, that ends the link as well; elsewhere the goodbye of a leaving
// rank does, and a terminated worker is the runner's to notice.

import { PlaygroundError } from '../core/errors.ts';
import { LinkTransport } from './links.ts';
import type { Transport } from './transport.ts';

/** The part of MessagePort used here. */
export interface LinkPort {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message' | 'messageerror' | 'close', listener: (event: Event) => void): void;
  start(): void;
  close(): void;
}

/** A transport over `ports[peer]`; the own place holds null. Throws `internal` where a port is missing. */
export function createPortTransport(rank: number, ports: readonly (LinkPort | null)[]): Transport {
  const portTo = (peer: number): LinkPort => {
    const port = ports[peer];
    if (port !== undefined && port !== null) return port;
    throw new PlaygroundError('internal', `createPortTransport: expected a port from rank ${rank} to rank ${peer}, got none.`);
  };
  const transport = new LinkTransport(
    rank,
    ports.length,
    (to, message) => portTo(to).postMessage(message, message instanceof Float32Array ? [message.buffer] : []),
    () => ports.forEach((port) => port?.close()),
  );
  for (let peer = 0; peer < ports.length; peer++) {
    if (peer === rank) continue;
    const port = portTo(peer);
    port.addEventListener('message', (event) => transport.arrived(peer, 'data' in event ? event.data : undefined));
    port.addEventListener('messageerror', () => transport.arrived(peer, undefined));
    port.addEventListener('close', () => transport.lost(peer));
    port.start();
  }
  return transport;
}
