// The browsers the tests run in: the adapters of the command line without the machine's own GPU, so that a result is the same
// on every machine. `swiftshader` is the machine without shader-f16, `llvmpipe` the one with it.

import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

import { findAdapters, type Adapter } from '../../src/cli/adapters.ts';
import { launchOptions } from '../../src/cli/browsers/chromium-driver.ts';

/** The project's root. */
export const root = join(import.meta.dirname, '..', '..');

/** The software adapters this machine can run, as `npm test` provided them. */
export const adapters: readonly Adapter[] = findAdapters(root).filter(({ name }) => name !== 'gpu');

/** One adapter by name; throws an Error that says how to provide it. */
export function adapterNamed(name: 'swiftshader' | 'llvmpipe'): Adapter {
  const adapter = adapters.find((one) => one.name === name);
  if (adapter === undefined)
    throw new Error(`adapter: expected ${name} on this machine, got none. \`npm test\` provides it or says why not.`);
  return adapter;
}

/** The adapter for tests that are about the page, not the GPU: llvmpipe compiles several times faster; SwiftShader where it could not be had. */
export function quickAdapter(): Adapter {
  return adapters.find((one) => one.name === 'llvmpipe') ?? adapterNamed('swiftshader');
}

/** Starts the browser of an adapter; the caller closes it. */
export function launchChromium(adapter: Adapter): Promise<Browser> {
  return chromium.launch(launchOptions(adapter));
}
