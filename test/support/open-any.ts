// The built page in the browser that the project under test names (`inject('browser')`): Chromium on a software adapter, Firefox on the
// same llvmpipe, or WebKitGTK without WebGPU. Tests that hold for every engine open the page through this.

import { join } from 'node:path';
import { inject } from 'vitest';

import { findFirefox, findWebkit } from '../../src/cli/adapters.ts';
import { openChromium } from '../../src/cli/browsers/chromium-driver.ts';
import { openFirefox } from '../../src/cli/browsers/firefox-driver.ts';
import { waitFor, type BrowserName, type PageDriver } from '../../src/cli/browsers/page-driver.ts';
import { openWebkit } from '../../src/cli/browsers/webkit-driver.ts';
import { serveFolder, type Intercept } from '../../src/cli/static-server.ts';
import { adapterNamed, quickAdapter, root } from './chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly browser: BrowserName;
  }
}

/** An open page and what belongs to it. */
export interface AnyPage {
  readonly page: PageDriver;
  /** Address of the page, with a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** The browser of this project. */
export const browserUnderTest: BrowserName = inject('browser');

/** Starts the browser with an empty page. Chromium runs on `adapter`, the quick one where absent. Throws an Error where it was not provided. */
export function startBrowser(adapter?: 'swiftshader' | 'llvmpipe'): Promise<PageDriver> {
  if (browserUnderTest === 'chromium') return openChromium(adapter === undefined ? quickAdapter() : adapterNamed(adapter));
  const [firefox, webkit] = [findFirefox(root, 'llvmpipe'), findWebkit(root)];
  if (browserUnderTest === 'firefox' && firefox !== null) return openFirefox(firefox);
  if (browserUnderTest === 'webkit' && webkit !== null) return openWebkit(webkit);
  throw new Error(`browser: expected ${browserUnderTest} on this machine, got none. \`npm test\` provides it or says why not.`);
}

/** Opens the built page under `prefix`; resolves when `window.lockstepPage` is there. `intercept` may answer requests in the server's place. */
export async function openPage(
  options: { readonly adapter?: 'swiftshader' | 'llvmpipe'; readonly prefix?: string; readonly intercept?: Intercept } = {},
): Promise<AnyPage> {
  const { prefix = '/', intercept } = options;
  const server = await serveFolder(join(root, 'dist'), intercept === undefined ? { prefix } : { prefix, intercept });
  const page = await startBrowser(options.adapter);
  await page.goto(server.url);
  await waitFor(page, 'window.lockstepPage', () => window.lockstepPage !== undefined, null);
  return {
    page,
    url: server.url,
    async close() {
      await page.close();
      await server.close();
    },
  };
}
