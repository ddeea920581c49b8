// Bundles what runs in Node on Dawn: the sides' process, and the command that bench/on-gpu.sh packs.

import { join } from 'node:path';
import { build } from 'vite';
import type { NodeBundle } from './node/fork-side.ts';
import { programImports } from './page-bundle.ts';

const benchFolder = join(import.meta.dirname, '..');

/** Writes `side-process.mjs` and `on-gpu.mjs` to a folder, without anything they would have to look for, but for Dawn. */
export async function bundleForNode(outDir = join(benchFolder, '..', '.cache', 'bench-node')): Promise<NodeBundle> {
  await build({
    root: join(benchFolder, '..'),
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    resolve: { alias: programImports },
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: 'node20',
      rollupOptions: {
        input: {
          'side-process': join(import.meta.dirname, 'node', 'side-process.ts'),
          'on-gpu': join(import.meta.dirname, 'node', 'on-gpu.ts'),
        },
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  });
  return { sideProcess: join(outDir, 'side-process.mjs'), webgpu: join(benchFolder, 'node_modules', 'webgpu', 'index.js') };
}
