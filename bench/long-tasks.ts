// Long tasks (over 50 ms, as the browser reports them) of the page's main thread while four lanes train, with the panels and without:
// drawing must cost no long task that the run itself does not cost. The program is a small one on purpose: its steps come fastest, so
// the panels have most to draw.

import type { Page } from 'playwright-core';
import { untilWarm } from './bench-page.ts';

/** What the main thread did during one run. */
export interface MainThreadTimes {
  readonly taskCount: number;
  /** Sum of the long tasks. */
  readonly taskMs: number;
  readonly runMs: number;
}

/** Trains four lanes once. */
export async function longTasksOfRun(page: Page, source: string, steps: number): Promise<MainThreadTimes> {
  await untilWarm(page);
  return page.evaluate(
    async ({ text, stepCount }) => {
      const api = window.lockstepPage;
      if (api === undefined) throw new Error('bench: expected window.lockstepPage, got none.');
      const tasks: number[] = [];
      const note = (entries: PerformanceEntryList): void => entries.forEach(({ duration }) => tasks.push(duration));
      const observer = new PerformanceObserver((list) => note(list.getEntries()));
      observer.observe({ type: 'longtask' });
      const from = performance.now();
      const { results } = await api.run({
        source: text,
        fileName: 'four-lanes.ts',
        lanes: '1xfp32,1xfp16,2xfp32,2xfp16',
        schedule: 'turns',
        steps: stepCount,
      });
      const runMs = performance.now() - from;
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))); // the last task is reported after it ended
      note(observer.takeRecords());
      observer.disconnect();
      const states = results?.lanes.map(({ state }) => state) ?? [];
      if (states.join() !== 'done,done,done,done') throw new Error(`bench: expected four lanes done, got ${states.join(', ') || 'none'}.`);
      return { taskCount: tasks.length, taskMs: tasks.reduce((sum, duration) => sum + duration, 0), runMs };
    },
    { text: source, stepCount: steps },
  );
}

/** Long tasks of the page while nothing runs, over the same time. */
export async function longTasksIdle(page: Page, durationMs: number): Promise<number> {
  await untilWarm(page);
  return page.evaluate(async (waitMs) => {
    let count = 0;
    const observer = new PerformanceObserver((list) => (count += list.getEntries().length));
    observer.observe({ type: 'longtask' });
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    observer.disconnect();
    return count;
  }, durationMs);
}
