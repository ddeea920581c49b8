// Provides the browsers the tests need: a Chromium (SwiftShader comes with it) and a copy of it on Mesa's llvmpipe. What it
// found goes to `.cache/browsers.json`, which test/support and the command line read. It may be run any number of times; with
// everything in place it only looks. What cannot be provided is said, with the reason; whether that is a failure is the
// caller's to decide (it is one in CI).

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { provisionedPath, type ProvisionedBrowsers } from '../src/cli/adapters.ts';
import type { InstalledChromium } from '../src/cli/find-chromium.ts';
import { withLock } from '../src/cli/lock.ts';
import { provisionChromium } from './provision-chromium.ts';
import { provisionLlvmpipe } from './provision-llvmpipe.ts';

/** Provides what it can and returns what there is; `say` gets one line per thing that takes time. */
export async function provision(root: string, say: (line: string) => void): Promise<ProvisionedBrowsers> {
  const cacheFolder = join(root, '.cache');
  const work = async (): Promise<ProvisionedBrowsers> => {
    const found = provide(root, cacheFolder, say);
    const path = provisionedPath(root);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(found, null, 2)}\n`);
    return found;
  };
  return withLock(join(cacheFolder, 'provision.lock'), work, () => say('waiting for another process that is providing the browsers'));
}

function provide(root: string, cacheFolder: string, say: (line: string) => void): ProvisionedBrowsers {
  let chromium: InstalledChromium;
  try {
    chromium = provisionChromium(say);
  } catch (thrown) {
    const reason = reasonOf(thrown);
    return {
      schemaVersion: 1,
      chromium: null,
      llvmpipe: null,
      missing: [
        { adapter: 'swiftshader', reason },
        { adapter: 'llvmpipe', reason },
      ],
    };
  }
  try {
    const llvmpipe = provisionLlvmpipe(root, cacheFolder, chromium, say);
    return { schemaVersion: 1, chromium: chromium.executablePath, llvmpipe, missing: [] };
  } catch (thrown) {
    return {
      schemaVersion: 1,
      chromium: chromium.executablePath,
      llvmpipe: null,
      missing: [{ adapter: 'llvmpipe', reason: reasonOf(thrown) }],
    };
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
