// The page's build. `base: './'`: dist/ works from any static host, under any sub-path.

import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { sandbox } from './scripts/vite/sandbox.ts';
import { typeDeclarations } from './scripts/vite/type-declarations.ts';
import { monacoWorkers } from './scripts/vite/monaco-workers.ts';
import { datasets } from './scripts/vite/datasets.ts';
import { gallery } from './scripts/vite/gallery.ts';
import { pagePolicy } from './scripts/vite/page-policy.ts';

export default defineConfig({
  base: './',
  define: {
    __LOCKSTEP_VERSION__: JSON.stringify(versionOf('./package.json')),
    __TFJS_VERSION__: JSON.stringify(versionOf('./node_modules/@tensorflow/tfjs/package.json')),
  },
  plugins: [datasets(), gallery(), sandbox(), monacoWorkers(), typeDeclarations(), pagePolicy()],
  worker: { format: 'es' },
  build: { target: 'es2023', chunkSizeWarningLimit: 8000 },
});

function versionOf(path: string): string {
  const { version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string };
  return version;
}
