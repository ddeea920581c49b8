// Run, from the click to the first finished step of a small program, with warm replicas: compiling, loading the program into a worker,
// data, model and one step on the GPU. The program is the one the page has open, so nothing is typed meanwhile.

import type { Page } from 'playwright-core';
import { untilWarm } from './bench-page.ts';

/** Puts a program into the page and compiles it once, so that later clicks on Run find a warm compiler as a user's second run does. */
export async function openProgram(page: Page, source: string): Promise<void> {
  await page.evaluate(async (text) => {
    const answer = await window.lockstepPage?.run({ source: text, fileName: 'spiral.ts', lanes: '1xfp32', steps: 5 });
    const states = answer?.results?.lanes.map(({ state }) => state) ?? [];
    if (states.length === 0 || states.some((state) => state !== 'done'))
      throw new Error(`bench: expected every lane to be done, got ${states.join(', ') || 'no lanes'}.`);
  }, source);
}

/** Milliseconds from the click on Run to the first finished step; the run is stopped afterwards. */
export async function firstStepMs(page: Page): Promise<number> {
  await untilWarm(page);
  await page.evaluate(() => {
    const waiting = new Promise<number>((resolve, reject) => {
      let clickedAt = Number.NaN;
      addEventListener('click', (event) => (clickedAt = event.timeStamp), { capture: true, once: true });
      const unsubscribe = window.lockstepPage?.subscribe((event) => {
        if (event.type === 'failure') reject(new Error(event.failure.message));
        if (event.type !== 'steps') return;
        unsubscribe?.();
        resolve(performance.now() - clickedAt);
      });
    });
    (window as unknown as { firstStep: Promise<number> }).firstStep = waiting; // for the evaluate below
  });
  await page.click('#run-button');
  const took = await page.evaluate(() => (window as unknown as { firstStep: Promise<number> }).firstStep);
  await page.evaluate(() => window.lockstepPage?.stop());
  return took;
}
