// Plan: the panels over one real run on the real page. Every x axis, the shared crosshair, zoom, log y, smoothing, repeats, the table and the
// three files say what the run's results say; what a program shows arrives as what it is.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import type { LaneResult } from '../../src/runner/results.ts';
import { quickAdapter } from '../support/chromium.ts';
import { downloadBy } from '../support/downloads.ts';
import { openBuiltPage } from '../support/open-page.ts';
import type { OpenPage } from '../support/open-page.ts';
import { runProgram } from '../support/run-program.ts';
import { distanceFromLine, lineThrough, pathsOfCurve, pointsOfPath } from '../support/svg-paths.ts';

const steps = 12;
const globalBatch = 60; // half of the 120 samples: an epoch is two steps
const source = `import * as tf from '@tensorflow/tfjs';
import { datasets, experiment } from 'lockstep';
export default experiment({
  title: 'Iris',
  data: () => datasets.iris(),
  model: () => tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4] })] }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  globalBatch: ${globalBatch},
  steps: ${steps},
  evalEvery: 6,
  metrics: ['accuracy'],
  lanes: ['1xfp32', '2xfp32', '1xfp32+repeat=3+label=seeds'],
});
`;

let open: OpenPage;
let page: Page;
let lanes: readonly LaneResult[];

beforeAll(async () => {
  open = await openBuiltPage(quickAdapter(), {
    query: '?backend=cpu',
    context: { viewport: { width: 1440, height: 1000 }, colorScheme: 'light' },
  });
  ({ page } = open);
  const { results } = await runProgram(page, source);
  lanes = results?.lanes ?? [];
  expect(lanes.map(({ state }) => state)).toEqual(Array(5).fill('done'));
});

afterAll(async () => {
  expect(open.complaints).toEqual([]);
  await open.close();
});

// A test that failed leaves the next one an axis to look at.
afterEach(async () => {
  await axis().selectOption('step');
});

const panel = (name: string) => page.getByRole('region', { name, exact: true });
const canvas = (name: string) => panel(name).getByRole('application');
const axis = () => page.getByLabel('x axis');
const lossesOf = (lane: LaneResult | undefined): readonly number[] => (lane?.series ?? []).map(({ loss }) => loss ?? NaN);

/** What the loss chart says of the crosshair at the end of the first curve. */
async function atEnd(): Promise<string> {
  await canvas('Loss').focus();
  await page.keyboard.press('End');
  return panel('Loss').getByRole('status').innerText();
}

/** The number that a text begins with or holds after a word, units of seconds and bytes applied. */
function quantityIn(text: string): number {
  const [, digits = '', unit = ''] = /([\d,.]+) ?(ms|s|B|kB|MB)?\b/u.exec(text) ?? [];
  const factors: Readonly<Record<string, number>> = { ms: 1e-3, kB: 1e3, MB: 1e6 };
  return Number(digits.replaceAll(',', '')) * (factors[unit] ?? 1);
}

/** Three significant digits. */
const written = (value: number): number => Number(value.toPrecision(3));

test('every x axis ends where the results say', async () => {
  const [one, two] = lanes;
  const trainSeconds = (one?.series ?? []).reduce((sum, { stepMs }) => sum + stepMs, 0) / 1000;
  const ends: readonly (readonly [axis: string, words: RegExp, end: number])[] = [
    ['step', /^step 12: 1xfp32 /u, steps],
    ['samples', /^720 samples: 1xfp32 /u, steps * globalBatch],
    ['epochs', /^epoch 6\.00: 1xfp32 /u, 6],
    ['time', /^[\d.]+ m?s of training: 1xfp32 /u, written(trainSeconds)],
    ['modelled', /^[\d.]+ m?s, modelled: 1xfp32 /u, written((steps * (one?.medianStepMs ?? NaN)) / 1000)],
    ['bytes', /^[\d.]+ k?B sent: 2xfp32 /u, written(two?.series.at(-1)?.['bytesSent'] ?? NaN)],
  ];
  for (const [name, words, end] of ends) {
    await axis().selectOption(name);
    await expect.poll(atEnd).toMatch(words);
    expect(quantityIn(await atEnd()), name).toBeCloseTo(end, 9);
  }
  await panel('Loss').getByText('Sends nothing: 1xfp32, seeds').waitFor();
});

