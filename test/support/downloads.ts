// What the page hands over as a file, read back.

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

/** A file that was downloaded. */
export interface Downloaded {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The file that comes of `press`. Rejects where none comes. */
export async function downloadBy(page: Page, press: () => Promise<void>): Promise<Downloaded> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}
