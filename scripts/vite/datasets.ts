// A Vite plugin: packs the datasets into public/datasets/ before dev or a build starts; quick when they are there already.

import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { packDatasets } from '../pack-datasets.ts';

const outDir = fileURLToPath(new URL('../../public/datasets/', import.meta.url));

/** The plugin. */
export function datasets(): Plugin {
  return {
    name: 'lockstep-datasets',
    async buildStart() {
      await packDatasets({ outDir });
    },
  };
}
