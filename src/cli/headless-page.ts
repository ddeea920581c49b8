// The built page in a headless browser: the command line runs programs through the very page people use, by the verbs of
// `window.lockstepPage` (state/page-api.ts). Adapters are tried best first: a GPU that turns out not to work is said so and the
// next one is taken, unless one was asked for by name.

import { chromium, type Browser, type Page } from 'playwright-core';

import type { BackendName } from '../core/device-report.ts';
import type { RunEvent } from '../runner/run-events.ts';
import type { PageApi } from '../state/page-api.ts';
import type { DeviceReport } from '../train/telemetry.ts';
import { findAdapters, type Adapter, type AdapterName } from './adapters.ts';
import { ensureBuiltPage } from './built-page.ts';
import { serveFolder, type StaticServer } from './static-server.ts';
import { UsageError } from './usage-error.ts';

const pageReadyMs = 60_000;

type RunArguments = Parameters<PageApi['run']>[0];
type RunAnswer = Awaited<ReturnType<PageApi['run']>>;

/** The page, open in a browser on one adapter. */
export interface HeadlessPage {
  readonly adapter: AdapterName;
  /** Runs a program; every event of it has been delivered when the promise resolves. */
  run(request: RunArguments, listener: (event: RunEvent) => void): Promise<RunAnswer>;
  stop(): Promise<void>;
  doctor(): Promise<DeviceReport>;
  close(): Promise<void>;
}

/**
 * Builds the page if need be and opens it, on an adapter by name or the best one, on a backend by name or the best one. Throws UsageError
 * where no such adapter or no browser is here.
 */
export async function openHeadlessPage(
  root: string,
  wanted: { readonly adapter: AdapterName | null; readonly backend: BackendName | null },
  say: (line: string) => void,
): Promise<HeadlessPage> {
  const found = findAdapters(root);
  const adapters = wanted.adapter === null ? found : found.filter(({ name }) => name === wanted.adapter);
  if (adapters.length === 0) throw new UsageError(missingAdapter(found, wanted.adapter));
  const server = await serveFolder(await ensureBuiltPage(root, say));
  try {
    return await openFirst(adapters, wanted.backend, server, say);
  } catch (thrown) {
    await server.close();
    throw thrown;
  }
}

async function openFirst(
  adapters: readonly Adapter[],
  backend: BackendName | null,
  server: StaticServer,
  say: (line: string) => void,
): Promise<HeadlessPage> {
  const last = adapters.at(-1);
  const needsWebGpu = backend === null || backend === 'webgpu';
  const url = backend === null ? server.url : `${server.url}?backend=${backend}`;
  for (const adapter of adapters) {
    const { executablePath, args, env } = adapter;
    const inherited = process.env as Readonly<Record<string, string>>; // spawn leaves undefined values out by itself
    // Ctrl+C is for the run: it is stopped first, and its results are kept.
    const browser = await chromium.launch({ executablePath, args: [...args], env: { ...inherited, ...env }, handleSIGINT: false });
    try {
      const page = await openPage(browser, url);
      if (adapter === last || !needsWebGpu || (await hasWebGpu(page))) return await headlessPage(adapter, browser, server, page);
    } catch (thrown) {
      await browser.close();
      throw thrown;
    }
    await browser.close();
    say(`${adapter.name}: no WebGPU adapter; trying the next one`);
  }
  throw new UsageError('adapter: expected at least one, got none. Install Chrome or Chromium, or set CHROME_PATH.');
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  const pageErrors: string[] = [];
  page.on('pageerror', (error) => pageErrors.push(error.message));
  await page.goto(url);
  try {
    await page.waitForFunction(() => window.lockstepPage !== undefined, undefined, { timeout: pageReadyMs });
  } catch (thrown) {
    const reason = pageErrors.length === 0 ? 'it said nothing' : pageErrors.join('; ');
    throw new Error(`page: expected it to be ready within ${pageReadyMs / 1000} s, got: ${reason}.`, { cause: thrown });
  }
  return page;
}

function hasWebGpu(page: Page): Promise<boolean> {
  // Not every browser has navigator.gpu, whatever the type says.
  return page.evaluate(async () => (await (navigator.gpu as GPU | undefined)?.requestAdapter()) != null);
}

async function headlessPage(adapter: Adapter, browser: Browser, server: StaticServer, page: Page): Promise<HeadlessPage> {
  let listener: ((event: RunEvent) => void) | null = null;
  await page.exposeFunction('lockstepDeliver', (event: RunEvent) => listener?.(event));
  return {
    adapter: adapter.name,
    async run(request, runListener) {
      listener = runListener;
      try {
        return await page.evaluate(runAndDeliver, request);
      } finally {
        listener = null;
      }
    },
    async stop() {
      await page.evaluate(() => window.lockstepPage?.stop());
    },
    doctor() {
      return page.evaluate(() => {
        if (window.lockstepPage === undefined) throw new Error('doctor: expected window.lockstepPage, got none. Reload the page.');
        return window.lockstepPage.doctor();
      });
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** In the page: a run whose answer waits until every event has arrived. */
async function runAndDeliver(request: RunArguments): Promise<RunAnswer> {
  const api = window.lockstepPage;
  if (api === undefined) throw new Error('run: expected window.lockstepPage, got none. Reload the page.');
  // Put there by `exposeFunction`; it resolves when the command line has handled the event.
  const { lockstepDeliver } = window as unknown as { readonly lockstepDeliver: (event: unknown) => Promise<void> };
  let delivered: Promise<unknown> = Promise.resolve();
  const unsubscribe = api.subscribe((event) => {
    delivered = Promise.all([delivered, lockstepDeliver(event)]);
  });
  try {
    const answer = await api.run(request);
    await delivered;
    return answer;
  } finally {
    unsubscribe();
  }
}

function missingAdapter(found: readonly Adapter[], wanted: AdapterName | null): string {
  if (found.length === 0) return 'adapter: expected an installed Chrome or Chromium, got none. Install one, or set CHROME_PATH.';
  const here = found.map(({ name }) => name).join(', ');
  const remedy = wanted === 'llvmpipe' ? '`npm test` provides llvmpipe on Linux.' : 'Leave --adapter out to take the best one.';
  return `--adapter: expected one of ${here} on this machine, got ${wanted}. ${remedy}`;
}
