// The run's controls and the lane editor as somebody uses them: the page's own components and state, a runner that makes numbers up.

import { afterEach, describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { mountPage } from '../../support/mount-page.tsx';
import type { MountedPage } from '../../support/mount-page.tsx';

let mounted: MountedPage | null = null;

/** Batches so long that none comes by itself while a test looks. */
const forEver = 1_000_000;

function open(options: { readonly steps?: number; readonly batchMs?: number } = {}): MountedPage {
  mounted = mountPage({ steps: options.steps ?? 30, batchMs: options.batchMs ?? 20 });
  return mounted;
}

afterEach(() => {
  mounted?.unmount();
  mounted = null;
});

const button = (name: string) => page.getByRole('button', { name, exact: true }).first();
const notice = (text: string) => expect.element(page.getByRole('status').filter({ hasText: text }));
const progressOfLanes = (): readonly string[] =>
  [...document.querySelectorAll('.lane-tile')].map((tile) => tile.querySelector('.lane-fact')?.textContent ?? '');
const stepsOfLanes = (state: MountedPage['state']): readonly number[] => state.run.lanes.value.map(({ series }) => series.steps.length);
const phase = () => expect.element(page.elementLocator(document.querySelector('.run-head .phase') ?? document.body));

describe('the controls', () => {
  test('pause a run, take single steps, and let it train to its end', async () => {
    const { state } = open({ steps: 400 });
    await button('Run').click();
    await expect.poll(() => stepsOfLanes(state)[0] ?? 0).toBeGreaterThan(0);
    await button('Pause').click();
    await phase().toHaveTextContent('Paused');
    const before = stepsOfLanes(state);
    await button('Step').click();
    await button('Step').click();
    // On a busy machine the first lane may have ended before the click arrived: it has no step left to take.
    expect(before[1]).toBeLessThan(398);
    expect(stepsOfLanes(state)).toEqual(before.map((steps) => Math.min(steps + 2, 400)));
    await button('Resume').click();
    await expect.poll(() => state.run.phase.value, { timeout: 20_000 }).toBe('done');
    expect(stepsOfLanes(state)).toEqual([400, 400]);
  });

  test('take the first step of a run that is not there yet, and no second one', async () => {
    const { state } = open({ batchMs: forEver });
    await button('Step').click();
    await expect.poll(() => stepsOfLanes(state)).toEqual([1, 1]);
    await phase().toHaveTextContent('Paused');
    await notice('Run: paused. 1xfp32: step 1 of 30; 4xfp16: step 1 of 30').toBeInTheDocument();
    await expect.poll(progressOfLanes).toEqual(['1 / 30', '1 / 30']);
  });

  test('go back to the beginning with the same seed', async () => {
    const { state } = open();
    await page.getByLabelText('Seed', { exact: true }).fill('7');
    await button('Run').click();
    await expect.poll(() => state.run.phase.value).toBe('done');
    await button('Reset').click();
    await expect.element(page.getByText('The program in the editor trains here', { exact: false })).toBeVisible();
    expect(state.seed.override.value).toBe(7);
    expect(document.querySelector('.lane-tile')).toBeNull();
  });

  test('say why they do nothing where they do nothing', async () => {
    open();
    await expect.element(button('Pause')).toHaveAttribute('aria-disabled', 'true');
    await button('Pause').click({ force: true });
    await notice('Nothing is running.').toBeVisible();
  });

  test('have keys: F9 pauses and resumes, Shift+F9 steps, Ctrl+Shift+. resets', async () => {
    const { state } = open({ batchMs: forEver });
    await button('Run').click();
    await expect.poll(() => state.run.phase.value).toBe('running');
    await userEvent.keyboard('{F9}');
    expect(state.run.phase.value).toBe('paused');
    await userEvent.keyboard('{Shift>}{F9}{/Shift}');
    expect(stepsOfLanes(state)).toEqual([1, 1]);
    await userEvent.keyboard('{F9}');
    expect(state.run.phase.value).toBe('running');
    await userEvent.keyboard('{Control>}{Shift>}.{/Shift}{/Control}');
    expect(state.run.phase.value).toBe('idle');
  });
});

describe('the lane editor', () => {
  test('adds, edits and removes lanes, and the next run has them', async () => {
    const { state } = open();
    await button('Lane').click();
    await expect.element(page.getByLabelText('Ranks', { exact: true }).nth(2)).toHaveFocus();
    await userEvent.keyboard('{ArrowUp}{ArrowUp}');
    await page.getByLabelText('Label', { exact: true }).nth(2).fill('three, halves');
    await button('Remove lane 1xfp32').click();
    await expect.element(page.getByLabelText('As text')).toHaveValue('4xfp16, 3xfp16+label=three%2C halves');
    await button('Run').click();
    await expect.poll(() => state.run.phase.value).toBe('done');
    expect(state.run.lanes.value.map(({ lane }) => lane.label)).toEqual(['4xfp16', 'three, halves']);
    await button('Restore the program’s lanes').click();
    await expect.element(page.getByLabelText('As text')).toHaveValue('1xfp32, 4xfp16');
    await expect.element(page.getByText('Changed since this run. Run again to apply.')).toBeVisible();
  });

  test('keeps a list that is wrong as typed, says where, marks the field, and does not run it', async () => {
    const { state } = open();
    await button('Edit lanes').click();
    await page.getByLabelText('As text').fill('1xfp32, 65xfp16');
    await expect
      .element(page.getByRole('alert').filter({ hasText: 'lanes[1]' }))
      .toHaveTextContent('lanes[1].worldSize: expected a whole number from 1 to 64, got 65.');
    await expect.element(page.getByLabelText('Ranks', { exact: true }).nth(1)).toHaveAttribute('aria-invalid', 'true');
    await button('Run').click();
    await expect.element(page.getByLabelText('As text')).toHaveFocus();
    expect(state.run.phase.value).toBe('idle');
    await expect.element(page.getByLabelText('As text')).toHaveValue('1xfp32, 65xfp16');
  });

  test('does not remove the last lane, and says why', async () => {
    open();
    await button('Edit lanes').click();
    await page.getByLabelText('As text').fill('2xfp32');
    await button('Remove lane 2xfp32').click({ force: true });
    await expect.element(page.getByLabelText('As text')).toHaveValue('2xfp32');
    await notice('A run needs at least one lane.').toBeVisible();
  });

  test('makes the ranks of a lane virtual: there may be more, and the lane is labelled wherever it is shown', async () => {
    const { state } = open();
    await button('Edit lanes').click();
    await page.getByLabelText('As text').fill('64xfp32');
    await button('Options of lane 64xfp32').click();
    const virtual = page.getByRole('checkbox', { name: /^Virtual ranks/u });
    await virtual.click();
    await button('More ranks').click();
    await expect.element(page.getByLabelText('As text')).toHaveValue('65xfp32+virtual');
    await button('Run').click();
    await expect.poll(() => state.run.phase.value).toBe('done');
    for (const place of ['.lane-tile', '.results-table']) {
      const title = document.querySelector(`${place} .chip`)?.getAttribute('title');
      expect(title, place).toBe('65 ranks, one after the other in one worker: the mathematics of 65 workers, not their speed');
    }
    await virtual.click();
    await expect.element(page.getByLabelText('As text')).toHaveValue('64xfp32');
  });

  test('explains the schedule it leads to', async () => {
    const { state } = open();
    await button('Edit lanes').click();
    await page.getByLabelText('As text').fill('16xfp32, 4xfp32');
    await expect
      .element(page.getByText('one after the other, because 20 workers are more than this machine should hold at once'))
      .toBeVisible();
    await page.getByLabelText('How the lanes share this machine').selectOptions('race');
    await expect.element(page.getByText('race: times do not compare')).toBeVisible();
    await button('Run').click();
    await expect.poll(() => state.run.schedule.value).toEqual({ schedule: 'race', reason: 'asked' });
  });

  test('closes with Escape, which gives the focus back', async () => {
    open();
    await button('Edit lanes').click();
    await page.getByLabelText('As text').click();
    await userEvent.keyboard('{Escape}');
    await expect.element(button('Edit lanes')).toHaveFocus();
    expect(document.querySelector('.lane-editor')).toBeNull();
  });

  test('fits a screen of 390 pixels, open and with an error', async () => {
    await page.viewport(390, 844);
    open();
    await button('Edit lanes').click();
    await page.getByLabelText('As text').fill('1xfp16+lossScale=65536+label=a label that goes on and on for ever, 4xfp99');
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390);
    await page.viewport(1280, 800);
  });
});