test('one crosshair stands in all panels, and goes with the pointer', async () => {
  const headings = () => page.locator('.chart-readout:visible .chart-readout-step').allInnerTexts();
  const over = panel('Loss').locator('.u-over');
  const { width = NaN, height = NaN } = (await over.boundingBox()) ?? {};
  await over.hover({ position: { x: (5 / 11) * width, y: height / 2 } }); // from step 1 to step 12
  await expect.poll(headings).toEqual(['step 6', 'step 6']);
  await over.hover({ position: { x: (7 / 11) * width, y: height / 2 } });
  await expect.poll(headings).toEqual(['step 8', 'step 8']);
  await page.getByRole('heading', { name: 'Lockstep' }).hover();
  await expect.poll(headings).toEqual([]);
});

test('a drag zooms every panel, and a double-click shows all again', async () => {
  const over = panel('Loss').locator('.u-over');
  const box = (await over.boundingBox()) ?? { x: NaN, y: NaN, width: NaN, height: NaN };
  const at = (step: number) => [box.x + ((step - 1) / (steps - 1)) * box.width, box.y + box.height / 2] as const;
  await page.mouse.move(...at(2.6));
  await page.mouse.down();
  await page.mouse.move(...at(5));
  await page.mouse.move(...at(8.4));
  await page.mouse.up();
  await page.getByRole('button', { name: 'Show all' }).waitFor();
  await expect.poll(atEnd).toMatch(/^step 8: /u);
  await canvas('Test accuracy').focus();
  await page.keyboard.press('End');
  await expect.poll(() => panel('Test accuracy').getByRole('status').innerText()).toMatch(/^step 6: /u); // evaluated at 6 and 12
  await over.dblclick();
  await expect.poll(() => page.getByRole('button', { name: 'Show all' }).count()).toBe(0);
  await expect.poll(atEnd).toMatch(/^step 12: /u);
});

/** A file of a panel by its menu. */
async function saved(name: string, kind: 'PNG' | 'SVG' | 'CSV') {
  await panel(name).getByLabel(`More for ${name}`).click();
  return downloadBy(page, () => panel(name).getByRole('button', { name: kind, exact: true }).click());
}

const ysOf = (path: string | undefined): readonly number[] => pointsOfPath(path ?? '').map(([, y]) => y);
/** Of a path: its coordinates have one digit after the point, and so have the two that the line goes through. */
const roundingPx = 0.2;

test('the picture has every point where its value belongs, on a linear axis and on a logarithmic one', async () => {
  const losses = lossesOf(lanes[0]);
  const logarithms = losses.map(Math.log);
  const draw = async () => ysOf(pathsOfCurve((await saved('Loss', 'SVG')).bytes.toString(), '1xfp32')[0]);
  const linear = await draw();
  expect(linear).toHaveLength(steps);
  expect(distanceFromLine(losses, linear)).toBeLessThan(roundingPx);
  expect(distanceFromLine(logarithms, linear)).toBeGreaterThan(10 * roundingPx); // the two can be told apart
  await panel('Loss').getByLabel('log').check();
  const logarithmic = await draw();
  expect(distanceFromLine(logarithms, logarithmic)).toBeLessThan(roundingPx);
  expect(distanceFromLine(losses, logarithmic)).toBeGreaterThan(10 * roundingPx);
  await panel('Loss').getByLabel('log').uncheck();
});

test('smoothing averages as its formula says, and the raw points stay', async () => {
  const losses = lossesOf(lanes[0]);
  const beta = 0.75;
  await page.getByRole('slider', { name: 'Smoothing' }).fill(String(beta));
  const [raw, smoothed, ...others] = pathsOfCurve((await saved('Loss', 'SVG')).bytes.toString(), '1xfp32').map(ysOf);
  expect(others).toEqual([]);
  expect(distanceFromLine(losses, raw ?? [])).toBeLessThan(roundingPx);
  const place = lineThrough(losses, raw ?? []);
  // The weights βⁿ, divided by their sum.
  const averages = losses.map((_, last) => {
    const weights = losses.slice(0, last + 1).map((_value, at) => beta ** (last - at));
    return weights.reduce((sum, weight, at) => sum + weight * (losses[at] ?? NaN), 0) / weights.reduce((sum, weight) => sum + weight, 0);
  });
  for (const [at, y] of (smoothed ?? []).entries()) expect(Math.abs(y - place(averages[at] ?? NaN))).toBeLessThan(roundingPx);
  expect(smoothed).toHaveLength(steps);
  await page.getByRole('slider', { name: 'Smoothing' }).fill('0');
});

