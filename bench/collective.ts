// All-reduce between workers, every way there is, 1 KB to 64 MB, 2 and 4 ranks: beside the time in which the same workers, at once, do only
// a ring's additions and copies on local memory, and, for short messages, beside a bare ping over the same kind of port. All of it
// in the same workers in turns, so that numerator and yardstick share machine, browser and noise. Workers are `data:` workers of a page
// under the sandbox's policy, wired as replicas are: by MessagePorts and, in Firefox, which copies what goes over those, with the page
// passing large buffers on. `--browser firefox` measures there, `--only 4` one world size, `--only 4-ports` without the page's help.

import { join } from 'node:path';
import { findAdapters, findFirefox } from '../src/cli/adapters.ts';
import { openChromium } from '../src/cli/browsers/chromium-driver.ts';
import { openFirefox } from '../src/cli/browsers/firefox-driver.ts';
import type { PageDriver } from '../src/cli/browsers/page-driver.ts';
import { ensureBuiltPage } from '../src/cli/built-page.ts';
import { serveFolder } from '../src/cli/static-server.ts';
import { allReduceNames, type AllReduceName } from '../src/collective/all-reduce.ts';
import { fitAlphaBeta, modelErrorOf } from '../src/cluster/fit-alpha-beta.ts';
import type { PingMeasurement } from '../src/cluster/fit-alpha-beta.ts';
import { median } from '../src/core/stats.ts';
import { bundle } from '../scripts/vite/sandbox.ts';
import type { RelayedBuffer } from '../src/train/frame-relay.ts';
import type { RankTask } from './collective-rank.ts';
import { measurement, reportOf, type BenchOptions, type BenchReport, type Measurement } from './measurement.ts';

const root = join(import.meta.dirname, '..');
const worldSizes = [2, 4];
const sizes = [1024, 16 * 1024, 256 * 1024, 1024 ** 2, 4 * 1024 ** 2, 16 * 1024 ** 2, 64 * 1024 ** 2];
/** From here on bandwidth decides: at most twice the local additions and copies. */
const promisedFromBytes = 4 * 1024 ** 2;
const mostTimesLocal = 2;
/** What decides below is the number of hops. */
const shortBytes = 1024;
/** A batch moves about so many bytes, so that short ones are repeated until a coarse clock can tell them. */
const batchBytes = 16 * 1024 ** 2;
const mostPerBatch = 100;

/** One all-reduce: what a model of its time is fitted to and checked against. */
export interface AllReducePoint {
  readonly algorithm: AllReduceName;
  readonly worldSize: number;
  readonly bytes: number;
  /** Medians over the repeats: of the all-reduce, and of a ring's additions and copies alone. */
  readonly ms: number;
  readonly localMs: number;
}

/** Runs it; `only` is a world size, `-ports` behind it or not. */
export async function bench({ repeats, adapter, browser, only, say }: BenchOptions): Promise<BenchReport> {
  const page = await openBrowser(browser, adapter);
  const server = await serveFolder(await ensureBuiltPage(root, say));
  try {
    await page.goto(new URL('runner.html', server.url).href); // its policy allows data: workers
    const text = await bundle('bench/collective-rank.ts', true);
    const measurements: Measurement[] = [];
    const points: AllReducePoint[] = [];
    const notes: string[] = [];
    const isRelayed = browser === 'firefox' && !(only?.endsWith('-ports') ?? false);
    const measured = worldSizes.filter((size) => only === null || Number.parseInt(only, 10) === size);
    if (measured.length === 0) throw new Error(`--only: expected ${worldSizes.join(' or ')}, with -ports behind it or not, got ${only}.`);
    for (const worldSize of measured) {
      await page.evaluate(startRanks, { text, worldSize, names: allReduceNames, isRelayed });
      const found = await measureWorld(page, worldSize, repeats, say);
      measurements.push(...found.measurements);
      points.push(...found.points);
      notes.push(...modelNotes(found.points, found.pings));
    }
    const place = {
      benchmark: 'collective',
      adapter: isRelayed ? 'over MessagePorts, large buffers by the page' : 'over MessagePorts',
      browser: page.browser,
      repeats,
    };
    const { text: table, data } = reportOf(place, measurements, [...hopNotes(points, measurements), '', ...notes]);
    return { text: table, data: { ...(data as object), points } };
  } finally {
    await page.close();
    await server.close();
  }
}

