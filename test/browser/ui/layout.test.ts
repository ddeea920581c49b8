// The order of lanes, lanes put aside, and the page's separators, as somebody works them by keys and pointer.

import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { mountPage } from '../../support/mount-page.tsx';
import type { MountedPage } from '../../support/mount-page.tsx';

let mounted: MountedPage | null = null;

function open(): MountedPage {
  mounted = mountPage({ steps: 30, batchMs: 20 });
  return mounted;
}

afterEach(async () => {
  mounted?.unmount();
  mounted = null;
  await page.viewport(414, 896);
});

const button = (name: string) => page.getByRole('button', { name, exact: true }).first();

test('a lane is copied, moved by keys that stay on it, taken out and put back', async () => {
  const { state } = open();
  await button('Edit lanes').click();
  const text = page.getByLabelText('As text');
  await button('Copy lane 1xfp32').click();
  await expect.element(text).toHaveValue('1xfp32, 1xfp32, 4xfp16');
  await button('Move lane 4xfp16 up').click();
  await expect.element(button('Move lane 4xfp16 up')).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await expect.element(text).toHaveValue('4xfp16, 1xfp32, 1xfp32');
  await expect.element(button('Move lane 4xfp16 up')).toHaveAttribute('aria-disabled', 'true');
  await button('Remove lane 4xfp16').click();
  await expect.element(text).toHaveValue('1xfp32, 1xfp32');
  await button('Put 4xfp16 back').click();
  await expect.element(text).toHaveValue('4xfp16, 1xfp32, 1xfp32');
  await button('Restore the program’s lanes').click();
  expect(state.laneList.override.value).toBeNull();
});

test('a lane is dragged by its swatch to another place, and beyond the list to its end', async () => {
  const { state } = open();
  await button('Edit lanes').click();
  state.laneList.type('1xfp32, 1xfp16, 4xfp16');
  await expect.poll(() => document.querySelectorAll('.lane-grip').length).toBe(3);
  const grip = (at: number) => page.elementLocator(document.querySelectorAll('.lane-grip')[at] ?? document.body);
  await userEvent.dragAndDrop(grip(2), grip(0));
  expect(state.laneList.text.value).toBe('4xfp16, 1xfp32, 1xfp16');
  await userEvent.dragAndDrop(grip(0), button('Restore the program’s lanes'));
  expect(state.laneList.text.value).toBe('1xfp32, 1xfp16, 4xfp16');
  expect(document.querySelector('.is-dragged')).toBeNull();
});

test('a hidden lane is dimmed in strip and table and out of the charts, and the last one stays', async () => {
  const { state } = open();
  await button('Run').click();
  await expect.poll(() => state.run.phase.value).toBe('done');
  const dimmed = (): readonly number[] =>
    ['.lane-tile', '.results-table tbody tr'].map((places) => document.querySelectorAll(`${places}.is-hidden`).length);
  await button('Hide lane 4xfp16 in the charts').click();
  await expect.poll(dimmed).toEqual([1, 1]);
  expect([...state.hiddenLanes.value]).toEqual([1]);
  await button('Hide lane 1xfp32 in the charts').click();
  await expect.element(page.getByRole('status').filter({ hasText: 'One lane stays in sight.' })).toBeVisible();
  await button('Show lane 4xfp16 in the charts again').click();
  await expect.poll(dimmed).toEqual([0, 0]);
});

test('separators move with the arrow keys and the pointer, say where they are, and go back on a double-click', async () => {
  await page.viewport(1280, 900); // on a phone the page scrolls, and nothing is divided
  const { state } = open();
  await button('Run').click();
  await expect.poll(() => state.run.phase.value).toBe('done');
  const charts = page.getByRole('separator', { name: 'Height of the charts' });
  const chart = (): number => document.querySelector('.chart-canvas')?.clientHeight ?? 0;
  await expect.poll(chart).toBeGreaterThan(0);
  const before = chart();
  charts.element().focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}');
  await expect.poll(chart).toBe(before + 32);
  await expect.element(charts).toHaveAttribute('aria-valuenow', String(before + 32));
  await userEvent.dblClick(charts);
  await expect.poll(chart).toBe(before);

  const tabs = page.getByRole('separator', { name: 'Height of the output' });
  tabs.element().focus();
  await userEvent.keyboard('{End}');
  await expect.poll(() => document.querySelector('.tabs')?.clientHeight).toBe(1200);
  await userEvent.keyboard('{Enter}');
  expect(state.panes.chosen['tabs-height'].value).toBeNull();

  const editor = page.getByRole('separator', { name: 'Width of the editor' });
  editor.element().focus();
  await userEvent.keyboard('{Home}');
  await expect.element(editor).toHaveAttribute('aria-valuenow', '20');
  expect(state.storage.read('editor-share')).toBe('20');
});

test('what a flood has cost is counted up in the console, and forgotten when it is cleared', async () => {
  const { state } = open();
  await button('Run').click();
  await expect.poll(() => state.run.phase.value).toBe('done');
  state.console.lose({ lineCount: 12_000, viewCount: 0 });
  await expect.element(page.getByText('12,000 lines dropped', { exact: false })).toBeVisible();
  state.console.lose({ lineCount: 345, viewCount: 2 });
  await expect.element(page.getByText('12,345 lines dropped', { exact: false })).toHaveTextContent('2 views dropped');
  await button('Clear').click();
  await expect.element(page.getByText('lines dropped', { exact: false })).not.toBeInTheDocument();
});
