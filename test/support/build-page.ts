// Before the end-to-end tests: the page is built once if it is older than its sources.

import { ensureBuiltPage } from '../../src/cli/built-page.ts';
import { root } from './chromium.ts';

/** Vitest's global set-up: one build for all files of the project. */
export async function setup(): Promise<void> {
  await ensureBuiltPage(root, (line) => process.stdout.write(`${line}\n`));
}
