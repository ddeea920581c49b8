// One rank of the collective benchmark: a worker of its own with the project's process group, bundled into one text (collective.ts) and
// told by messages what to do. Times are those of whole batches, because a worker's clock may tick in milliseconds.

import { allReduceNames, type AllReduceName } from '../src/collective/all-reduce.ts';
import { createPortTransport } from '../src/collective/port-transport.ts';
import { ProcessGroup } from '../src/collective/process-group.ts';

/** What the page asks of every rank at once; each answers with its milliseconds for one of `count`. */
export type RankTask =
  /** All-reduces of so many values, one after the other. */
  | { readonly kind: 'allReduce'; readonly algorithm: AllReduceName; readonly length: number; readonly count: number }
  /** A ring's additions and copies, with nobody on the other side. */
  | { readonly kind: 'local'; readonly length: number; readonly count: number }
  /** Rank 0 and rank 1 throw so many values to each other and back; the others look on. */
  | { readonly kind: 'ping'; readonly length: number; readonly count: number };

/** Sent once, with the ports: to each peer one per algorithm, and one between ranks 0 and 1 for pings. */
export interface RankStart {
  readonly rank: number;
  readonly worldSize: number;
  readonly ports: Readonly<Record<AllReduceName, readonly (MessagePort | null)[]>>;
  readonly pingPort: MessagePort | null;
}

/**
 * What a ring makes one rank add and copy, written down plainly: its first chunk into a buffer; N − 1 chunks that come in and are added to; the
 * division and the copy of the one it then owns; N − 1 chunks that come in and are copied. Buffers are made once, as the pool's are.
 */
function localRing(values: Float32Array, worldSize: number, buffers: readonly Float32Array[]): void {
  const chunk = (index: number): Float32Array => {
    return values.subarray(Math.floor((values.length * index) / worldSize), Math.floor((values.length * (index + 1)) / worldSize));
  };
  buffers[0]?.set(chunk(0));
  for (let hop = 1; hop < worldSize; hop++) {
    const [target, received] = [chunk(hop), buffers[hop - 1] ?? values];
    for (let index = 0; index < target.length; index++) received[index] = (received[index] ?? 0) + (target[index] ?? 0);
    if (hop < worldSize - 1) continue;
    for (let index = 0; index < target.length; index++) received[index] = (received[index] ?? 0) / worldSize;
    target.set(received);
  }
  for (let hop = 0; hop < worldSize - 1; hop++) chunk(hop).set(buffers[hop] ?? values);
}

function serve({ rank, worldSize, ports, pingPort }: RankStart): (task: RankTask) => Promise<number> {
  const groups = new Map(allReduceNames.map((name) => [name, new ProcessGroup(createPortTransport(rank, ports[name]), name)]));
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
    if (task.kind === 'ping') return ping(pingPort, rank, length, count);
    if (task.kind === 'allReduce') return timed(length, count, (all) => groups.get(task.algorithm)?.allReduce(all, 'mean'));
    const buffers = Array.from({ length: Math.max(1, worldSize - 1) }, () => new Float32Array(Math.ceil(length / worldSize)).fill(1));
    return timed(length, count, (all) => localRing(all, worldSize, buffers));
  };
}

/** Milliseconds of one way, half of there and back; NaN on a rank that does not ask. */
async function ping(port: MessagePort | null, rank: number, length: number, count: number): Promise<number> {
  if (port === null) return Number.NaN;
  if (rank === 1) {
    port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => port.postMessage(data, [data]);
    return Number.NaN;
  }
  let buffer = new Float32Array(length).buffer;
  const from = performance.now();
  for (let trip = 0; trip < count; trip++) {
    buffer = await new Promise((resolve) => {
      port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => resolve(data);
      port.postMessage(buffer, [buffer]);
    });
  }
  return (performance.now() - from) / count / 2;
}

let perform: ((task: RankTask) => Promise<number>) | null = null;

self.onmessage = async ({ data }: MessageEvent<RankStart | RankTask>): Promise<void> => {
  if ('ports' in data) {
    perform = serve(data);
    self.postMessage(0);
    return;
  }
  self.postMessage((await perform?.(data)) ?? Number.NaN);
};