test('the table and the CSV file hold the very numbers, and of repeats the mean and its band', async () => {
  const { name, bytes } = await saved('Loss', 'CSV');
  expect(name).toBe('Loss.csv');
  const [heading, ...rows] = bytes
    .toString()
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  expect(heading).toEqual(['lane', 'Step', 'Loss', 'min', 'max']);
  const numbersOf = (curve: string) => rows.filter(([label]) => label === curve).map((cells) => cells.slice(2).filter(Boolean).map(Number));
  for (const lane of lanes.slice(0, 2)) expect(numbersOf(lane.label)).toEqual(lossesOf(lane).map((loss) => [loss]));
  const seeds = lanes.slice(2).map(lossesOf);
  const bands = numbersOf('seeds');
  expect(bands).toHaveLength(steps);
  for (const [at, [mean, low, high]] of bands.entries()) {
    const values = seeds.map((losses) => losses[at] ?? NaN);
    expect([low, high]).toEqual([Math.min(...values), Math.max(...values)]);
    expect(mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 3, 12);
  }
  await panel('Loss').getByText('seeds: 3 seeds: mean, min–max').waitFor();
  const [band = '', line = ''] = pathsOfCurve((await saved('Loss', 'SVG')).bytes.toString(), 'seeds');
  expect([pointsOfPath(band).length, pointsOfPath(line).length]).toEqual([2 * steps, steps]);

  await panel('Loss').getByRole('checkbox', { name: 'table' }).check();
  const cells = await panel('Loss').locator('tbody tr').first().locator('td').allInnerTexts();
  const firstStep = rows.filter(([, step]) => step === '1').flatMap((row) => row.slice(2).filter(Boolean).map(Number));
  expect(cells).toEqual(firstStep.map((value) => value.toPrecision(4)));
  await panel('Loss').getByRole('checkbox', { name: 'table' }).uncheck();
});

test('the PNG file is the picture, in the colours of its lanes', async () => {
  const { name, bytes } = await saved('Test accuracy', 'PNG');
  expect(name).toBe('Test-accuracy.png');
  const found = await page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image;
    const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
    context?.drawImage(image, 0, 0);
    const counts: Record<string, number> = {};
    const { data } = context?.getImageData(0, 0, width, height) ?? { data: [] };
    for (let at = 0; at < data.length; at += 4) {
      const colour = [0, 1, 2].map((channel) => (data[at + channel] ?? 0).toString(16).padStart(2, '0')).join('');
      counts[colour] = (counts[colour] ?? 0) + 1;
    }
    return { width, height, lanes: ['0072b2', 'd55e00', '009e73'].map((colour) => (counts[colour] ?? 0) > 50) };
  }, bytes.toString('base64'));
  expect(found).toEqual({ width: 1920, height: 1080, lanes: [true, true, true] });
});

test('a press on the legend lets a lane stand out, another one lets go of it', async () => {
  const lane = page.getByRole('list', { name: 'Lanes', exact: true }).getByRole('button', { name: '2xfp32', exact: true });
  const picture = () =>
    canvas('Loss')
      .locator('canvas')
      .evaluate((element) => (element as HTMLCanvasElement).toDataURL()); // it is one
  const back = () => page.locator('.results-table tbody tr.is-back th').allInnerTexts();
  await page.getByRole('heading', { name: 'Lockstep' }).hover();
  const before = await picture();
  await lane.click();
  await page.getByRole('heading', { name: 'Lockstep' }).hover(); // not only pointed at
  await expect.poll(() => lane.getAttribute('aria-pressed')).toBe('true');
  await expect.poll(async () => (await back()).map((text) => text.trim().split(/\s/u)[0])).toEqual(['1xfp32']); // chips follow
  await expect.poll(picture).not.toBe(before);
  await lane.click();
  await page.getByRole('heading', { name: 'Lockstep' }).hover();
  await expect.poll(picture).toBe(before);
});

