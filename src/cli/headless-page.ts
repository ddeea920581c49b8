// The built page in a headless browser: the command line runs programs through the very page people use, by the verbs of
// `window.lockstepPage` (state/page-api.ts). In Chromium adapters are tried best first: a GPU that turns out not to work is said so and
// the next one is taken, unless one was asked for by name. A run's events are fetched by one call after the other, because classic
// WebDriver (WebKit) has no way to be called back; the page holds each call until there is something to tell.

import type { BackendName } from '../core/device-report.ts';
import type { RunEvent } from '../runner/run-events.ts';
import type { PageApi } from '../state/page-api.ts';
import type { DeviceReport } from '../train/telemetry.ts';
import { findAdapters, findFirefox, findWebkit, type Adapter, type AdapterName } from './adapters.ts';
import { openChromium } from './browsers/chromium-driver.ts';
import { openFirefox } from './browsers/firefox-driver.ts';
import { waitFor, type BrowserName, type PageDriver } from './browsers/page-driver.ts';
import { openWebkit } from './browsers/webkit-driver.ts';
import { ensureBuiltPage } from './built-page.ts';
import { serveFolder, type StaticServer } from './static-server.ts';
import { UsageError } from './usage-error.ts';

type ChromeTrace = ReturnType<PageApi['trace']>;
type RunArguments = Parameters<PageApi['run']>[0];
type RunAnswer = Awaited<ReturnType<PageApi['run']>>;

/** The page, open in a browser. */
export interface HeadlessPage {
  /** What the browser runs on: an adapter of Chromium, or the name of the other browser. */
  readonly adapter: string;
  /** Runs a program; every event of it has been delivered when the promise resolves. */
  run(request: RunArguments, listener: (event: RunEvent) => void): Promise<RunAnswer>;
  stop(): Promise<void>;
  /** The timeline of the last run. */
  trace(): Promise<ChromeTrace>;
  doctor(): Promise<DeviceReport>;
  close(): Promise<void>;
}

/** Which browser, on which adapter and which backend; null takes the best one here. */
export interface WantedBrowser {
  readonly browser: BrowserName;
  readonly adapter: AdapterName | null;
  readonly backend: BackendName | null;
  /** Whether GPU kernels are tuned before the first run; else their defaults run. */
  readonly isTuned?: boolean;
}

/** Builds the page if need be and opens it. Throws UsageError where no such adapter or no such browser is here. */
export async function openHeadlessPage(root: string, wanted: WantedBrowser, say: (line: string) => void): Promise<HeadlessPage> {
  const open = openerOf(root, wanted, say);
  const server = await serveFolder(await ensureBuiltPage(root, say));
  try {
    return await open(server);
  } catch (thrown) {
    await server.close();
    throw thrown;
  }
}

/** Chosen before anything is built or started, so that bad usage is refused at once. */
function openerOf(root: string, wanted: WantedBrowser, say: (line: string) => void): (server: StaticServer) => Promise<HeadlessPage> {
  const { backend } = wanted;
  const query = new URLSearchParams({ ...(backend === null ? {} : { backend }), autotune: wanted.isTuned === true ? 'first' : 'never' });
  const urlOf = (server: StaticServer): string => `${server.url}?${query}`;
  if (wanted.browser === 'chromium') {
    const found = findAdapters(root);
    const adapters = wanted.adapter === null ? found : found.filter(({ name }) => name === wanted.adapter);
    if (adapters.length === 0) throw new UsageError(missingAdapter(found, wanted.adapter));
    return (server) => openFirst(adapters, backend, server, urlOf(server), say);
  }
  if (wanted.browser === 'firefox') {
    const install = findFirefox(root, wanted.adapter);
    if (install === null) throw new UsageError('--browser: expected a provisioned firefox, got none. `npm test` provides it on Debian.');
    return async (server) => headlessPage('firefox', server, await openReady(await openFirefox(install), urlOf(server)));
  }
  const install = findWebkit(root);
  if (install === null) throw new UsageError('--browser: expected a provisioned webkit, got none. `npm test` provides it on Debian.');
  return async (server) => headlessPage('webkit', server, await openReady(await openWebkit(install), urlOf(server)));
}