describe('the learning rate', () => {
  test('starts from the program’s, doubles at a press, takes what is typed, and marks the chart', async () => {
    const { state } = open({ batchMs: forEver });
    await button('Run').click();
    const field = page.getByLabelText('Learning rate', { exact: true }).last();
    await expect.element(field).toHaveValue('0.1');
    await button('Twice the learning rate').click();
    await button('Twice the learning rate').click();
    await expect.element(field).toHaveValue('0.4');
    await field.fill('fast');
    await userEvent.keyboard('{Enter}');
    await notice('A learning rate is a positive number').toBeVisible();
    await expect.element(field).toHaveAttribute('aria-invalid', 'true');
    await field.fill('3e-3');
    await userEvent.keyboard('{Enter}');
    await expect.element(field).toHaveValue('0.003');
    await button('Step').click();
    await expect.poll(() => stepsOfLanes(state)).toEqual([1, 1]);
    await expect
      .element(page.getByRole('application', { name: 'Loss over steps' }))
      .toHaveAccessibleName(/Learning rate changed by hand: 0\.003 after step 0\./u);
  });
});

describe('another tab that trains', () => {
  /** What another tab does: holds the lock. */
  function otherTab(): { readonly done: () => void } {
    let done!: () => void;
    const trained = new Promise<void>((resolve) => {
      done = resolve;
    });
    void navigator.locks.request('lockstep.training', { mode: 'shared' }, () => trained);
    return { done };
  }

  test('is asked about before a run, which starts when that tab is done', async () => {
    const { state } = open();
    const other = otherTab();
    await button('Run').click();
    await expect.element(page.getByRole('alert').filter({ hasText: 'Another tab' })).toBeVisible();
    expect(state.run.phase.value).toBe('idle');
    await button('Run when it is done').click();
    await expect.element(page.getByText('Waiting for the other tab.', { exact: false })).toBeVisible();
    other.done();
    await expect.poll(() => state.run.phase.value).toBe('done');
    expect(state.otherTabs.hasDisturbed.value).toBe(false);
  });

  test('makes a run that starts anyway say that its times are off', async () => {
    const { state } = open();
    const other = otherTab();
    await button('Run').click();
    await button('Run anyway').click();
    await expect.poll(() => state.run.phase.value).toBe('done');
    await expect.element(page.getByText('another tab trained meanwhile: times are off')).toBeVisible();
    other.done();
  });
});
