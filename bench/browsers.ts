// Firefox beside Chromium on the same driver (llvmpipe): the same lane of the default experiment, in turns, so that both meet the same
// noise. Milliseconds a step, whether every loss and the weights hash are bit-equal, and what a message between two workers costs:
// over a MessagePort, and relayed by the page through `Worker.postMessage`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findAdapters, findFirefox } from '../src/cli/adapters.ts';
import { openChromium } from '../src/cli/browsers/chromium-driver.ts';
import { openFirefox } from '../src/cli/browsers/firefox-driver.ts';
import { waitFor, type PageDriver } from '../src/cli/browsers/page-driver.ts';
import { ensureBuiltPage } from '../src/cli/built-page.ts';
import { serveFolder } from '../src/cli/static-server.ts';
import { measurement, reportOf, type BenchOptions, type BenchReport, type Measurement } from './measurement.ts';

const root = join(import.meta.dirname, '..');
const stepCount = 50;
const messageBytes = [4, 1_000_000, 4_000_000];

interface LaneOutcome {
  readonly stepMs: number;
  readonly hash: string | null;
  readonly losses: readonly (number | null)[];
}

/** Runs it; `options.only` names a lane other than 1xfp32. */
export async function bench({ repeats, only, say }: BenchOptions): Promise<BenchReport> {
  const adapter = findAdapters(root).find(({ name }) => name === 'llvmpipe');
  const install = findFirefox(root, 'llvmpipe');
  if (adapter === undefined || install === null)
    throw new Error('browsers: expected Chromium and Firefox on llvmpipe, got one of them or none. `npm test` provides both.');
  const lane = only ?? '1xfp32';
  const source = readFileSync(join(root, 'src/experiments/mnist.ts'), 'utf8');
  const server = await serveFolder(await ensureBuiltPage(root, say));
  const pages: PageDriver[] = [];
  try {
    for (const open of [() => openChromium(adapter), () => openFirefox(install)]) {
      const page = await open();
      pages.push(page);
      await page.goto(server.url);
      await waitFor(page, 'window.lockstepPage', () => window.lockstepPage !== undefined, null);
      await runLane(page, source, lane); // programs compiled, data inflated
    }
    const outcomes = new Map<PageDriver, LaneOutcome[]>(pages.map((page) => [page, []]));
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const page of pages) {
        const outcome = await runLane(page, source, lane);
        outcomes.get(page)?.push(outcome);
        say(`${page.browser}: ${outcome.stepMs.toFixed(1)} ms a step, weights ${outcome.hash}`);
      }
    }
    const steps = [...outcomes].map(([page, runs]) =>
      measurement(
        `${lane}, ${page.browser}`,
        'ms',
        runs.map(({ stepMs }) => stepMs),
        { yardstick: `${lane}, chromium` },
      ),
    );
    const messages: Measurement[] = [];
    for (const page of pages) messages.push(...(await messageCosts(page, repeats)));
    const all = [...outcomes.values()].flat();
    const isEqual = all.every(({ hash, losses }) => hash === all[0]?.hash && losses.join() === all[0]?.losses.join());
    const verdict = `losses of ${stepCount} steps and the weights hash (${all[0]?.hash}) are ${isEqual ? '' : 'NOT '}bit-equal in both browsers and all repeats`;
    return reportOf(
      { benchmark: 'browsers', adapter: 'llvmpipe', browser: 'Chromium and Firefox', repeats },
      [...steps, ...messages],
      [verdict],
    );
  } finally {
    for (const page of pages) await page.close();
    await server.close();
  }
}

function runLane(page: PageDriver, source: string, lane: string): Promise<LaneOutcome> {
  return page.evaluate(
    async ({ text, lanes, steps }) => {
      const answer = await window.lockstepPage?.run({ source: text, fileName: 'mnist.ts', lanes, steps });
      const result = answer?.results?.lanes[0];
      if (result?.state !== 'done' || result.medianStepMs === null)
        throw new Error(`bench: expected the lane to be done, got ${result?.error?.message ?? result?.state ?? 'no results'}.`);
      return { stepMs: result.medianStepMs, hash: result.weightsHash, losses: result.series.map(({ loss }) => loss) };
    },
    { text: source, lanes: lane, steps: stepCount },
  );
}

/** Round trips of a transferred buffer between two `data:` workers, over a port and over the frame. */
async function messageCosts(page: PageDriver, repeats: number): Promise<Measurement[]> {
  const frame = new URL('runner.html', await page.evaluate(() => location.href, null)).href; // its policy allows data: workers
  const { browser } = page;
  const empty = await page.newPage();
  await empty.goto(frame);
  const found: Measurement[] = [];
  for (const way of ['port', 'relay'] as const) {
    for (const bytes of messageBytes) {
      const values = await empty.evaluate(roundTrips, { way, bytes, repeats });
      found.push(measurement(`${bytes} B there and back by ${way}, ${browser}`, 'ms', values));
    }
  }
  return found;
}

/** In a page: milliseconds of each round trip; twenty of them make one value, because a worker's clock may tick in milliseconds. */
async function roundTrips(options: {
  readonly way: 'port' | 'relay';
  readonly bytes: number;
  readonly repeats: number;
}): Promise<number[]> {
  const { way, bytes, repeats } = options;
  const echo = `onmessage = ({ data, ports: [port] }) => {
    if (port === undefined) return postMessage(data, [data]);
    onmessage = null;
    port.onmessage = (event) => port.postMessage(event.data, [event.data]);
    postMessage(0);
  };`;
  const pinger = `onmessage = async ({ data: { bytes, repeats }, ports: [port] }) => {
    const other = port ?? self;
    let buffer = new ArrayBuffer(bytes);
    const values = [];
    for (let repeat = -1; repeat < repeats; repeat++) {
      const from = performance.now();
      for (let trip = 0; trip < 20; trip++) {
        buffer = await new Promise((resolve) => {
          other.onmessage = ({ data }) => resolve(data);
          other.postMessage(buffer, [buffer]);
        });
      }
      if (repeat >= 0) values.push((performance.now() - from) / 20);
    }
    self.postMessage(values);
  };`;
  const [a, b] = [pinger, echo].map((text) => new Worker(`data:text/javascript,${encodeURIComponent(text)}`)) as [Worker, Worker]; // two texts
  const values = await new Promise<number[]>((resolve) => {
    a.onmessage = ({ data }: MessageEvent<ArrayBuffer | number[]>) => {
      if (Array.isArray(data)) resolve(data);
      else b.postMessage(data, [data]);
    };
    if (way === 'port') {
      const { port1, port2 } = new MessageChannel();
      b.onmessage = () => a.postMessage({ bytes, repeats }, [port1]);
      b.postMessage(0, [port2]);
    } else {
      b.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => a.postMessage(data, [data]);
      a.postMessage({ bytes, repeats });
    }
  });
  a.terminate();
  b.terminate();
  return values;
}
