// Plan: somebody who has never been here. From landing to a moving comparison of four lanes takes one click. Then they look around: the
// gallery, the size of panes and of type, and all of it is there the next time.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { quickAdapter } from '../support/chromium.ts';
import { openBuiltPage } from '../support/open-page.ts';
import type { OpenPage } from '../support/open-page.ts';

/** CSS pixels; so wide that no line of the programs is wrapped. */
const windowWidth = 1600;

let open: OpenPage;
let page: Page;

beforeAll(async () => {
  open = await openBuiltPage(quickAdapter(), {
    query: '?backend=cpu',
    context: { viewport: { width: windowWidth, height: 1000 } },
    async prepare(fresh) {
      // As most laptops have them: on two, ten workers would train one lane after the other.
      await fresh.addInitScript(() => Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 8 }));
    },
  });
  ({ page } = open);
});

afterAll(async () => {
  expect(open.complaints).toEqual([]);
  await open.close();
});

const runButton = () => page.locator('#run-button');
const phase = () => page.locator('.run-head .phase').innerText();

/** Steps that each lane has taken, as its tile says. */
async function stepsOfLanes(): Promise<readonly number[]> {
  const texts = await page.locator('.lane-tile .lane-facts .lane-fact:first-child').allInnerTexts();
  return texts.map((text) => Number(/^[\d,]+/u.exec(text)?.[0].replace(',', '') ?? NaN));
}

/** What the loss chart shows, as a text that changes with it. */
const lossPicture = () =>
  page
    .getByRole('region', { name: 'Loss', exact: true })
    .locator('canvas')
    .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL()); // it is one

/** A person would wait for the end; the test has seen enough. */
async function stop(): Promise<void> {
  await runButton().click();
  await expect.poll(phase).toBe('Stopped');
}

/** Changes the editor's line that begins with a text, as somebody would who clicks into it. */
async function retype(start: string, change: (line: string) => string): Promise<void> {
  const line = page.locator('.view-line', { hasText: start });
  const text = (await line.innerText()).replaceAll('\u00a0', ' ').trim();
  await line.click();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await page.keyboard.insertText(change(text));
}

test('one click brings four moving curves', async () => {
  await page.getByRole('main').getByRole('button', { name: 'Run', exact: true }).click();
  await expect.poll(async () => (await stepsOfLanes()).filter((steps) => steps >= 2).length, { timeout: 90_000 }).toBe(4);
  expect(await page.locator('.lane-tile .lane-label').allInnerTexts()).toEqual(['1xfp32', '1xfp16', '4xfp32', '4xfp16']);
  const before = await lossPicture();
  await expect.poll(lossPicture).not.toBe(before);
  await stop();
});

test('the gallery finds, groups and badges the experiments and opens one; its neighbours are a press away', async () => {
  const dialog = page.getByRole('dialog', { name: 'Experiments' });
  const titles = () => dialog.locator('.card-tile-title').allInnerTexts();
  await page.getByRole('button', { name: 'Gallery', exact: true }).click();
  await expect.poll(async () => (await titles()).length).toBeGreaterThanOrEqual(12);
  const count = (await titles()).length;
  const shelves = dialog.getByRole('group', { name: 'Shelves' });
  expect(await shelves.getByRole('button', { name: /^All/u }).innerText()).toBe(`All ${count}`);
  await shelves.getByRole('button', { name: /^Faults/u }).click();
  await expect
    .poll(async () => `Faults ${(await titles()).length}`)
    .toBe(await shelves.getByRole('button', { name: /^Faults/u }).innerText());
  expect(await dialog.locator('section h3').allInnerTexts()).toEqual(['Faults']);
  await shelves.getByRole('button', { name: /^All/u }).click();
  await dialog.getByRole('button', { name: 'quick', exact: true }).click();
  await expect.poll(async () => (await titles()).length).toBeLessThan(count);
  const badges = await dialog.locator('.card-tile-foot .chip').allInnerTexts();
  expect(badges.length).toBeGreaterThan(0);
  for (const badge of badges) expect(badge).toMatch(/^quick · about \d+ s$/u);
  await dialog.getByRole('button', { name: 'quick', exact: true }).click();
  await dialog.getByRole('searchbox').fill('spirals');
  await expect.poll(titles).toEqual(['Spirals: a small network, 1 worker or 4']);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const chooser = page.getByRole('combobox', { name: 'Choose a program' });
  await expect.poll(() => chooser.inputValue()).toBe('spiral');

  // Shorter, so that it comes to its end; it stays the same experiment.
  await retype('steps: 300', (line) => line.replace('300', '2'));
  await runButton().click();
  await expect.poll(phase, { timeout: 60_000 }).toBe('Done');
  await page.getByRole('button', { name: 'Gallery', exact: true }).click();
  await dialog.getByRole('searchbox').fill('');
  await expect.poll(() => dialog.locator('.seen-sign.is-run').count()).toBe(1);
  expect(await dialog.locator('.card-tile', { has: page.locator('.seen-sign.is-run') }).innerText()).toContain('Spirals');
  await dialog.getByRole('button', { name: 'Not opened yet' }).click();
  await expect.poll(async () => (await titles()).some((title) => title.startsWith('Spirals'))).toBe(false);
  await dialog.getByRole('button', { name: 'Not opened yet' }).click();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Previous experiment' }).click();
  await expect.poll(() => chooser.inputValue()).toBe('gpt');
  await page.getByRole('button', { name: 'Next experiment' }).click();
  await expect.poll(() => chooser.inputValue()).toBe('spiral');
});

