// The charts as somebody uses them, on a made-up run: panels, axes, keys, table, what is said of values that cannot be drawn, and the file.

import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { parseLanes } from '../../../src/train/lane.ts';
import { Column } from '../../../src/state/column.ts';
import { SceneBuilder } from '../../../src/ui/chart/chart-scene.ts';
import { chartSvg } from '../../../src/ui/chart/chart-svg.ts';
import { mountPage } from '../../support/mount-page.tsx';
import type { MountedPage } from '../../support/mount-page.tsx';

let mounted: MountedPage | null = null;

afterEach(() => {
  mounted?.unmount();
  mounted = null;
});

const steps = 120;

/** A run of two lanes that is over, the second with values that are no numbers from step 40 on. */
async function openCharts(): Promise<MountedPage['state']> {
  mounted = mountPage({ steps, batchMs: 5 });
  const { run } = mounted.state;
  const lanes = parseLanes(['1xfp32', '4xfp16']);
  run.apply({
    type: 'declared',
    declaration: { kind: 'program', title: 't', seed: 1, steps, globalBatch: 10, target: null, lanes, claims: [] },
  });
  lanes.forEach((_, lane) => {
    const step = Array.from({ length: steps }, (_step, at) => at + 1);
    const loss = step.map((at) => (lane === 1 && at >= 40 && at < 52 ? NaN : (lane + 1) / at));
    run.apply({
      type: 'steps',
      lane,
      batch: {
        step,
        loss,
        stepMs: step.map(() => 100),
        metrics: {
          norm: step.map((at) => at - 60),
          wild: step.map((at) => (lane === 0 ? NaN : at % 2 === 0 ? Number.MAX_VALUE : -Number.MAX_VALUE)),
        },
      },
    });
  });
  run.apply({ type: 'phase', phase: 'done' });
  await expect.poll(() => document.querySelectorAll('.chart-canvas .u-over').length).toBe(2); // drawn once
  return mounted.state;
}

const chart = (name: string) => page.getByRole('application', { name: `${name} over` });
const panel = (name: string) => page.getByRole('region', { name, exact: true });

test('shows the loss and a metric at first; panels can be added, moved and removed by keys', async () => {
  const state = await openCharts();
  const names = () => [...document.querySelectorAll('section.chart')].map((section) => section.getAttribute('aria-label'));
  expect(names()).toEqual(['Loss', 'norm']);
  page.getByLabelText('Add a panel').element().closest('summary')?.focus();
  await userEvent.keyboard('{Enter}');
  await page.getByRole('button', { name: 'Samples per second' }).click();
  await expect.poll(names).toEqual(['Loss', 'norm', 'Samples per second']);
  await panel('Samples per second').getByLabelText('More for Samples per second').click();
  await page.getByRole('button', { name: 'Move forward' }).click();
  await expect.poll(names).toEqual(['Loss', 'Samples per second', 'norm']);
  await panel('norm').getByLabelText('More for norm').click();
  await page.getByRole('button', { name: 'Remove this panel' }).click();
  await expect.poll(names).toEqual(['Loss', 'Samples per second']);
  expect(JSON.parse(state.storage.read('chart-panels') ?? '')).toHaveLength(2);
});

test('moves the crosshair of all charts by keys, says what stands there, and zooms', async () => {
  const state = await openCharts();
  chart('Loss').element().focus();
  await userEvent.keyboard('{Home}{ArrowRight}');
  await expect.poll(() => state.charts.crosshair.value).toBe(2);
  await expect.element(panel('Loss').getByRole('status')).toHaveTextContent('step 2: 1xfp32 0.5000, 4xfp16 1.000');
  await expect.poll(() => document.querySelectorAll('.chart-readout:not([hidden])').length).toBe(2);
  await userEvent.keyboard('+');
  await expect.poll(() => state.charts.zoom.value).toEqual({ min: 1.5, max: 61 });
  await page.getByRole('button', { name: 'Show all' }).click();
  expect(state.charts.zoom.value).toBeNull();
});

