// Plan: what somebody does to compare, on the real page with real short runs: the lanes of the next run, the verdict and its checklist, a lane
// run again, and the kept runs with their marks, their lineage and their place beside the current one. history.test.ts has the rest of those:
// files, two tabs, bringing code back.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import type { RunResults } from '../../src/runner/results.ts';
import { quickAdapter } from '../support/chromium.ts';
import { irisProgram } from '../support/iris-program.ts';
import { openBuiltPage } from '../support/open-page.ts';
import type { OpenPage } from '../support/open-page.ts';
import { runProgram } from '../support/run-program.ts';

const iris = (rate: string): string => irisProgram(rate, 6, ['1xfp32', '2xfp32']);

let open: OpenPage;
let page: Page;

beforeAll(async () => {
  open = await openBuiltPage(quickAdapter(), { query: '?backend=cpu', context: { viewport: { width: 1440, height: 1000 } } });
  ({ page } = open);
});

afterAll(async () => {
  expect(open.complaints).toEqual([]);
  await open.close();
});

// Every test begins with the page itself.
afterEach(async () => {
  if ((await runs().count()) > 0) await closeRuns();
});

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const lossOf = (results: RunResults | null, lane: number): number => results?.lanes[lane]?.final['loss'] ?? NaN;

/** Runs iris and gives its results. */
async function run(rate: string, lanes?: string): Promise<RunResults> {
  const { results, failures } = await runProgram(page, iris(rate), lanes === undefined ? {} : { lanes });
  expect(failures).toEqual([]);
  if (results === null) throw new Error('compare: expected results, got none');
  return results;
}

const runs = () => page.getByRole('dialog', { name: 'Runs' });
const row = (name: string) =>
  runs()
    .getByRole('listitem')
    .filter({ has: page.getByRole('checkbox', { name: `Select ${name}`, exact: true }) });
const names = () => runs().locator('.history-what strong').allInnerTexts();

async function openRuns(): Promise<void> {
  await page.locator('.history-button').click();
  await runs().locator('.history-run').first().waitFor();
}

async function closeRuns(): Promise<void> {
  await page.keyboard.press('Escape');
  await runs().waitFor({ state: 'detached' });
}

test('a kept run lies beside the current one: pinned, its differences are in the table; overlaid, its curve is behind', async () => {
  const first = await run('0.1');
  const second = await run('0.02');
  await openRuns();
  await row('2xfp32, first run').getByRole('button', { name: 'Baseline' }).click();
  await row('1xfp32, first run').getByRole('button', { name: 'Overlay' }).click();
  await closeRuns();

  const behind = page.locator('.chart-behind li');
  await expect.poll(async () => (await behind.allInnerTexts()).toSorted()).toEqual(['1xfp32 · Iris', '2xfp32 · Iris']);
  const loss = page.getByRole('region', { name: 'Loss', exact: true });
  await loss.getByRole('application').focus();
  await page.keyboard.press('End');
  const said = loss.getByRole('status');
  await expect.poll(() => said.innerText()).toMatch(/^step 6: /u);
  expect(await said.innerText()).toContain(`1xfp32 · Iris ${lossOf(first, 0).toPrecision(4)}`);
  expect(await said.innerText()).toContain(`1xfp32 ${lossOf(second, 0).toPrecision(4)}`);

  const table = page.getByRole('region', { name: 'Results' });
  const worse = lossOf(second, 0) - lossOf(first, 1); // the smaller rate learns less in six steps
  await expect
    .poll(() =>
      table
        .getByRole('row', { name: /^1xfp32/u })
        .getByRole('cell')
        .first()
        .innerText(),
    )
    .toMatch(new RegExp(String.raw`\+${worse.toPrecision(4)} ✗\s*, for the worse$`, 'u'));
  await table.getByRole('row', { name: /^Baseline 2xfp32/u }).waitFor();
  await button('Unpin the baseline').click();
  await expect.poll(() => table.locator('.signed').count()).toBe(0);
  await openRuns();
  await row('1xfp32, first run').getByRole('button', { name: 'Overlay' }).click();
  await closeRuns();
  await expect.poll(() => behind.count()).toBe(0);
});