test('a changed line, a second run and its difference to the first take three presses', async () => {
  await retype('learningRate: 1e-2', (line) => line.replace('1e-2', '3e-2'));
  await runButton().click();
  await page.getByRole('button', { name: 'What changed: lr 1e-2 → 3e-2' }).click({ timeout: 60_000 });
  const dialog = page.getByRole('dialog', { name: 'Runs' });
  await expect
    .poll(() => dialog.getByRole('row', { name: /^learningRate/u }).innerText())
    .toMatch(/^learningRate\s+Program\s+1e-2\s+3e-2$/u);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('what changed is told of runs that were stopped, too', async () => {
  await retype('steps: 2', (line) => line.replace('2', '100000'));
  await runButton().click();
  await expect.poll(phase, { timeout: 60_000 }).toBe('Training');
  await expect.poll(async () => (await stepsOfLanes()).some((steps) => steps >= 1), { timeout: 60_000 }).toBe(true);
  await stop();
  await retype('learningRate: 3e-2', (line) => line.replace('3e-2', '4e-2'));
  await runButton().click();
  await expect.poll(phase, { timeout: 60_000 }).toBe('Training');
  await expect.poll(async () => (await stepsOfLanes()).some((steps) => steps >= 1), { timeout: 60_000 }).toBe(true);
  await stop();
  await page.getByRole('button', { name: 'What changed: lr 3e-2 → 4e-2' }).waitFor();
  await retype('steps: 100000', (line) => line.replace('100000', '2'));
});

test('panes are sized by pointer and keys, results made large, and both are so after a reload', async () => {
  const widthOf = async (selector: string) => Math.round((await page.locator(selector).first().boundingBox())?.width ?? NaN);
  const heightOf = async (selector: string) => Math.round((await page.locator(selector).first().boundingBox())?.height ?? NaN);
  const typeSize = () =>
    page
      .locator('.results-table td')
      .first()
      .evaluate((cell) => Number.parseFloat(getComputedStyle(cell).fontSize));

  const line = (await page.getByRole('separator', { name: 'Width of the editor' }).boundingBox()) ?? {
    x: NaN,
    y: NaN,
    height: NaN,
    width: NaN,
  };
  await page.mouse.move(line.x + line.width / 2, line.y + line.height / 2);
  await page.mouse.down();
  await page.mouse.move(0.3 * windowWidth, 500, { steps: 3 });
  await page.mouse.up();
  await expect.poll(() => widthOf('.editor-pane')).toBeLessThan(0.31 * windowWidth);
  const chart = await heightOf('.chart-canvas');
  await page.getByRole('separator', { name: 'Height of the charts' }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => heightOf('.chart-canvas')).toBe(chart + 32);
  const small = await typeSize();
  await page.getByRole('button', { name: 'Large results' }).click();
  await expect.poll(typeSize).toBeGreaterThan(1.2 * small);
  const sizes = async () => [await widthOf('.editor-pane'), await heightOf('.chart-canvas'), await typeSize()];
  const chosen = await sizes();

  await page.reload();
  await page.waitForFunction(() => window.lockstepPage !== undefined);
  await page.getByRole('combobox', { name: 'Choose a program' }).selectOption('spiral');
  await runButton().click();
  await expect.poll(phase, { timeout: 60_000 }).toBe('Done');
  await expect.poll(sizes).toEqual(chosen);
});
