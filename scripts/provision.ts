// Provides the browsers the tests need: a Chromium (SwiftShader comes with it), a copy of it on Mesa's llvmpipe, Firefox on the
// same llvmpipe, and WebKitGTK. What it found goes to `.cache/browsers.json`, which test/support and the command line read. It may be run any number of times; with
// everything in place it only looks. What cannot be provided is said, with the reason; whether that is a failure is the
// caller's to decide (it is one in CI).

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { provisionedPath, type ProvisionedBrowsers } from '../src/cli/adapters.ts';
import { withLock } from '../src/cli/lock.ts';
import { provisionFirefox, provisionWebkit } from './provision-browsers.ts';
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
  const missing: ProvisionedBrowsers['missing'][number][] = [];
  const attempt = <Found>(name: (typeof missing)[number]['name'], find: () => Found): Found | null => {
    try {
      return find();
    } catch (thrown) {
      missing.push({ name, reason: thrown instanceof Error ? thrown.message : String(thrown) });
      return null;
    }
  };
  const chromium = attempt('swiftshader', () => provisionChromium(say));
  const llvmpipe = attempt('llvmpipe', () => {
    if (chromium === null) throw new Error('it is a copy of Chromium, which is missing');
    return provisionLlvmpipe(root, cacheFolder, chromium, say);
  });
  const firefox = attempt('firefox', () => provisionFirefox(cacheFolder, say));
  const webkit = attempt('webkit', () => provisionWebkit(say));
  return { schemaVersion: 2, chromium: chromium?.executablePath ?? null, llvmpipe, firefox, webkit, missing };
}