test('panels of every kind can be added, and say what they cannot show here', async () => {
  const notes: readonly (readonly [name: string, note: string])[] = [
    ['Samples per second', ''],
    ['Step time, ms', ''],
    ['GPU memory', 'Memory is counted on WebGPU only'],
    ['Loss scale', 'Loss not scaled: 1xfp32, 2xfp32'],
    ['Gradient norm', 'Gradients stay on the GPU, unless the program logs gradientNorm: 1xfp32, seeds'],
  ];
  for (const [name, note] of notes) {
    await page.getByLabel('Add a panel').click();
    await page.getByRole('group', { name: 'What all charts share' }).getByRole('button', { name, exact: true }).click();
    if (note === '') await canvas(name).waitFor();
    else await panel(name).getByText(note).first().waitFor();
  }
  const rows = (await saved('Step time, ms', 'CSV')).bytes.toString().split('\r\n');
  expect(rows.filter((row) => row.startsWith('1xfp32,')).map((row) => Number(row.split(',')[2]))).toEqual(
    lanes[0]?.series.map(({ stepMs }) => stepMs),
  );
  for (const [name] of notes) {
    await panel(name).getByLabel(`More for ${name}`).click();
    await panel(name).getByRole('button', { name: 'Remove this panel' }).click();
  }
});

const views = `import { program } from 'lockstep';
export default program({ title: 'Views', lanes: ['1xfp32'] }, async (ctx) => {
  await ctx.step(() => ctx.log({ loss: 1 }));
  ctx.show.text('<b>not bold</b>', 'a text');
  ctx.show.metric(0.5, 'a metric', 'm/s');
  ctx.show.table(Array.from({ length: 250 }, (_, row) => ({ row, name: '<i>' + row + '</i>' })), 'a table');
  ctx.show.tree({ label: 'root', children: [{ label: 'branch', children: [{ label: 'leaf' }] }] }, 'a tree');
  ctx.show.bars({ one: 1, minus: -2 }, 'bars');
  ctx.show.line([0, 1, 2], { up: [1, 2, 4] }, 'a line');
  ctx.show.heatmap([[3, 1], [0, 4]], 'a heat-map');
  ctx.show.confusion([[8, 2], [1, 9]], ['cat', 'dog'], 'a confusion');
  ctx.show.image([[0, 0.2], [0.6, 1]], 'an image');
  ctx.show.images([[[0]], [[1]]], ['black', 'white'], 'images');
});
`;

test('what a program shows arrives as what it is: words, numbers and pixels, never HTML', async () => {
  const { failures } = await runProgram(page, views);
  expect(failures).toEqual([]);
  await page.locator('#tab-views').click();
  const view = (title: string) => page.locator('figure.view').filter({ has: page.locator('figcaption', { hasText: title }) });
  const grey = (title: string) =>
    view(title)
      .locator('canvas')
      .evaluateAll((all) =>
        all.map((element) => {
          const drawn = element as HTMLCanvasElement; // it is one
          const { data } = drawn.getContext('2d')?.getImageData(0, 0, drawn.width, drawn.height) ?? { data: [] };
          return [...data].filter((_, at) => at % 4 === 0);
        }),
      );
  expect(await view('a text').locator('pre').innerText()).toBe('<b>not bold</b>');
  expect(await view('a metric').locator('.metric').innerText()).toBe('0.5000 m/s');
  expect(await view('a tree').locator('details[open]').allInnerTexts()).toEqual(['root\nbranch\nleaf', 'branch\nleaf']);
  expect(await view('bars').locator('tr').allInnerTexts()).toEqual([
    expect.stringMatching(/^one\s+1$/u),
    expect.stringMatching(/^minus\s+-2$/u),
  ]);
  expect(await view('a line').getByRole('img').getAttribute('aria-label')).toContain('x from 0.000 to 2.000, y from 1.000 to 4.000');
  expect(await view('a heat-map').locator('.view-range').innerText()).toBe('0.000 … 4.000');
  expect(await view('a confusion').locator('td').allInnerTexts()).toEqual(['8', '2', '1', '9']);
  await view('a confusion').getByText('On the diagonal: 85.00% of 20').waitFor();
  expect(await grey('an image')).toEqual([[0, 51, 153, 255]]);
  expect(await grey('images')).toEqual([[0], [255]]);

  const table = view('a table');
  expect(await table.locator('tbody tr').last().locator('td').allInnerTexts()).toEqual(['99', '<i>99</i>']);
  await table.getByRole('button', { name: 'Next rows' }).click();
  await table.getByRole('button', { name: 'Next rows' }).click();
  await table.getByText('201–250 of 250').waitFor();
  expect(await table.locator('tbody tr').last().locator('td').allInnerTexts()).toEqual(['249', '<i>249</i>']);
});