test('draws over measured time, and says which lanes have no modelled time yet', async () => {
  const state = await openCharts();
  const axis = page.getByLabelText('x axis');
  await axis.selectOptions('time');
  chart('Loss').element().focus();
  await userEvent.keyboard('{End}');
  await expect.poll(() => state.charts.crosshair.value).toBeCloseTo(12, 6); // 120 steps of 100 ms
  await expect.element(panel('Loss').getByRole('status')).toHaveTextContent('12 s of training: 1xfp32 0.008333');
  await axis.selectOptions('modelled');
  await expect.element(panel('Loss').getByText('No modelled time, which a lane has once it is done: 1xfp32, 4xfp16')).toBeVisible();
});

test('counts values that are no numbers, and those without a place on a logarithmic axis', async () => {
  await openCharts();
  await expect.element(panel('Loss').getByText('4xfp16: 12 values not finite from step 40')).toBeVisible();
  await panel('norm').getByLabelText('log').click();
  await expect.element(panel('norm').getByText('1xfp32: 60 values at or below 0 have no place on a logarithmic axis')).toBeVisible();
});

test('draws nothing of a metric that is no number at all, and the largest numbers there are', async () => {
  await openCharts();
  await page.getByLabelText('Metric', { exact: true }).selectOptions('wild');
  await expect.element(panel('wild').getByText('1xfp32: 120 values not finite from step 1')).toBeVisible();
  chart('wild').element().focus();
  await userEvent.keyboard('{Home}');
  await expect.element(panel('wild').getByRole('status')).toHaveTextContent('step 1: 1xfp32 –, 4xfp16 -1.8e308');
});

test('is a table on request, fifty rows a page', async () => {
  const state = await openCharts();
  state.charts.setSmoothing(0.5);
  await panel('Loss').getByLabelText('table').click();
  const table = panel('Loss').getByRole('table', { name: 'Loss' });
  const rows = () =>
    [...table.element().querySelectorAll('tbody tr')].map((row) => [...row.children].map(({ textContent }) => textContent));
  await expect.element(table).toBeVisible();
  const headings = [...table.element().querySelectorAll('thead th')].map(({ textContent }) => textContent);
  expect(headings).toEqual(['Step', '1xfp32', '1xfp32, smoothed 0.5', '4xfp16', '4xfp16, smoothed 0.5']);
  // (0.5 · 1 + 1 · 0.5) ÷ 1.5: weights 1/2 and 1.
  expect(rows().slice(0, 2)).toEqual([
    ['1', '1.000', '1.000', '2.000', '2.000'],
    ['2', '0.5000', '0.6667', '1.000', '1.333'],
  ]);
  expect(rows()[40]).toEqual(['41', '0.02439', expect.any(String), '–', '–']);
  await panel('Loss').getByLabelText('Last page').click();
  await expect.element(panel('Loss').getByText('Rows 101–120 of 120')).toBeVisible();
});

test('as an SVG is well-formed whatever a program calls its lanes and metrics', () => {
  const column = (values: readonly number[]): Column => {
    const made = new Column();
    for (const value of values) made.push(value);
    return made;
  };
  const label = `<script>alert("1")</script> & ' \u0000 ]]> 4xfp32`;
  const curve = {
    label,
    kind: 'lane' as const,
    lanes: [0],
    styleIndex: 0,
    overlayIndex: 0,
    repeatCount: 1,
    seedCount: 1,
    step: column([1, 2, 3, 4]),
    x: column([1, 2, 3, 4]),
    raw: column([1, NaN, 3, 2]),
    smoothed: column([1, NaN, 2, 2]),
    band: { low: column([0, NaN, 1, 1]), high: column([2, NaN, 4, 3]) },
    nonFiniteRows: () => column([1]),
    skippedRows: null,
    update: () => undefined,
  };
  const scene = new SceneBuilder().build([curve], { min: 1, max: 4 }, 900, false);
  const words = { title: label, xLabel: label, formatX: String, formatY: () => label, logBase: 10 as const, notes: [label] };
  const svg = chartSvg(scene, words, { theme: 'light', paper: '#fff', ink: '#000', hairline: '#ccc' });
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
  expect(parsed.querySelector('parsererror')).toBeNull();
  expect(parsed.querySelector('script')).toBeNull();
  expect(parsed.querySelector('title')?.textContent).toBe(label.replace('\u0000', '\uFFFD'));
  expect([...parsed.querySelectorAll('g path')].length).toBe(3); // band, raw, smoothed
});