test('a run knows what it was edited from and into; any two are compared by what differs and nothing else', async () => {
  await openRuns();
  await row('1xfp32, lr 0.1 → 0.02')
    .getByLabel(/^Details/u)
    .click();
  const details = runs().locator('.history-details');
  await details.getByText('Edited from', { exact: true }).waitFor();
  await details.getByRole('button', { name: '1xfp32, first run' }).click();
  const settings = runs().locator('.history-table').first().locator('tbody tr');
  await expect.poll(() => settings.allInnerTexts()).toEqual([expect.stringMatching(/^learningRate Program\s+0\.1\s+0\.02$/u)]);
  await button('← All runs').click();
  await row('1xfp32, first run')
    .getByLabel(/^Details/u)
    .click();
  await details.getByText('Edited into', { exact: true }).waitFor();
  expect(await details.getByRole('button', { name: '1xfp32, lr 0.1 → 0.02' }).count()).toBe(1);

  // Not a parent and its child: two lanes of different runs.
  await row('1xfp32, first run').getByRole('checkbox').check();
  await row('2xfp32, lr 0.1 → 0.02').getByRole('checkbox').check();
  await button('Compare').click();
  await expect
    .poll(async () => (await settings.allInnerTexts()).map((text) => text.split(/\s/u)[0]))
    .toEqual(['learningRate', 'worldSize']);
  await runs().locator('.line-insert').first().waitFor();
  await button('← All runs').click();
  await closeRuns();
});

test('a star, tags and a note stay with a run, are found by, and are there after a reload', async () => {
  await openRuns();
  await button('Star 2xfp32, first run').click();
  await row('2xfp32, first run')
    .getByLabel(/^Details/u)
    .click();
  await runs().getByLabel('Tags').fill('slow, odd');
  await runs().getByLabel('Note').fill('Look at the third step.');
  await runs().getByRole('textbox', { name: 'Filter runs' }).click(); // a field counts when it is left
  await expect.poll(() => row('2xfp32, first run').locator('.chip.is-tag').allInnerTexts()).toEqual(['slow', 'odd']);
  await page.reload();
  await page.waitForFunction(() => window.lockstepPage !== undefined);
  await openRuns();
  expect(await names()).toHaveLength(4);
  await runs().getByLabel('Starred').check();
  await expect.poll(names).toEqual(['first run']);
  expect(await row('2xfp32, first run').locator('.chip.is-tag').allInnerTexts()).toEqual(['slow', 'odd']);
  await runs().getByLabel('Starred').uncheck();
  await runs().getByLabel('Tag', { exact: true }).selectOption('odd');
  await expect.poll(names).toEqual(['first run']);
  await runs().getByLabel('Tag', { exact: true }).selectOption('');
  await runs().getByRole('textbox', { name: 'Filter runs' }).fill('third step');
  await expect.poll(names).toEqual(['first run']);
});

test('selected runs are deleted together and come back, and the room they take is told', async () => {
  await openRuns();
  const room = runs().locator('.history-storage');
  await expect.poll(() => room.innerText()).toMatch(/^about [\d.]+ kB kept · room for about [\d.]+ [MG]B more$/u);
  const kept = await room.innerText();
  for (const name of ['1xfp32, first run', '2xfp32, first run']) await row(name).getByRole('checkbox').check();
  await runs().locator('.history-selection').getByRole('button', { name: 'Delete' }).click();
  await expect.poll(names).toEqual(['lr 0.1 → 0.02', 'lr 0.1 → 0.02']);
  await expect.poll(() => room.innerText()).not.toBe(kept);
  await row('1xfp32, lr 0.1 → 0.02')
    .getByLabel(/^Details/u)
    .click();
  await runs().getByText('a run that is not here any more').waitFor();
  await button('Undo').click();
  await expect.poll(names).toHaveLength(4);
  expect(await row('2xfp32, first run').locator('.chip.is-tag').allInnerTexts()).toEqual(['slow', 'odd']);
  await closeRuns();
});

