// The built page in a browser, for benchmarks: one browser for all that is compared, so that a number and its yardstick share machine,
// driver and process.

import { join } from 'node:path';
import { chromium, type Browser, type Page, type Worker as PageWorker } from 'playwright-core';
import { findAdapters } from '../src/cli/adapters.ts';
import { launchOptions } from '../src/cli/browsers/chromium-driver.ts';
import { ensureBuiltPage } from '../src/cli/built-page.ts';
import { serveFolder } from '../src/cli/static-server.ts';

const root = join(import.meta.dirname, '..');
/** Replicas the page keeps warm (runner/replica-pool.ts). */
const warmCount = 4;
const warmTimeoutMs = 60_000;

/** A browser and the served page. */
export interface BenchBrowser {
  readonly browser: Browser;
  /** Folder of the built page. */
  readonly dist: string;
  /** Opens the page; `panels: 'off'` leaves the results pane out. */
  openPage(options?: { readonly panels: 'on' | 'off' }): Promise<Page>;
  /** An empty page of the same origin, without a policy: for yardsticks. */
  openBlank(): Promise<Page>;
  close(): Promise<void>;
}

/** Starts the browser on an adapter. Throws an Error that names those that are here. */
export async function launchOn(adapterName: string): Promise<Browser> {
  const here = findAdapters(root);
  const adapter = here.find(({ name }) => name === adapterName);
  if (adapter !== undefined) return chromium.launch(launchOptions(adapter));
  const names = here.map(({ name }) => name).join(', ') || 'none';
  throw new Error(`--adapter: expected one of those here (${names}), got ${adapterName}.`);
}

/** Builds the page where it is out of date, serves it and starts the browser on an adapter. */
export async function openBenchBrowser(adapterName: string, say: (line: string) => void): Promise<BenchBrowser> {
  const browser = await launchOn(adapterName);
  const dist = await ensureBuiltPage(root, say);
  const server = await serveFolder(dist);
  return {
    browser,
    dist,
    async openPage({ panels } = { panels: 'on' }) {
      const page = await browser.newPage();
      await page.goto(panels === 'on' ? server.url : `${server.url}?panels=off`);
      await page.waitForFunction(() => window.lockstepPage !== undefined);
      return page;
    },
    async openBlank() {
      const page = await browser.newPage();
      await page.route('**/blank', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>blank</title>' }));
      await page.goto(`${server.url}blank`);
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** The replicas of a page, dying ones included. */
export function replicasOf(page: Page): readonly PageWorker[] {
  return page.workers().filter((worker) => worker.url().startsWith('data:'));
}

/** Resolves when as many replicas as the page keeps are up and answer: their threads have nothing left to do. */
export async function untilWarm(page: Page): Promise<void> {
  await page.evaluate(() => window.lockstepPage?.doctor());
  const deadline = performance.now() + warmTimeoutMs;
  while (performance.now() < deadline) {
    // The last one may still be loading tfjs and asking for its device, and some may be on their way out: asked again until all answer.
    const answers = await Promise.allSettled(
      replicasOf(page).map((worker) => worker.evaluate(() => navigator.gpu.requestAdapter().then(() => null))),
    );
    if (answers.length === warmCount && answers.every(({ status }) => status === 'fulfilled') && replicasOf(page).length === warmCount)
      return;
    await page.waitForTimeout(100);
  }
  throw new Error(`bench: expected ${warmCount} warm replicas within ${warmTimeoutMs / 1000} s, got ${replicasOf(page).length}.`);
}
