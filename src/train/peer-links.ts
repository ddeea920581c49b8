// What a rank is given to reach the others of its lane.

import { createPortTransport } from '../collective/port-transport.ts';
import { RelayedPort } from '../collective/relayed-port.ts';
import type { Transport } from '../collective/transport.ts';
import { relayTo } from './frame-relay.ts';

/** The ends of a rank's links. */
export interface PeerLinks {
  /** `ports[r]` leads to rank r; the own place is null. */
  readonly ports: readonly (MessagePort | null)[];
  /** The group in which the sandbox frame passes large buffers on; null where ports transfer them. */
  readonly relayGroup: number | null;
}

/** A transport over them. Throws `internal` where a port is missing. */
export function transportOver(rank: number, { ports, relayGroup }: PeerLinks): Transport {
  if (relayGroup === null) return createPortTransport(rank, ports);
  return createPortTransport(
    rank,
    ports.map((port, peer) => (port === null ? null : new RelayedPort(port, relayTo(relayGroup, peer)))),
  );
}
