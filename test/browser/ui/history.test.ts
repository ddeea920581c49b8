// Kept runs as somebody meets them: two runs of the page, then the list with its marks, its filter and its way back from a deletion; the
// baseline in the results table; a browser that keeps nothing.

import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { createMemoryStore } from '../../../src/state/history/run-store.ts';
import type { RunStore } from '../../../src/state/history/run-store.ts';
import { fakeRecord } from '../../support/fake-records.ts';
import { mountPage } from '../../support/mount-page.tsx';
import type { MountedPage, MountOptions } from '../../support/mount-page.tsx';

let mounted: MountedPage | null = null;

function open(options: Partial<MountOptions> = {}): MountedPage {
  mounted = mountPage({ steps: 10, batchMs: 5, ...options });
  return mounted;
}

afterEach(() => {
  mounted?.unmount();
  mounted = null;
});

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const names = (): readonly string[] => [...document.querySelectorAll('.history-run strong')].map(({ textContent }) => textContent);
const row = (at: number): Element => document.querySelectorAll('.history-run')[at] ?? document.body;
const inRow = (at: number) => page.elementLocator(row(at));

async function storeOf(count: number): Promise<RunStore> {
  const store = createMemoryStore();
  for (let at = 0; at < count; at += 1) await store.add(fakeRecord(at));
  return store;
}

async function openRuns(): Promise<void> {
  await button(/^Runs/u).click();
  await expect.poll(() => names().length).toBeGreaterThan(0);
}

test('a run that ended is in the list, named by what was changed since the one before', async () => {
  const { state } = open();
  await button('Run').first().click();
  await expect.poll(() => state.history.heads.value.length).toBe(2);
  state.program.edit(state.program.source.value.replace('learningRate: 0.1', 'learningRate: 0.02'));
  await button('Run').first().click();
  await expect.poll(() => state.history.heads.value.length).toBe(4);
  await button('What changed: lr 0.1 → 0.02').click();
  await expect.element(page.getByRole('heading', { name: 'What differs' })).toBeVisible();
  await expect.element(page.getByRole('row', { name: 'learningRate Program 0.1 0.02' })).toBeVisible();
  await button('← All runs').click();
  expect(names()).toEqual(['lr 0.1 → 0.02', 'lr 0.1 → 0.02', 'first run', 'first run']);
});

test('a run that is reset half way is kept as stopped, with the steps it took', async () => {
  const { state } = open({ steps: 10_000 });
  await button('Run').first().click();
  await expect.poll(() => state.run.lanes.value[0]?.series.steps.length ?? 0).toBeGreaterThan(20);
  await button('Reset').click();
  await expect.poll(() => state.history.heads.value[0]?.state).toBe('stopped');
  expect(state.history.heads.value[0]?.steps).toBeGreaterThan(20);
  expect(state.history.heads.value[0]?.steps).toBeLessThan(10_000);
});

test('500 runs open fifty at a time; a text, a star and a tag narrow them down', async () => {
  open({ runs: { store: await storeOf(500), channel: null } });
  await openRuns();
  expect(names()).toHaveLength(50);
  await button('Show 50 more of 500').click();
  await expect.poll(() => names().length).toBe(100);
  await page.getByRole('textbox', { name: 'Filter runs' }).fill('1e-77 1e-78');
  await expect.poll(names).toEqual(['lr 1e-77 → 1e-78']);
  await button('Star 1xfp32, lr 1e-77 → 1e-78').click();
  await button('Details of 1xfp32, lr 1e-77 → 1e-78').click();
  await page.getByRole('textbox', { name: 'Tags' }).fill('odd, odd, seven');
  await page.getByRole('textbox', { name: 'Note' }).fill('Looks good.');
  await page.getByRole('textbox', { name: 'Filter runs' }).fill('');
  await page.getByRole('checkbox', { name: 'Starred' }).click();
  await expect.poll(names).toEqual(['lr 1e-77 → 1e-78']);
  await page.getByRole('checkbox', { name: 'Starred' }).click();
  await page.getByRole('combobox', { name: 'Tag' }).selectOptions('odd');
  await expect.poll(names).toEqual(['lr 1e-77 → 1e-78']);
  expect(row(0).textContent).toContain('Looks good.');
  expect([...row(0).querySelectorAll('.chip')].map(({ textContent }) => textContent)).toEqual(['odd', 'seven']);
});

test('a deletion can be undone, and two selected runs compared', async () => {
  open({ runs: { store: await storeOf(3), channel: null } });
  await openRuns();
  await inRow(0).getByRole('checkbox').click();
  await button('Compare').click({ force: true }); // it says why it cannot be used
  await expect.element(page.getByText('Select exactly two runs')).toBeVisible();
  await inRow(1).getByRole('checkbox').click();
  await button('Delete').click();
  await expect.poll(names).toEqual(['lr 1e-0 → 1e-1']);
  await button('Undo').click();
  await expect.poll(() => names().length).toBe(3);
  await inRow(0).getByRole('checkbox').click();
  await inRow(2).getByRole('checkbox').click();
  await button('Compare').click();
  await expect.element(page.getByText('No setting differs.')).toBeVisible();
  await expect.element(page.getByText('The code is the same.')).toBeVisible();
});

test('the baseline adds its row and signed differences to the results, marked and not only coloured', async () => {
  const { state } = open({ runs: { store: await storeOf(1), channel: null } });
  await button('Run').first().click();
  await expect.poll(() => state.history.heads.value.length).toBe(3);
  await openRuns();
  await inRow(2).getByRole('button', { name: 'Baseline' }).click();
  await inRow(0).getByRole('button', { name: 'Overlay' }).click();
  await expect.poll(() => state.overlay.value.map(({ id }) => id)).toEqual([state.history.heads.value[0]?.id, fakeRecord(0).head.id]);
  await button('Close').click();
  // 22 ms a step here, 20.3 ms in the baseline: within ten per cent of each other. Its accuracy: 0.5514 beside 0.9375.
  const first = (): string => document.querySelector('.results-table tbody tr')?.textContent ?? '';
  await expect.poll(first).toContain('22.0+1.70, no difference');
  expect(first()).toContain('55.14%−38.61 pp ✗, for the worse');
  await button('Unpin the baseline').click();
  await expect.poll(() => document.querySelector('.baseline-row')).toBeNull();
});

test('where the browser keeps nothing, the run of the session is there, says so, and can be exported', async () => {
  const refuse = (): Promise<never> => Promise.reject(Object.assign(new Error('no room'), { name: 'QuotaExceededError' }));
  open({ runs: { store: { ...createMemoryStore(), add: refuse }, channel: null } });
  await button('Run').first().click();
  await expect.element(page.getByText('This run could not be saved.', { exact: false })).toBeVisible();
  await openRuns();
  await expect.element(page.getByText('There is no room left for another run.', { exact: false })).toBeVisible();
  expect(names()).toEqual(['first run', 'first run']);
  expect(row(0).textContent).toContain('not saved');
  await inRow(0)
    .getByRole('button', { name: /^Details/u })
    .click();
  await expect.element(button('Export')).toBeVisible();
});
