// The timeline as somebody uses it, on made-up spans: what its table says, what keys do to the picture, pinning a step, looking at one.

import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { fakeSpans } from '../../support/fake-spans.ts';
import { mountPage } from '../../support/mount-page.tsx';
import type { MountedPage } from '../../support/mount-page.tsx';

let mounted: MountedPage | null = null;

afterEach(() => {
  mounted?.unmount();
  mounted = null;
});

/** A run of two lanes that is over, with its timeline open. */
async function openTimeline(): Promise<HTMLCanvasElement> {
  mounted = mountPage({ steps: 30, batchMs: 5 });
  const { state } = mounted;
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await expect.poll(() => state.run.phase.value).toBe('done');
  await page.getByRole('tab', { name: 'Timeline' }).click();
  const canvas = page.getByRole('application', { name: /^Timeline of/ }); // charts are applications, too
  await expect.element(canvas).toHaveAccessibleName('Timeline of 4xfp16, step 28. The numbers are in the tables below.');
  return canvas.element() as HTMLCanvasElement; // the role is the canvas's
}

const rowsOf = (selector: string) =>
  [...document.querySelectorAll(`${selector} tbody tr`)].map((row) => [...row.children].map((cell) => cell.textContent?.trim()));
const table = () => rowsOf('.timeline-table:not(.gpu-kernels)');

test('shows the newest steps of the widest lane, its medians, and what cannot be hidden', async () => {
  await openTimeline();
  // Made up in fake-spans.ts: 20 ms a step, of which the ranks compute 7 to 10, and the last to come reduces for 1 ms without waiting.
  expect(table().find(([name]) => name === 'Step')).toEqual(['Step', '20.0', '100.00%', '20.0', '20.0']);
  expect(
    table()
      .find(([name]) => name === 'Reduce')
      ?.slice(3),
  ).toEqual(['1.00', '4.00']);
  await expect.element(page.getByText('all gradients travel in one bucket')).toHaveTextContent('Its 3.00 ms cannot be hidden');
});

test('zooms, moves and comes back by keys', async () => {
  const canvas = await openTimeline();
  const pictures = new Set<string>();
  const changesPicture = async (keys: string): Promise<void> => {
    pictures.add(canvas.toDataURL());
    await userEvent.keyboard(keys);
    await expect.poll(() => pictures.has(canvas.toDataURL())).toBe(false);
  };
  const first = canvas.toDataURL();
  canvas.focus();
  await changesPicture('+');
  await changesPicture('{ArrowRight}');
  await changesPicture('-');
  await userEvent.keyboard('0');
  await expect.poll(() => canvas.toDataURL()).toBe(first);
});

test('keeps a pinned step above the lane, and lets it go again', async () => {
  const canvas = await openTimeline();
  const height = canvas.clientHeight;
  canvas.focus();
  await userEvent.keyboard('p');
  const pinned = page.getByRole('button', { name: '4xfp16, step 28', exact: true });
  await expect.element(pinned).toBeInTheDocument();
  await expect.poll(() => canvas.clientHeight).toBeGreaterThan(height * 1.5);
  await pinned.click();
  await expect.poll(() => canvas.clientHeight).toBe(height);
});

test('looks at the step somebody clicks, rank by rank in numbers', async () => {
  const canvas = await openTimeline();
  await userEvent.click(canvas, { position: { x: canvas.clientWidth - 60, y: 40 } });
  await expect.element(page.getByText('Step 30 in numbers')).toBeInTheDocument();
  const ranks = [...document.querySelectorAll('.timeline-step tbody th')].map(({ textContent }) => textContent);
  expect(ranks).toEqual(['rank 0', 'rank 1', 'rank 2', 'rank 3']);
});

test('speaks of one rank alone without words on communication', async () => {
  await openTimeline();
  await page.getByLabelText('Lane', { exact: true }).selectOptions('1xfp32');
  await expect.poll(() => table().map(([name]) => name)).toEqual(['Step', 'Data', 'Forward + backward', 'Optimizer', 'rank 0']);
  expect(document.querySelector('.timeline-share')).toBeNull();
  expect(document.querySelector('.timeline-overlap')).toBeNull();
});

test('tells where the device spends a step, and has more steps timed while the run lasts', async () => {
  mounted = mountPage({ steps: 100_000, batchMs: 5 });
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await page.getByRole('tab', { name: 'Timeline' }).click();
  mounted.state.timeline.chosenLane.value = 0; // the other one's turn comes later
  const sum = page.getByText('by the device’s own time stamps');
  // Made up in fake-gpu-times.ts: 8 ms, of which 7.5 in phases.
  await expect.element(sum).toHaveTextContent('8.00 ms in a step of rank 0');
  await expect.element(sum).toHaveTextContent('Timed steps: 1, the last of them step 8; kernels in each: 24.');
  const shares = [...document.querySelectorAll('.gpu-times .timeline-legend li')].map(({ textContent }) => textContent?.trim());
  expect(shares).toContain('Backward 4.00 ms · 50.00%');
  expect(shares).toContain('Between kernels 0.500 ms · 6.25%');
  expect(shares).toContain('Input < 0.0625 ms · 0.00%');
  expect(rowsOf('.gpu-kernels')[2]).toEqual(['FAKE optim adam 784×256', 'Optimizer', '6', '0.500', '6.25%']);
  await expect.element(page.getByText('This browser rounds time stamps to 0.0625 ms')).toBeInTheDocument();
  await page.getByRole('button', { name: 'Time 20 steps' }).click();
  await expect.element(sum).toHaveTextContent('Timed steps: 21');
  await page.getByRole('button', { name: 'Stop', exact: true }).first().click();
  await expect.element(page.getByRole('button', { name: 'Time 20 steps' })).toBeDisabled();
});

test('counts the steps that its medians are over while they come', async () => {
  mounted = mountPage({ steps: 100_000, batchMs: 20 });
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await page.getByRole('tab', { name: 'Timeline' }).click();
  mounted.state.timeline.chosenLane.value = 0; // the other one's turn comes later
  const caption = page.getByText(/medians of \d+ steps/u);
  await expect.element(caption).toBeInTheDocument();
  const before = caption.element().textContent;
  await expect.poll(() => caption.element().textContent).not.toBe(before);
});

test('says in a sentence that the device has no time stamps', async () => {
  await openTimeline();
  const { state } = mounted!;
  const declaration = state.run.declaration.value!;
  state.timeline.apply({ type: 'declared', declaration }); // lanes anew, nothing timed
  state.timeline.apply({ type: 'spans', lane: 1, batch: fakeSpans(0, 1, 1, 10) });
  await expect.element(page.getByText('No step was timed yet')).toBeInTheDocument();
  const device = state.device.value;
  if (device.kind !== 'ready') throw new Error('expected a device');
  state.device.value = { ...device, report: { ...device.report, features: [] } };
  await expect.element(page.getByText('it has no time stamps (WebGPU’s timestamp-query)')).toBeInTheDocument();
  expect(document.querySelector('.gpu-times button')).toBeNull();
});
