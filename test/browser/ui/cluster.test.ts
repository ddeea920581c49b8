// The cluster panel as somebody uses it: before any run, after one, and with choices that stay.

import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { mountPage } from '../../support/mount-page.tsx';
import type { MountedPage } from '../../support/mount-page.tsx';

let mounted: MountedPage | null = null;

afterEach(() => {
  mounted?.unmount();
  mounted = null;
});

const field = (label: string) => page.getByLabelText(label, { exact: true });
const verdict = () => expect.element(page.getByRole('status').filter({ hasText: 'modelled' }));

test('before a run a published model is assumed; after one the lane’s own numbers are measured, and what follows is modelled', async () => {
  mounted = mountPage({ steps: 30, batchMs: 20 });
  await page.getByRole('button', { name: 'Look at it' }).click();
  await expect.element(field('Train')).toHaveValue('resnet50');
  await verdict().toBeVisible();
  expect(document.querySelector('.cluster .origin.is-measured')).toBeNull();

  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await expect.poll(() => mounted?.state.run.phase.value).toBe('done');
  await expect.element(field('Train')).toHaveValue('lane:4xfp16');
  // The fake lane: a median step of 30 ms over 4 ranks, 752 kB sent a step, which is 1.5 times its gradients.
  const given = page.elementLocator(document.querySelector('.cluster-given') ?? document.body);
  await expect.element(given).toHaveTextContent(/^measured 7\.50 ms .*measured 501 kB .*assumed α 50\.0 µs/);
});

test('a slower network makes fewer ranks worth it, and a row of the table is looked at closely', async () => {
  mounted = mountPage({ steps: 30, batchMs: 20 });
  mounted.state.chosenTab.value = 'cluster';
  await field('All-reduce').selectOptions('tree'); // a ring's hops alone would take longer among a few hundred
  await field('Network').selectOptions('NVLink');
  await verdict().toHaveTextContent('Communication never takes longer than computing');
  await field('Network').selectOptions('4G');
  await verdict().toHaveTextContent('From 2 ranks on, communication takes longer than computing. No number of ranks is faster than one.');
  await page.getByRole('button', { name: '512', exact: true }).click();
  await expect.element(page.getByText('One all-reduce of 102 MB among 512 ranks')).toBeVisible();
  await field('Network').selectOptions('own numbers');
  await field('β, Gbit/s').fill('nonsense');
  await expect.element(field('β, Gbit/s')).toHaveAttribute('aria-invalid', 'true');
});
