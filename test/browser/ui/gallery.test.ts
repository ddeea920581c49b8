// The card of a program and its claims, as somebody meets them: before a run and after it.

import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { mountPage } from '../../support/mount-page.tsx';
import type { MountedPage, MountOptions } from '../../support/mount-page.tsx';

let mounted: MountedPage | null = null;

function open(options: Partial<MountOptions>): MountedPage {
  mounted = mountPage({ steps: 10, batchMs: 20, ...options });
  return mounted;
}

afterEach(() => {
  mounted?.unmount();
  mounted = null;
});

const local = (en: string): string => `{ en: '${en}', zh: '${en}（中文）' }`;
const source = `export default experiment({ title: 'x', lanes: ['1xfp32', '4xfp16'] });
export const card: Card = {
  id: 'two', group: 'start', seconds: 7, tier: 'quick', title: ${local('Two')}, question: ${local('Do they agree?')},
  usualAnswer: ${local('Never.')}, claim: ${local('They do.')}, lookAt: ${local('The curves.')}, misconception: ${local('Rounding is no reason.')},
};`;

test('a card asks before the run, and answers when somebody wants to know', async () => {
  open({ source });
  await expect.element(page.getByText('Do they agree?')).toBeVisible();
  await expect.element(page.getByText('Never.')).toBeVisible();
  await expect.element(page.getByText('They do.')).not.toBeVisible();
  await page.getByText('What happens instead').click();
  await expect.element(page.getByText('They do.')).toBeVisible();
  await expect.element(page.getByText('Rounding is no reason.')).toBeVisible();
});

test('a card is what the text says now, and gone where the text no longer says it as data', async () => {
  const { state } = open({ source });
  await expect.element(page.getByText('Do they agree?')).toBeVisible();
  state.program.edit(source.replaceAll('Do they agree?', 'Do they differ?'));
  await expect.element(page.getByText('Do they differ?')).toBeVisible();
  state.program.edit(source.replace('seconds: 7', 'seconds: 3 + 4'));
  await expect.element(page.getByText('Do they differ?')).not.toBeInTheDocument();
  await expect.element(page.getByText('The program in the editor trains here', { exact: false })).toBeVisible();
});

test('after a run the card is a line, and every claim stands with its verdict in words', async () => {
  const text = (en: string) => ({ en, zh: en });
  const claims = [
    { text: text('One.'), holds: true },
    { text: text('Two.'), holds: false },
    { text: text('Three.'), holds: null },
  ];
  open({ source, claims });
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await expect.element(page.getByText('holds in this run', { exact: true })).toBeVisible();
  const verdicts = [...document.querySelectorAll('.claims > li')].map((item) => item.textContent);
  expect(verdicts).toEqual(['✓One. holds in this run', '✗Two. does not hold in this run', '–Three. not judged: this run is not about it']);
  await expect.element(page.getByText('Do they agree?')).toBeVisible();
  await expect.element(page.getByText('Never.')).not.toBeVisible();
});

test('the gallery finds an experiment by a word, opens it by keys alone, and keeps the draft of the one before', async () => {
  const other = source
    .replaceAll("'Two'", "'Ring'")
    .replaceAll('Do they agree?', 'What does a ring send?')
    .replace("'4xfp16'", "'4xfp32+ring'");
  const { state } = open({ source, others: [{ id: 'ring', text: other }] });
  state.program.edit(`${source}\n// mine`);
  const gallery = page.getByRole('button', { name: 'Gallery' });
  await gallery.click();
  await expect.element(page.getByRole('dialog', { name: 'Experiments' })).toBeVisible();
  await expect.element(page.getByRole('searchbox')).toHaveFocus();
  const tiles = (): readonly (string | null | undefined)[] =>
    [...document.querySelectorAll('.card-tile')].map((tile) => tile.querySelector('.card-tile-title')?.textContent);
  await expect.poll(tiles).toEqual(['Two', 'Ring']);
  await userEvent.keyboard('ring exchange{ArrowDown}');
  expect(tiles()).toEqual(['Ring']);
  expect(document.activeElement?.textContent).toContain('What does a ring send?');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByRole('dialog', { name: 'Experiments' })).not.toBeInTheDocument();
  expect(state.program.open.value.id).toBe('ring');
  await expect.element(page.getByRole('button', { name: 'Next experiment' })).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: 'Previous experiment' }).click();
  expect(state.program.source.value).toBe(`${source}\n// mine`);

  await gallery.click();
  await page.getByRole('button', { name: 'Not opened yet' }).click();
  await expect.element(page.getByText('Nothing fits.', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect.poll(tiles).toEqual(['Two', 'Ring']);
  await userEvent.keyboard('{Escape}');
  await expect.poll(() => state.gallery.isOpen.value).toBe(false);
});
