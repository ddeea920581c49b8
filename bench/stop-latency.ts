// Stop, from the click to idle, while four ranks are inside `while (true)`. A real click, and its own time stamp as zero, so that what
// the browser needs to deliver it counts too. Three ends are measured: the page is idle and shows it (Run is back), the workers' threads
// are gone (which the browser decides: see yardsticks.ts), and a run started right after has finished its first step on new workers.

import type { Page } from 'playwright-core';
import { replicasOf, untilWarm } from './bench-page.ts';
import { whenGone } from './yardsticks.ts';

const rankCount = 4;

const spinningProgram = `import { program } from 'lockstep';
export default program({ title: 'Endless loop', lanes: [{ worldSize: ${rankCount}, precision: 'fp32' }] }, async (ctx) => {
  console.log('rank ' + ctx.rank + ' is about to spin');
  await new Promise((resolve) => setTimeout(resolve, 100)); // the line above leaves the worker meanwhile
  while (true) {}
});
`;

/** One Stop. */
export interface StopTimes {
  /** From the click until the page is idle. */
  readonly idleMs: number;
  /** From the click until all four workers are gone, as seen from outside the browser. */
  readonly goneMs: number;
  /** From Run to the first finished step of the run after it, with no warm replica left. */
  readonly nextStepMs: number;
}

/** Stops a spinning run and starts another; `source` is what runs afterwards. */
export async function stopOnce(page: Page, source: string): Promise<StopTimes> {
  await untilWarm(page);
  await page.evaluate(spin, { source: spinningProgram, ranks: rankCount });
  const spinning = replicasOf(page);
  await page.evaluate(watchStop);
  let clickedAt = 0;
  const gone = Promise.all(spinning.map(whenGone)).then(() => performance.now() - clickedAt);
  clickedAt = performance.now();
  await page.click('#run-button');
  const idleMs = await page.evaluate(() => (window as unknown as { stopped: Promise<number> }).stopped); // put there by watchStop
  const nextStepMs = await page.evaluate(runAfterStop, source);
  return { idleMs, goneMs: await gone, nextStepMs };
}

/** In the page: starts the run; resolves when every rank has said that it is about to spin, and a while later. */
async function spin({ source, ranks }: { readonly source: string; readonly ranks: number }): Promise<void> {
  const api = window.lockstepPage;
  if (api === undefined) throw new Error('bench: expected window.lockstepPage, got none.');
  await new Promise<void>((resolve, reject) => {
    const heard = new Set<number>();
    const unsubscribe = api.subscribe((event) => {
      if (event.type === 'failure') reject(new Error(event.failure.message));
      if (event.type !== 'console' || !event.line.text.includes('about to spin')) return;
      heard.add(event.line.rank);
      if (heard.size < ranks) return;
      unsubscribe();
      resolve();
    });
    void api.run({ source, fileName: 'endless-loop.ts' });
  });
  await new Promise((resolve) => setTimeout(resolve, 400)); // past the ranks' own 100 ms, into the loops
}

/** In the page: notes when the click comes and when the button is Run again. */
function watchStop(): void {
  const stopped = new Promise<number>((resolve) => {
    addEventListener(
      'click',
      (event) => {
        const check = (): void => {
          const button = document.getElementById('run-button');
          if (button === null || button.classList.contains('is-stop')) return;
          observer.disconnect();
          resolve(performance.now() - event.timeStamp);
        };
        const observer = new MutationObserver(check);
        observer.observe(document.body, { subtree: true, childList: true, attributes: true });
        check();
      },
      { capture: true, once: true },
    );
  });
  (window as unknown as { stopped: Promise<number> }).stopped = stopped; // for the next evaluate
}

/** In the page: a short run right now; milliseconds to its first finished step. Throws unless it is done in the end. */
async function runAfterStop(source: string): Promise<number> {
  const api = window.lockstepPage;
  if (api === undefined) throw new Error('bench: expected window.lockstepPage, got none.');
  const from = performance.now();
  let firstStepMs = Number.NaN;
  const unsubscribe = api.subscribe((event) => {
    if (event.type === 'steps' && Number.isNaN(firstStepMs)) firstStepMs = performance.now() - from;
  });
  const { results } = await api.run({ source, fileName: 'after-stop.ts', lanes: '1xfp32', steps: 5 });
  unsubscribe();
  const state = results?.lanes[0]?.state;
  if (state !== 'done' || Number.isNaN(firstStepMs))
    throw new Error(`bench: expected a run right after Stop to be done, got ${state ?? 'no results'}.`);
  return firstStepMs;
}
