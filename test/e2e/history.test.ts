// Plan: kept runs in a real browser's IndexedDB. A lane that has ended is there although the page went away while the next one trained; what ran is
// there in another tab with its code and its numbers, named by what changed; two tabs see each other's; a run goes out into a file and comes back, and a damaged file changes nothing; deleted under the page, they stay on screen.

import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';

import { quickAdapter } from '../support/chromium.ts';
import { irisProgram } from '../support/iris-program.ts';
import { openBuiltPage } from '../support/open-page.ts';
import { runProgram, startProgram } from '../support/run-program.ts';

const iris = (rate: string): string => irisProgram(rate, 3, ['1xfp32']);

/** Its first lane takes three steps, its second never ends. */
const endless = `import * as tf from '@tensorflow/tfjs';
import { program } from 'lockstep';
export default program({ lanes: ['1xfp32', '1xfp32+label=endless'] }, async (ctx) => {
  for (let step = 0; ctx.lane.label === 'endless' || step < 3; step++) await ctx.step(() => ctx.log({ loss: step }));
});
`;

const names = (page: Page) => page.locator('.history-what strong').allInnerTexts();

async function openRuns(page: Page): Promise<void> {
  await page.locator('.history-button').click();
  await page.locator('.history-run').first().waitFor();
}

/** Exports the first run of the list; where its file lies. */
async function exportFirst(page: Page): Promise<string> {
  await page.locator('.history-fold').first().click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  const path = join(tmpdir(), download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

test('runs are there in another tab and after it, named by what changed; they compare, go into a file and come back', async () => {
  const open = await openBuiltPage(quickAdapter(), { query: '?backend=cpu' });
  onTestFinished(open.close);
  const { page } = open;
  await startProgram(page, endless, { schedule: 'sequence' });
  await page.locator('.lane-tile.is-done + .lane-tile.is-running').waitFor();
  await page.reload();
  await openRuns(page);
  await expect.poll(() => names(page)).toEqual(['first run']);
  await page.locator('.history-fold').click();
  await page.locator('.history-details').getByRole('button', { name: 'Delete' }).click();
  await page.locator('.history-run').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');

  await runProgram(page, iris('0.1'));
  const other = await page.context().newPage();
  await other.goto(page.url());
  await openRuns(other);
  await expect.poll(() => names(other)).toEqual(['first run']);
  await runProgram(page, iris('1e-2'));
  await expect.poll(() => names(other)).toEqual(['lr 0.1 → 1e-2', 'first run']);
  await other.close();

  await page.getByRole('button', { name: 'What changed: lr 0.1 → 1e-2' }).click();
  await expect.poll(() => page.locator('.history-table tbody').first().innerText()).toMatch(/^learningRate Program\s+0\.1\s+1e-2$/u);
  await page.locator('.monaco-diff-editor .line-insert').first().waitFor();
  await page.locator('.history-back').click();

  const whole = await exportFirst(page);
  const damaged = join(tmpdir(), 'damaged.run.json');
  await writeFile(damaged, (await readFile(whole, 'utf8')).replace('1e-2', '1e-3'));
  await page.locator('.history-details').getByRole('button', { name: 'Delete' }).click();
  await expect.poll(() => names(page)).toEqual(['first run']);
  await page.locator('.history-fold').first().click();
  await page.locator('.history-details').getByRole('button', { name: 'Delete' }).click(); // now nobody can undo the first
  await expect.poll(() => names(page)).toEqual([]);
  await page.locator('.history-file').setInputFiles(damaged);
  await page.getByText('damaged.run.json: changed or damaged').waitFor();
  expect(await names(page)).toEqual([]);
  await page.locator('.history-file').setInputFiles(whole);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => names(page)).toEqual(['lr 0.1 → 1e-2', 'first run']);
  await page.getByText('imported', { exact: true }).waitFor();

  await page.locator('.history-fold').last().click();
  await page.getByRole('button', { name: 'Bring its code back' }).click();
  await expect
    .poll(async () => (await page.locator('.editor-pane').innerText()).replaceAll('\u00a0', ' '))
    .toContain('learningRate: 0.1 }');

  // Somebody clears the site's data while the page is open.
  const clear = () =>
    new Promise<void>((resolve) => {
      indexedDB.deleteDatabase('lockstep-runs').addEventListener('success', () => resolve());
    });
  await page.evaluate(clear);
  await openRuns(page);
  await page.getByText('The runs that were kept here have been deleted', { exact: false }).waitFor();
  expect(await names(page)).toHaveLength(2);
  await page.keyboard.press('Escape');

  // A later version of the page, which wants to change the database while this one has it open, waits for nobody; this one says so.
  const upgrade = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const request = indexedDB.open('lockstep-runs', 2);
        request.addEventListener('blocked', () => resolve('blocked'));
        request.addEventListener('success', () => {
          request.result.close();
          resolve('upgraded');
        });
      }),
  );
  expect(upgrade).toBe('upgraded');
  await openRuns(page);
  await page.locator('.history-star').first().click();
  await page.getByText('A newer version of this page keeps runs in another way.', { exact: false }).waitFor();
  expect(await names(page)).toHaveLength(2);
  expect(open.complaints).toEqual([]);
});
