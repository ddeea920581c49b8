// The verdict under the table, as somebody meets it: after a run, with the checklist opened, and a lane run again.

import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { mountPage } from '../../support/mount-page.tsx';
import type { MountedPage } from '../../support/mount-page.tsx';

let mounted: MountedPage | null = null;

afterEach(() => {
  mounted?.unmount();
  mounted = null;
});

test('after a run there is a sentence per lane and a checklist, and a lane that is run again leaves the run as it is', async () => {
  mounted = mountPage({ steps: 30, batchMs: 5 });
  const { state } = mounted;
  expect(document.querySelector('.verdict')).toBeNull();
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect.element(verdict).toBeVisible();
  await expect.element(verdict.getByText('is what the others are compared with.', { exact: false })).toBeVisible();
  // The fake runner's weights all have the same hash; its fp16 lane holds less on each of its ranks.
  await expect
    .element(verdict.getByText('has the same weights as 1xfp32, to the last bit; needed 0.68 × the memory', { exact: false }))
    .toBeVisible();

  await verdict.getByText('Fair as far as is known: 12 of 13, 1 not known').click();
  await expect.element(verdict.getByText('Each lane is timed inside its own turns only.')).toBeVisible();
  await expect.element(verdict.getByText('4xfp16: too few steps to tell.', { exact: false })).toBeVisible();

  const results = state.run.results.value;
  await verdict.getByRole('button', { name: 'Verify 1xfp32' }).click();
  await expect.element(verdict.getByText('Run again: bit-identical', { exact: false })).toBeVisible();
  expect(state.run.results.value).toBe(results);
  expect(state.run.lanes.value.map((lane) => lane.series.steps.length)).toEqual([30, 30]);
});
