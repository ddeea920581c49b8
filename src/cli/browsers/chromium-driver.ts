// Chromium through Playwright.

import { chromium, type BrowserContext, type Page } from 'playwright-core';

import type { Adapter } from '../adapters.ts';
import type { PageDriver } from './page-driver.ts';

/** Starts Chromium on an adapter, with one empty page. Ctrl+C is left to the caller: a run is stopped first, and its results are kept. */
export async function openChromium(adapter: Adapter): Promise<PageDriver> {
  const browser = await chromium.launch({ ...launchOptions(adapter), handleSIGINT: false });
  const context = await browser.newContext();
  return drive(context, await context.newPage());
}

/** Playwright's launch options for an adapter. */
export function launchOptions({ executablePath, args, env }: Adapter) {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { executablePath, args: [...args], env: { ...Object.fromEntries(inherited), ...env }, headless: true };
}

function drive(context: BrowserContext, page: Page): PageDriver {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
  return {
    browser: 'chromium',
    complaints,
    goto: async (url) => void (await page.goto(url)),
    // Playwright's types unpack handles, which this interface does not have.
    evaluate: (run, arg) => page.evaluate(run as (arg: unknown) => never, arg),
    click: (selector) => page.click(selector),
    resize: (width, height) => page.setViewportSize({ width, height }),
    screenshot: async (path) => void (await page.screenshot({ path })),
    newPage: async () => drive(context, await context.newPage()),
    closePage: () => page.close(),
    close: async () => {
      await context.browser()?.close();
    },
  };
}
