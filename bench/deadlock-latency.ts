// How long a lane whose ranks wait for each other goes unnoticed: from the moment when the last rank says that it begins to wait, by its own
// clock, to the failure that names the calls.

import type { Page } from 'playwright-core';

const source = `import { program } from 'lockstep';
export default program({ title: 'Deadlock', lanes: ['2xfp32'] }, async (ctx) => {
  await ctx.step(() => 1);
  console.log('waits from ' + (performance.timeOrigin + performance.now()));
  await ctx.dist.recv([1], 1 - ctx.rank);
});
`;

/** Milliseconds, once. Throws an Error where the run ends in any other way. */
export async function deadlockOnce(page: Page): Promise<number> {
  const times = await page.evaluate(async (text) => {
    const waitingFrom: number[] = [];
    let failedAt = Number.NaN;
    const end = window.lockstepPage?.subscribe((event) => {
      if (event.type === 'console') waitingFrom.push(Number(event.line.text.replace('waits from ', '')));
      if (event.type === 'failure' && event.failure.code === 'deadlock') failedAt = performance.timeOrigin + performance.now();
    });
    await window.lockstepPage?.run({ source: text, fileName: 'deadlock.ts' });
    end?.();
    return { waitingFrom, failedAt };
  }, source);
  const ms = times.failedAt - Math.max(...times.waitingFrom);
  if (times.waitingFrom.length !== 2 || !Number.isFinite(ms))
    throw new Error(`deadlock: expected two ranks to wait and a card, got ${JSON.stringify(times)}.`);
  return ms;
}
