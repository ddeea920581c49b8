// The built page in a browser, for end-to-end tests: served under any sub-path from `dist/`, opened on one adapter, with
// everything the page's console says kept, because a page that works prints no errors.

import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import type { Adapter } from '../../src/cli/adapters.ts';
import { serveFolder } from '../../src/cli/static-server.ts';
import { launchChromium, root } from './chromium.ts';

/** An open page and what belongs to it. */
export interface OpenPage {
  readonly page: Page;
  readonly browser: Browser;
  /** Address of the page, with a slash at its end. */
  readonly url: string;
  /** Errors and warnings of the console and uncaught errors, as they came. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens the built page under `prefix` (`/` or `/a/b/`) with `query` (`?backend=cpu`); `prepare` sees the page before it loads anything.
 * Resolves when `window.lockstepPage` is there.
 */
export async function openBuiltPage(
  adapter: Adapter,
  options: {
    readonly prefix?: string;
    readonly query?: string;
    readonly context?: BrowserContextOptions;
    readonly prepare?: (page: Page) => Promise<void>;
  } = {},
): Promise<OpenPage> {
  const server = await serveFolder(join(root, 'dist'), { prefix: options.prefix ?? '/' });
  const browser = await launchChromium(adapter);
  const context = await browser.newContext(options.context);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
  await options.prepare?.(page);
  await page.goto(`${server.url}${options.query ?? ''}`);
  await page.waitForFunction(() => window.lockstepPage !== undefined);
  return {
    page,
    browser,
    url: server.url,
    complaints,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
