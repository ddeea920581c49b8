// Builds the page with the three libraries, and each side's worker, as a page of its own.

import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..', '..');

/** What programs import, as the page's own loader gives it to them. */
export const programImports = [
  { find: /^lockstep$/, replacement: join(root, 'src', 'train', 'lockstep.ts') },
  { find: /^lockstep\/lab$/, replacement: join(root, 'src', 'lab', 'lab.ts') },
];

/** Folder of the built page; its address in it is `bench/training-step/page/index.html`. */
export async function buildStepPage(): Promise<string> {
  const outDir = join(root, '.cache', 'bench-step');
  await build({
    root,
    base: './',
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    resolve: { alias: programImports },
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      chunkSizeWarningLimit: 8000,
      rollupOptions: { input: join(import.meta.dirname, 'page', 'index.html') },
    },
  });
  return outDir;
}