async function openBrowser(browser: string, adapterName: string): Promise<PageDriver> {
  if (browser === 'firefox') {
    const install = findFirefox(root, null);
    if (install !== null) return openFirefox(install);
  } else if (browser === 'chromium') {
    const adapter = findAdapters(root).find(({ name }) => name === adapterName);
    if (adapter !== undefined) return openChromium(adapter);
  }
  throw new Error(`--browser: expected chromium or firefox, and provisioned, got ${browser}. \`npm test\` provides both.`);
}

/** Every size of one world, yardsticks and all-reduces in turns. */
async function measureWorld(page: PageDriver, worldSize: number, repeats: number, say: (line: string) => void) {
  const measurements: Measurement[] = [];
  const points: AllReducePoint[] = [];
  const onTheWay: PingMeasurement[] = [];
  for (const bytes of sizes) {
    const { pings, local, byName } = await measureSize(page, bytes, repeats);
    onTheWay.push({ bytes, seconds: median(pings) / 1000 });
    if (bytes === shortBytes) measurements.push(measurement(pingName(worldSize), 'ms', pings));
    const localName = `${worldSize} ranks, ${sizeText(bytes)}: local (yardstick)`;
    measurements.push(measurement(localName, 'ms', local));
    for (const [algorithm, values] of byName) {
      const isPromised = bytes >= promisedFromBytes && (algorithm === 'direct' || algorithm === 'ring');
      const limit = isPromised ? { limit: mostTimesLocal * median(local) } : {};
      measurements.push(
        measurement(`${worldSize} ranks, ${sizeText(bytes)}: ${algorithm} all-reduce`, 'ms', values, { yardstick: localName, ...limit }),
      );
      points.push({ algorithm, worldSize, bytes, ms: median(values), localMs: median(local) });
    }
    say(`${worldSize} ranks, ${sizeText(bytes)}: done`);
  }
  return { measurements, points, pings: onTheWay };
}

async function measureSize(page: PageDriver, bytes: number, repeats: number) {
  const length = bytes / Float32Array.BYTES_PER_ELEMENT;
  const count = Math.max(1, Math.min(mostPerBatch, Math.round(batchBytes / bytes)));
  const pings: number[] = [];
  const local: number[] = [];
  const byName = new Map<AllReduceName, number[]>(allReduceNames.map((name) => [name, []]));
  for (let repeat = -1; repeat < repeats; repeat++) {
    const localMs = await perform(page, { kind: 'local', length, count });
    const pingMs = await perform(page, { kind: 'ping', length, count });
    if (repeat >= 0) local.push(localMs);
    if (repeat >= 0) pings.push(pingMs);
    for (const [algorithm, values] of byName) {
      const value = await perform(page, { kind: 'allReduce', algorithm, length, count });
      if (repeat >= 0) values.push(value); // the first of each fills the pools
    }
  }
  return { pings, local, byName };
}

/** Milliseconds of the slowest rank. */
async function perform(page: PageDriver, task: RankTask): Promise<number> {
  const byRank = await page.evaluate(performOnRanks, task);
  return Math.max(...byRank.filter((value) => value !== null));
}

/** The latency of short messages: an all-reduce's time over its hops, beside a bare ping. */
function hopNotes(points: readonly AllReducePoint[], measurements: readonly Measurement[]): readonly string[] {
  const hops = { direct: () => 2, ring: (n: number) => 2 * (n - 1), tree: (n: number) => 2 * Math.log2(n), naive: () => 2 } as const;
  const short = points.filter(({ bytes }) => bytes === shortBytes);
  return short.map(({ algorithm, worldSize, ms }) => {
    const hopMs = ms / hops[algorithm](worldSize);
    const pingMs = median(measurements.find(({ name }) => name === pingName(worldSize))?.values ?? [Number.NaN]);
    return `${worldSize} ranks, ${sizeText(shortBytes)}, ${algorithm}: ${hopMs.toFixed(3)} ms a hop, × ${(hopMs / pingMs).toFixed(2)} of a bare ping (${pingMs.toFixed(3)} ms one way)`;
  });
}

/**
 * What the cluster model says of each all-reduce on a network whose α and β are fitted to bare messages of the same run, and how far that is
 * from what was measured: as it stands, which counts additions and copies as free, and with the measured time of those alone added to it.
 */
