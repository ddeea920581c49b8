// A page opened from the disk cannot start in any browser; it says so, and what to do, instead of staying blank.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

import { root } from '../support/chromium.ts';
import { noticeFromFile } from '../support/notice-from-file.ts';
import { startBrowser } from '../support/open-any.ts';

test('opened from a file the page says why it is empty and how to serve it', async () => {
  const page = await startBrowser();
  onTestFinished(() => page.close());
  await page.goto(pathToFileURL(join(root, 'dist', 'index.html')).href);
  const text = await page.evaluate(noticeFromFile, null);
  expect(text).toContain('opened from the disk');
  expect(text).toContain('npm start');
  expect(text).toContain('python3 -m http.server');
});
