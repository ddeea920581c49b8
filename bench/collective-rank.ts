// One rank of the collective benchmark: a worker of its own with the project's process group, bundled into one text (collective.ts) and
// told by messages what to do. Times are those of whole batches, because a worker's clock may tick in milliseconds.

import { allReduceNames, type AllReduceName } from '../src/collective/all-reduce.ts';
import { addInto, finishSum } from '../src/collective/arithmetic.ts';
import { chunkOf } from '../src/collective/chunks.ts';
import { createPortTransport, type LinkPort } from '../src/collective/port-transport.ts';
import { ProcessGroup } from '../src/collective/process-group.ts';

/** What the page asks of every rank at once; each answers with its milliseconds for one of `count`. */
export type RankTask =
  /** All-reduces of so many values, one after the other. */
  | { readonly kind: 'allReduce'; readonly algorithm: AllReduceName; readonly length: number; readonly count: number }
  /** A ring's additions and copies, with nobody on the other side. */
  | { readonly kind: 'local'; readonly length: number; readonly count: number }
  /** Rank 0 and rank 1 throw so many values to each other and back; the others look on. */
  | { readonly kind: 'ping'; readonly length: number; readonly count: number };

/** Sent once, with the ports: to each peer one per algorithm, and one between ranks 0 and 1 for pings; null where the page relays. */
export interface RankStart {
  readonly rank: number;
  readonly worldSize: number;
  readonly ports: Readonly<Record<AllReduceName, readonly (MessagePort | null)[]>> | null;
  readonly pingPort: MessagePort | null;
}

/** What the page passes on from worker to worker; `to` is the sender's view, and the receiver finds `from` in its place. */
export interface Relayed {
  readonly relay: { readonly to: number; readonly from: number; readonly channel: string };
  readonly data: unknown;
}

/** A port to another rank through the page: `Worker.postMessage` transfers where a browser's MessagePorts copy. */
class RelayPort extends EventTarget implements LinkPort {
  private readonly relay: Relayed['relay'];

  constructor(from: number, to: number, channel: string) {
    super();
    this.relay = { from, to, channel };
    self.addEventListener('message', ({ data }: MessageEvent<Relayed | RankTask>) => {
      if ('relay' in data && data.relay.from === to && data.relay.channel === channel)
        this.dispatchEvent(new MessageEvent('message', { data: data.data }));
    });
  }

  postMessage(data: unknown, transfer: Transferable[]): void {
    self.postMessage({ relay: this.relay, data } satisfies Relayed, { transfer });
  }

  start(): void {}

  close(): void {}
}

function relayPorts(rank: number, worldSize: number, channel: string): readonly (LinkPort | null)[] {
  return Array.from({ length: worldSize }, (_, peer) => (peer === rank ? null : new RelayPort(rank, peer, channel)));
}

/**
 * What a ring makes one rank add and copy, with the project's own loops: its first chunk into a buffer; N − 1 chunks that come in and are added
 * to; the division and the copy of the one it then owns; N − 1 chunks that come in and are copied. Buffers are made once, as the pool's are.
 */
function localRing(values: Float32Array, worldSize: number, buffers: readonly Float32Array[]): void {
  const chunk = (index: number): Float32Array => chunkOf(values, index, worldSize);
  buffers[0]?.set(chunk(0));
  for (let hop = 1; hop < worldSize; hop++) {
    const [target, received] = [chunk(hop), buffers[hop - 1] ?? values];
    addInto(received, target);
    if (hop < worldSize - 1) continue;
    finishSum(received, 'mean', worldSize);
    target.set(received);
  }
  for (let hop = 0; hop < worldSize - 1; hop++) chunk(hop).set(buffers[hop] ?? values);
}

function serve({ rank, worldSize, ports, pingPort }: RankStart): (task: RankTask) => Promise<number> {
  const pingLink = pingPort ?? (ports === null && rank < 2 ? new RelayPort(rank, 1 - rank, 'ping') : null);
  const groups = new Map(
    allReduceNames.map((name) => [
      name,
      new ProcessGroup(createPortTransport(rank, ports?.[name] ?? relayPorts(rank, worldSize, name)), name),
    ]),
  );
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
    if (task.kind === 'ping') return ping(pingLink, rank, length, count);
    if (task.kind === 'allReduce') return timed(length, count, (all) => groups.get(task.algorithm)?.allReduce(all, 'mean'));
    const buffers = Array.from({ length: Math.max(1, worldSize - 1) }, () => new Float32Array(Math.ceil(length / worldSize)).fill(1));
    return timed(length, count, (all) => localRing(all, worldSize, buffers));
  };
}

/** Milliseconds of one way, half of there and back; NaN on a rank that does not ask. */
async function ping(port: LinkPort | null, rank: number, length: number, count: number): Promise<number> {
  if (port === null) return Number.NaN;
  if (rank === 1) {
    echo(port);
    return Number.NaN;
  }
  if (!answers.has(port)) {
    port.addEventListener('message', (event) => answers.get(port)?.(dataOf(event)));
    port.start();
  }
  let buffer = new Float32Array(length).buffer;
  const from = performance.now();
  for (let trip = 0; trip < count; trip++) {
    buffer = await new Promise<ArrayBuffer>((resolve) => {
      answers.set(port, resolve);
      port.postMessage(buffer, [buffer]);
    });
  }
  return (performance.now() - from) / count / 2;
}

/** Who waits for what comes back on a port; the rank that echoes has nobody. */
const answers = new Map<LinkPort, ((data: ArrayBuffer) => void) | null>();

/** Sends back what comes, from the first ping on. */
function echo(port: LinkPort): void {
  if (answers.has(port)) return;
  answers.set(port, null);
  port.addEventListener('message', (event) => {
    const data = dataOf(event);
    port.postMessage(data, [data]);
  });
  port.start();
}

const dataOf = (event: Event): ArrayBuffer => (event as MessageEvent<ArrayBuffer>).data; // nothing else travels on this link

let perform: ((task: RankTask) => Promise<number>) | null = null;

self.addEventListener('message', ({ data }: MessageEvent<RankStart | RankTask | Relayed>) => {
  if ('relay' in data) return; // for a RelayPort
  if ('ports' in data) {
    perform = serve(data);
    self.postMessage(0);
    return;
  }
  void perform?.(data).then((ms) => self.postMessage(ms));
});