function modelNotes(points: readonly AllReducePoint[], pings: readonly PingMeasurement[]): readonly string[] {
  const network = fitAlphaBeta(pings);
  const beta = Number.isFinite(network.bytesPerSecond) ? `${(network.bytesPerSecond / 1e9).toFixed(2)} GB/s` : 'without bound';
  const lines = points.map((point) => {
    const modelledMs = modelErrorOf({ ...point, seconds: point.ms / 1000 }, network).modelledSeconds * 1000;
    const withWorkMs = modelledMs + point.localMs;
    const beside = (ms: number): string => `${ms.toFixed(3)} ms (${ms > point.ms ? '+' : ''}${((ms / point.ms - 1) * 100).toFixed(0)} %)`;
    return `${point.worldSize} ranks, ${sizeText(point.bytes)}, ${point.algorithm}: measured ${point.ms.toFixed(3)} ms, modelled ${beside(modelledMs)}, with additions and copies ${beside(withWorkMs)}`;
  });
  return [`modelled with α = ${(network.alphaSeconds * 1e6).toFixed(0)} µs and β = ${beta}, fitted to bare messages:`, ...lines];
}

function pingName(worldSize: number): string {
  return `${worldSize} ranks, ${sizeText(shortBytes)}: a bare message, one way (yardstick)`;
}

function sizeText(bytes: number): string {
  return bytes >= 1024 ** 2 ? `${bytes / 1024 ** 2} MB` : `${bytes / 1024} KB`;
}

interface BenchWindow {
  benchRanks?: readonly Worker[];
}

/** In the page: ends the ranks there are and starts others, with a port between every two of them for each algorithm, or relaying. */
async function startRanks(options: {
  readonly text: string;
  readonly worldSize: number;
  readonly names: readonly string[];
  readonly isRelayed: boolean;
}): Promise<void> {
  const { text, worldSize, names, isRelayed } = options;
  const page = window as unknown as BenchWindow;
  for (const rank of page.benchRanks ?? []) rank.terminate();
  const address = `data:text/javascript,${encodeURIComponent(text)}`;
  const ranks = Array.from({ length: worldSize }, () => new Worker(address));
  page.benchRanks = ranks;
  for (const worker of ranks) {
    // What the sandbox frame does (runner/frame/relay.ts).
    worker.addEventListener('message', ({ data }: MessageEvent<RelayedBuffer | number>) => {
      if (typeof data !== 'number') ranks[data.rank]?.postMessage({ ...data, rank: ranks.indexOf(worker) }, [data.buffer]);
    });
  }
  const rows = names.map(() => ranks.map(() => ranks.map((): MessagePort | null => null)));
  for (const row of rows) {
    for (let a = 0; a < worldSize; a++) {
      for (let b = a + 1; b < worldSize; b++) {
        const { port1, port2 } = new MessageChannel();
        const [ofA, ofB] = [row[a], row[b]];
        if (ofA !== undefined) ofA[b] = port1;
        if (ofB !== undefined) ofB[a] = port2;
      }
    }
  }
  const { port1, port2 } = new MessageChannel();
  await Promise.all(
    ranks.map((worker, rank) => {
      const linksOf = (ports: readonly (MessagePort | null)[], group: number) => ({ ports, relayGroup: isRelayed ? group : null });
      const links = Object.fromEntries(names.map((name, index) => [name, linksOf(rows[index]?.[rank] ?? [], index)]));
      const pingLinks = linksOf(rank === 0 ? [null, port1] : rank === 1 ? [port2, null] : [], names.length);
      const ports = [...Object.values(links), pingLinks].flatMap((each) => each.ports);
      return new Promise<void>((resolve, reject) => {
        worker.onerror = (event) => reject(new Error(event.message));
        worker.onmessage = () => resolve();
        worker.postMessage(
          { rank, worldSize, links, pingLinks },
          ports.filter((port) => port !== null),
        );
      });
    }),
  );
}

/** In the page: one task on all ranks at once; milliseconds by rank, null where a rank only looked on. */
function performOnRanks(task: RankTask): Promise<readonly (number | null)[]> {
  const ranks = (window as unknown as BenchWindow).benchRanks ?? [];
  return Promise.all(
    ranks.map((worker) => {
      return new Promise<number | null>((resolve, reject) => {
        worker.onerror = (event) => reject(new Error(event.message));
        worker.onmessage = ({ data }: MessageEvent<number | RelayedBuffer>) => {
          if (typeof data === 'number') resolve(Number.isNaN(data) ? null : data);
        };
        worker.postMessage(task);
      });
    }),
  );
}
