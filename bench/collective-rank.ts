// One rank of the collective benchmark: a worker of its own with the project's process group, bundled into one text (collective.ts) and
// told by messages what to do. Times are those of whole batches, because a worker's clock may tick in milliseconds.

import { allReduceNames, type AllReduceName } from '../src/collective/all-reduce.ts';
import { LinkTransport } from '../src/collective/links.ts';
import { ProcessGroup } from '../src/collective/process-group.ts';
import type { Transport } from '../src/collective/transport.ts';
import type { RelayedBuffer } from '../src/train/frame-relay.ts';
import { transportOver, type PeerLinks } from '../src/train/peer-links.ts';

/** What the page asks of every rank at once; each answers with its milliseconds for one of `count`. */
export type RankTask =
  /** All-reduces of so many values, one after the other. */
  | { readonly kind: 'allReduce'; readonly algorithm: AllReduceName; readonly length: number; readonly count: number }
  /** A ring's additions and copies, with nobody on the other side. */
  | { readonly kind: 'local'; readonly length: number; readonly count: number }
  /** Rank 0 and rank 1 throw so many values to each other and back; the others look on. */
  | { readonly kind: 'ping'; readonly length: number; readonly count: number };

/** Sent once, with the ports: the links to the peers, for each algorithm its own, and those between ranks 0 and 1 for pings. */
export interface RankStart {
  readonly rank: number;
  readonly worldSize: number;
  readonly links: Readonly<Record<AllReduceName, PeerLinks>>;
  readonly pingLinks: PeerLinks;
}

/**
 * A ring's additions and copies with nobody on the other side: what this rank sends to the next comes back as if from the one before, by
 * reference. The project's own ring runs over it, because the same loops written out once more are not the same to a JIT compiler: inlined
 * into one long function they stayed in V8's middle tier and took four times as long.
 */
function loopback(rank: number, worldSize: number): LinkTransport {
  const transport: LinkTransport = new LinkTransport(rank, worldSize, (_to, message) =>
    transport.arrived((rank + worldSize - 1) % worldSize, message),
  );
  return transport;
}

function serve({ rank, worldSize, links, pingLinks }: RankStart): (task: RankTask) => Promise<number> {
  const pinging = rank < 2 ? transportOver(rank, pingLinks) : null;
  const groups = new Map(allReduceNames.map((name) => [name, new ProcessGroup(transportOver(rank, links[name]), name)]));
  const alone = new ProcessGroup(loopback(rank, worldSize), 'ring');
  const meet = (): Promise<void> => groups.get('direct')?.barrier() ?? Promise.resolve();
  let values = new Float32Array(0);

  const timed = async (length: number, count: number, once: (values: Float32Array) => Promise<void> | void): Promise<number> => {
    if (values.length !== length) values = new Float32Array(length);
    values.fill(1 / worldSize); // a mean of equal values stays where it is: no infinities, no subnormals
    await meet();
    const from = performance.now();
    for (let index = 0; index < count; index++) await once(values);
    return (performance.now() - from) / count;
  };

  return (task) => {
    const { length, count } = task;
    if (task.kind === 'ping') return ping(pinging, length, count);
    if (task.kind === 'allReduce') return timed(length, count, (all) => groups.get(task.algorithm)?.allReduce(all, 'mean'));
    return timed(length, count, (all) => alone.allReduce(all, 'mean'));
  };
}

/** Milliseconds of one way, half of there and back; NaN on a rank that does not ask. */
async function ping(transport: Transport | null, length: number, count: number): Promise<number> {
  if (transport === null) return Number.NaN;
  const peer = 1 - transport.rank;
  let message = new Float32Array(length);
  const from = performance.now();
  for (let trip = 0; trip < count; trip++) {
    if (transport.rank === 0) transport.send(peer, message);
    message = await transport.recv(peer);
    if (transport.rank === 1) transport.send(peer, message);
  }
  return transport.rank === 0 ? (performance.now() - from) / count / 2 : Number.NaN;
}

let perform: ((task: RankTask) => Promise<number>) | null = null;

self.addEventListener('message', ({ data }: MessageEvent<RankStart | RankTask | RelayedBuffer>) => {
  if ('buffer' in data) return; // for a link
  if ('links' in data) {
    perform = serve(data);
    self.postMessage(0);
    return;
  }
  void perform?.(data).then((ms) => self.postMessage(ms));
});
