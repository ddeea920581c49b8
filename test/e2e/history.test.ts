// Plan: kept runs in a real browser's IndexedDB. What ran is there after a reload with its code and its numbers, named by what changed; two tabs
// see each other's; a run goes out into a file and comes back, and a damaged file changes nothing.

import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';

import { quickAdapter } from '../support/chromium.ts';
import { openBuiltPage } from '../support/open-page.ts';
import { runProgram } from '../support/run-program.ts';

const iris = (rate: string): string => `import * as tf from '@tensorflow/tfjs';
import { datasets, experiment } from 'lockstep';
export default experiment({
  title: 'Iris',
  data: () => datasets.iris(),
  model: () => tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4] })] }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: ${rate} },
  globalBatch: 120,
  steps: 3,
  lanes: ['1xfp32'],
});
`;

const names = (page: Page) => page.locator('.history-what strong').allInnerTexts();

async function openRuns(page: Page): Promise<void> {
  await page.locator('.history-button').click();
  await page.locator('.history-run').first().waitFor();
}

test('runs survive a reload, are named by what changed, compare, go into a file and come back, in two tabs', async () => {
  const open = await openBuiltPage(quickAdapter(), { query: '?backend=cpu' });
  onTestFinished(open.close);
  const { page } = open;
  await runProgram(page, iris('0.1'));
  await runProgram(page, iris('1e-2'));
  const other = await page.context().newPage();
  await other.goto(page.url());
  await openRuns(other);
  expect(await names(other)).toEqual(['lr 0.1 → 1e-2', 'first run']);

  await page.reload();
  await runProgram(page, iris('0.5'));
  await expect.poll(() => names(other)).toEqual(['lr 1e-2 → 0.5', 'lr 0.1 → 1e-2', 'first run']);
  await other.close();

  await page.getByRole('button', { name: 'What changed: lr 1e-2 → 0.5' }).click();
  await expect.poll(() => page.locator('.history-table tbody').first().innerText()).toMatch(/^learningRate Program\s+1e-2\s+0\.5$/u);
  await page.locator('.monaco-diff-editor .line-insert').first().waitFor();
  await page.locator('.history-back').click();

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    (async () => {
      await page.locator('.history-fold').first().click();
      await page.getByRole('button', { name: 'Export' }).click();
    })(),
  ]);
  const path = join(tmpdir(), download.suggestedFilename());
  await download.saveAs(path);
  const text = await readFile(path, 'utf8');
  const damaged = join(tmpdir(), 'damaged.run.json');
  await writeFile(damaged, text.replace('0.5', '0.6'));
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect.poll(() => names(page)).toEqual(['lr 0.1 → 1e-2', 'first run']);
  await page.reload(); // nobody can undo it any more
  await openRuns(page);
  await page.locator('.history-file').setInputFiles(damaged);
  await page.getByText('damaged.run.json: changed or damaged').waitFor();
  expect(await names(page)).toEqual(['lr 0.1 → 1e-2', 'first run']);
  await page.locator('.history-file').setInputFiles(path);
  await expect.poll(() => names(page)).toEqual(['lr 1e-2 → 0.5', 'lr 0.1 → 1e-2', 'first run']);
  await page.getByText('imported', { exact: true }).waitFor();

  await page.locator('.history-fold').last().click();
  await page.getByRole('button', { name: 'Bring its code back' }).click();
  await expect.poll(() => page.locator('.editor-pane').innerText()).toContain('learningRate: 0.1');
  expect(open.complaints).toEqual([]);
});
