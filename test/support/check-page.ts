// The page of test/full/page, built and opened in every browser that has WebGPU here: Chromium on each software adapter, and Firefox on
// llvmpipe.

import { join } from 'node:path';
import { build } from 'vite';

import { findFirefox, type AdapterName } from '../../src/cli/adapters.ts';
import { openChromium } from '../../src/cli/browsers/chromium-driver.ts';
import { openFirefox } from '../../src/cli/browsers/firefox-driver.ts';
import { waitFor, type PageDriver } from '../../src/cli/browsers/page-driver.ts';
import { serveFolder } from '../../src/cli/static-server.ts';
import { adapters, root } from './chromium.ts';

const outDir = join(root, '.cache', 'check-page');

/** A browser on an adapter. */
export interface CheckPlace {
  readonly name: string;
  readonly adapter: AdapterName;
  readonly hasShaderF16: boolean;
  open(): Promise<PageDriver>;
}

const firefox = findFirefox(root, 'llvmpipe');

/** Chromium on the adapters that are here. */
export const chromiumPlaces: readonly CheckPlace[] = adapters.map((adapter) => ({
  name: `Chromium on ${adapter.name}`,
  adapter: adapter.name,
  hasShaderF16: adapter.hasShaderF16 === true,
  open: () => openChromium(adapter),
}));

/** Those, and Firefox where it is here. */
export const allPlaces: readonly CheckPlace[] = [
  ...chromiumPlaces,
  ...(firefox === null
    ? []
    : [{ name: 'Firefox on llvmpipe', adapter: 'llvmpipe' as const, hasShaderF16: true, open: () => openFirefox(firefox) }]),
];

/** Opens the page; resolves when `window.engineChecks` is there. `close` ends the browser. */
export async function openCheckPage(place: CheckPlace): Promise<{ readonly page: PageDriver; close(): Promise<void> }> {
  await buildOnce();
  const server = await serveFolder(outDir);
  const page = await place.open();
  await page.goto(`${server.url}test/full/page/index.html`);
  await waitFor(page, 'window.engineChecks', () => window.engineChecks !== undefined, null);
  return {
    page,
    async close() {
      await page.close();
      await server.close();
    },
  };
}

let built: Promise<unknown> | null = null;

function buildOnce(): Promise<unknown> {
  return (built ??= build({
    root,
    base: './',
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    resolve: { alias: { 'lockstep/lab': join(root, 'src/lab/lab.ts'), lockstep: join(root, 'src/train/lockstep.ts') } },
    define: { __LOCKSTEP_VERSION__: '"0.0.0-test"', __TFJS_VERSION__: '"0.0.0-test"' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      chunkSizeWarningLimit: 8000,
      rollupOptions: { input: join(root, 'test/full/page/index.html') },
    },
  }));
}