test('lanes are copied, named, moved, added, removed and run in that order; hidden ones leave the charts, and the own ones come back', async () => {
  await run('0.1');
  const tiles = () => page.locator('.lane-tile .lane-label').allInnerTexts();
  const text = page.getByLabel('As text');
  await button('Edit lanes').click();
  await button('Copy lane 1xfp32').click();
  await page.getByLabel('Label', { exact: true }).nth(1).fill('twin');
  await expect.poll(() => text.inputValue()).toBe('1xfp32, 1xfp32+label=twin, 2xfp32');
  await button('Move lane 2xfp32 up').click();
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest('.lane-row-buttons')?.id)).toBe('lane-buttons-1'); // it has gone along
  await page.keyboard.press('Enter');
  await button('Lane').click();
  await expect.poll(() => text.inputValue()).toBe('2xfp32, 1xfp32, 1xfp32+label=twin, 1xfp16');
  await button('Remove lane 1xfp16').click();
  await page.getByRole('button', { name: 'More ranks' }).first().click();
  await expect.poll(() => text.inputValue()).toBe('3xfp32, 1xfp32, 1xfp32+label=twin');
  expect(await tiles()).toEqual(['1xfp32', '2xfp32']); // of the run that is over
  await page.locator('#run-button').click();
  await expect.poll(tiles).toEqual(['3xfp32', '1xfp32', 'twin']);
  await expect.poll(() => page.locator('.run-head .phase').innerText(), { timeout: 30_000 }).toBe('Done');

  const loss = page.getByRole('region', { name: 'Loss', exact: true });
  const lanesAtEnd = async (): Promise<readonly string[]> => {
    await loss.getByRole('application').focus();
    await page.keyboard.press('End');
    const [, said = ''] = /^step 6: (.*)$/u.exec(await loss.getByRole('status').innerText()) ?? [];
    return said.split(', ').map((part) => part.replace(/ [\d.]+$/u, ''));
  };
  await expect.poll(lanesAtEnd).toEqual(['3xfp32', '1xfp32', 'twin']);
  await button('Hide lane 1xfp32 in the charts').click();
  await expect.poll(lanesAtEnd).toEqual(['3xfp32', 'twin']);
  await button('Show lane 1xfp32 in the charts again').click();
  await expect.poll(lanesAtEnd).toEqual(['3xfp32', '1xfp32', 'twin']);

  await button('Restore the program’s lanes').click();
  await expect.poll(() => text.inputValue()).toBe('1xfp32, 2xfp32');
  await button('Done').click();
});

test('the verdict says in sentences what equals what, what is no fair comparison, and why', async () => {
  const results = await run('0.1', '1xfp32,2xfp32,1xfp32+batch=60');
  const verdict = page.getByRole('region', { name: 'Verdict' });
  const lines = verdict.getByRole('listitem');
  await expect.poll(() => lines.count()).toBe(3);
  const distance = results.lanes[1]?.distanceToBaseline ?? NaN;
  const equal =
    distance === 0 ? 'has the same weights as 1xfp32, to the last bit' : `equals 1xfp32 (weights differ by ${distance.toExponential(1)})`;
  expect(distance).toBeLessThan(1e-5); // another order of the same f32 sums, over six steps
  expect(await lines.nth(0).innerText()).toContain('1xfp32 is what the others are compared with.');
  expect(await lines.nth(1).innerText()).toContain(`2xfp32 ${equal}`);
  expect(await lines.nth(2).innerText()).toContain('1xfp32+batch=60 is not a fair comparison with 1xfp32: global batch differs');
  await verdict.getByText(/^Not a fair comparison: \d+ of \d+$/u).click();
  const item = verdict.locator('.fairness dl > div').filter({ hasText: 'Global batch' });
  expect(await item.innerText()).toContain('1xfp32+batch=60: 60 samples per step. 1xfp32: 120.');
  await verdict.getByText('The same first weights, the same order of samples.').waitFor();
});

test('a lane that is run again has the same bits', async () => {
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await button('Verify 2xfp32').click();
  await expect
    .poll(() => verdict.getByRole('listitem').nth(1).innerText(), { timeout: 30_000 })
    .toContain('Run again: bit-identical in all 6 steps.');
});
