// The timeline as somebody uses it, on made-up spans: what its table says, what keys do to the picture, pinning a step, looking at one.

import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
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

const table = () =>
  [...document.querySelectorAll('.timeline-table tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent?.trim()));

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