async function openFirst(
  adapters: readonly Adapter[],
  backend: BackendName | null,
  server: StaticServer,
  url: string,
  say: (line: string) => void,
): Promise<HeadlessPage> {
  const last = adapters.at(-1);
  const needsWebGpu = backend === null || backend === 'webgpu';
  for (const adapter of adapters) {
    const page = await openReady(await openChromium(adapter), url);
    if (adapter === last || !needsWebGpu || (await hasWebGpu(page))) return headlessPage(adapter.name, server, page);
    await page.close();
    say(`${adapter.name}: no WebGPU adapter; trying the next one`);
  }
  throw new UsageError('adapter: expected at least one, got none. Install Chrome or Chromium, or set CHROME_PATH.');
}

/** The page once `window.lockstepPage` is there; ends the browser where it does not come. */
async function openReady(page: PageDriver, url: string): Promise<PageDriver> {
  try {
    await page.goto(url);
    await waitFor(page, 'window.lockstepPage', () => window.lockstepPage !== undefined, null);
    return page;
  } catch (thrown) {
    await page.close();
    throw thrown;
  }
}

function hasWebGpu(page: PageDriver): Promise<boolean> {
  // Not every browser has navigator.gpu, whatever the type says.
  return page.evaluate(async () => (await (navigator.gpu as GPU | undefined)?.requestAdapter()) != null, null);
}

function headlessPage(adapter: string, server: StaticServer, page: PageDriver): HeadlessPage {
  return {
    adapter,
    async run(request, listener) {
      await page.evaluate(startRun, request);
      for (;;) {
        const { events, answer } = await page.evaluate(nextOfRun, null);
        for (const event of events) listener(event);
        if (answer === null) continue;
        if ('error' in answer) throw new Error(answer.error);
        return answer;
      }
    },
    stop: () => page.evaluate(() => window.lockstepPage?.stop(), null),
    trace: () =>
      page.evaluate(() => {
        if (window.lockstepPage === undefined) throw new Error('trace: expected window.lockstepPage, got none. Reload the page.');
        return window.lockstepPage.trace();
      }, null),
    doctor: () =>
      page.evaluate(() => {
        if (window.lockstepPage === undefined) throw new Error('doctor: expected window.lockstepPage, got none. Reload the page.');
        return window.lockstepPage.doctor();
      }, null),
    async close() {
      await page.close();
      await server.close();
    },
  };
}

/** What has happened in the page and was not fetched yet. */
interface RunSoFar {
  events: RunEvent[];
  answer: RunAnswer | { readonly error: string } | null;
  wake: (() => void) | null;
}

/** In the page: starts a run and keeps its events until they are fetched. */
function startRun(request: RunArguments): void {
  const api = window.lockstepPage;
  if (api === undefined) throw new Error('run: expected window.lockstepPage, got none. Reload the page.');
  const soFar: RunSoFar = { events: [], answer: null, wake: null };
  Object.assign(window, { lockstepRun: soFar });
  const unsubscribe = api.subscribe((event) => {
    if (event.type === 'spans') return; // much, and nothing a terminal shows: `trace` has them
    soFar.events.push(event);
    soFar.wake?.();
  });
  const end = (answer: RunSoFar['answer']): void => {
    unsubscribe();
    soFar.answer = answer;
    soFar.wake?.();
  };
  void api.run(request).then(end, (error: unknown) => end({ error: String(error) }));
}

/** In the page: the events since the last call, and the answer once all of them are told; waits up to half a second for something. */
async function nextOfRun(): Promise<Pick<RunSoFar, 'events' | 'answer'>> {
  const soFar = (window as unknown as { lockstepRun: RunSoFar }).lockstepRun; // put there by startRun
  if (soFar.events.length === 0 && soFar.answer === null) {
    await new Promise<void>((resolve) => {
      soFar.wake = resolve;
      setTimeout(resolve, 500);
    });
    soFar.wake = null;
  }
  return { events: soFar.events.splice(0), answer: soFar.answer };
}

function missingAdapter(found: readonly Adapter[], wanted: AdapterName | null): string {
  if (found.length === 0) return 'adapter: expected an installed Chrome or Chromium, got none. Install one, or set CHROME_PATH.';
  const here = found.map(({ name }) => name).join(', ');
  const remedy = wanted === 'llvmpipe' ? '`npm test` provides llvmpipe on Linux.' : 'Leave --adapter out to take the best one.';
  return `--adapter: expected one of ${here} on this machine, got ${wanted}. ${remedy}`;
}
