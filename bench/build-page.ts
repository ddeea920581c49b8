// Builds a page that only a benchmark opens, as the real one is built.

import { join, relative } from 'node:path';
import { build } from 'vite';
import type { InlineConfig } from 'vite';

const root = join(import.meta.dirname, '..');

/** The page in a folder of bench, `index.html`; `more` is what it needs besides. Returns the built folder and the page's address in it. */
export async function buildBenchPage(
  folder: string,
  more: Pick<InlineConfig, 'base' | 'resolve' | 'worker'> = {},
): Promise<{ readonly outDir: string; readonly address: string }> {
  const html = join(import.meta.dirname, folder, 'index.html');
  const outDir = join(root, '.cache', `bench-${folder.replaceAll('/', '-')}`);
  await build({
    ...more,
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 8000, rollupOptions: { input: html } },
  });
  return { outDir, address: relative(root, html) };
}
