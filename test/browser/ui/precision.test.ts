// The precision panel as somebody uses it, on made-up counts: which lane it begins with, what its table says, another step, and what overflowed.

import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { fakeNumberLines } from '../../support/fake-number-lines.ts';
import { mountPage } from '../../support/mount-page.tsx';
import type { MountedPage } from '../../support/mount-page.tsx';

let mounted: MountedPage | null = null;

afterEach(() => {
  mounted?.unmount();
  mounted = null;
});

/** A run of 1xfp32 and 4xfp16 that is over, with the panel open. */
async function openPanel(): Promise<MountedPage> {
  mounted = mountPage({ steps: 30, batchMs: 5 });
  const { state } = mounted;
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await expect.poll(() => state.run.phase.value).toBe('done');
  await page.getByRole('tab', { name: 'Precision' }).click();
  await expect.element(page.getByText('4xfp16, step 5, loss scale 65,536.')).toBeVisible();
  return mounted;
}

const rowsOf = (selector: string) =>
  [...document.querySelectorAll(`${selector} tbody tr`)].map((row) => [...row.children].map((cell) => cell.textContent?.trim()));

test('shows the fp16 lane first: every tensor, what is lost with the scale and would be without', async () => {
  await openPanel();
  const rows = rowsOf('.precision-table');
  expect(rows.map(([name]) => name)).toEqual(
    ['fake_conv', 'fake_dense'].flatMap((layer) => [
      layer,
      'activations [32, 10]',
      'their gradient [32, 10]',
      'weight kernel [784, 10]',
      'gradient of kernel [784, 10]',
    ]),
  );
  // Made up in fake-number-lines.ts: around 2^-24, of which the scale of 2^16 makes 2^-8.
  const [, , signal] = rows;
  expect(signal?.[3]).toBe('0');
  expect(Number.parseFloat(signal?.[4] ?? '')).toBeGreaterThan(20);
  expect(rows[1]?.[4]).toBe('–');
  expect(document.querySelectorAll('.line-outline')).toHaveLength(4);
});

test('shows another lane without a scale, another step where there is one, and what overflowed', async () => {
  const { state } = await openPanel();
  expect(rowsOf('.precision-overflows')).toEqual([['30', 'gradient of fake_conv/kernel', 'the step was skipped']]);
  await expect.element(page.getByRole('button', { name: 'Count the next step' })).toBeDisabled();
  state.numberLines.apply({ type: 'number-lines', lane: 1, lines: fakeNumberLines(50, 1024) });
  await expect.element(page.getByText('4xfp16, step 50, loss scale 1,024.')).toBeVisible();
  const step = page.getByRole('combobox', { name: 'Step', exact: true });
  await expect.element(step).toBeVisible();
  await step.selectOptions('5');
  await expect.element(page.getByText('4xfp16, step 5, loss scale 65,536.')).toBeVisible();
  await page.getByRole('group', { name: 'Lane' }).getByRole('button', { name: '1xfp32' }).click();
  await expect.element(page.getByText('It keeps nothing in f16: this is what f16 would make of its numbers.')).toBeVisible();
  expect(document.querySelectorAll('.line-outline, .precision-overflows')).toHaveLength(0);
});

test('adds the chart of the loss scale where there is none', async () => {
  await openPanel();
  await page.getByRole('button', { name: 'Chart of the loss scale' }).click();
  await expect.element(page.getByRole('region', { name: 'Loss scale', exact: true })).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Chart of the loss scale' })).not.toBeInTheDocument();
});
