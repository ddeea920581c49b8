// Firefox through puppeteer-core and WebDriver BiDi: an unpatched Firefox, as people have it. Everything about it that differs from a
// default profile stands here.

import { writeFileSync } from 'node:fs';
import { launch, type Browser, type Page } from 'puppeteer-core';

import type { PageDriver } from './page-driver.ts';

/** How to start a Firefox. */
export interface FirefoxInstall {
  readonly executablePath: string;
  /** Variables beside those of the process: the Vulkan driver, where it is not the system's. */
  readonly env: Readonly<Record<string, string>>;
}

const preferences = {
  'dom.webgpu.enabled': true, // off by default on Linux in 153
  'gfx.webgpu.ignore-blocklist': true, // a software adapter is on the list
};

/** The longest a single command may take: a whole run is one. */
const commandLimitMs = 30 * 60_000;

/** Starts a headless Firefox with one empty page. */
export async function openFirefox({ executablePath, env }: FirefoxInstall): Promise<PageDriver> {
  const browser = await launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    protocolTimeout: commandLimitMs,
    handleSIGINT: false, // a run is stopped first, and its results are kept
    env: { ...process.env, ...env },
    extraPrefsFirefox: preferences,
  });
  return drive(browser, await browser.newPage());
}

function drive(browser: Browser, page: Page): PageDriver {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`));
  return {
    browser: 'firefox',
    complaints,
    goto: async (url) => void (await page.goto(url)),
    async evaluate(run, arg) {
      // As JSON: BiDi sends an object that occurs twice (an error of the run that is a lane's as well) once, and puppeteer reads the
      // second as undefined.
      const call = `(async () => JSON.stringify((await (${run.toString()})(${JSON.stringify(arg)})) ?? null))()`;
      return JSON.parse((await page.evaluate(call)) as string) as never; // what `run` gave, by way of JSON
    },
    click: (selector) => page.click(selector),
    resize: (width, height) => page.setViewport({ width, height }),
    screenshot: async (path) => {
      writeFileSync(path, await page.screenshot());
    },
    newPage: async () => drive(browser, await browser.newPage()),
    closePage: () => page.close(),
    close: () => browser.close(),
  };
}
