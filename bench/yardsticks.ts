// What the browser itself takes for the things that Lockstep builds on: ending a worker inside an endless loop, starting a `data:` worker,
// showing a frame after a click. Measured on an empty page of the same browser.

import type { Page, Worker as PageWorker } from 'playwright-core';

/** Ending workers that are inside an endless loop. */
export interface BareTerminate {
  /** How long the calls of `terminate()` took. */
  readonly callMs: number;
  /**
   * From before the calls until all workers are gone, as seen from outside the browser. Chromium lets a busy worker's thread live (and
   * burn its core) for up to two seconds after `terminate()` before it interrupts the script.
   */
  readonly goneMs: number;
}

/** Ends `count` workers, each inside `while (true)`. */
export async function bareTerminate(page: Page, count: number): Promise<BareTerminate> {
  await page.evaluate(async (workerCount) => {
    const source = 'onmessage = () => { postMessage("spinning"); setTimeout(() => { while (true) {} }, 20); };';
    const workers = Array.from({ length: workerCount }, () => new Worker(`data:text/javascript,${encodeURIComponent(source)}`));
    await Promise.all(
      workers.map((worker) => {
        const answered = new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }));
        worker.postMessage(null);
        return answered;
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 200)); // into the loop
    (window as unknown as { spinning: Worker[] }).spinning = workers; // for the evaluate below
  }, count);
  const gone = Promise.all(page.workers().map(whenGone));
  const from = performance.now();
  const callMs = await page.evaluate(() => {
    const before = performance.now();
    for (const worker of (window as unknown as { spinning: Worker[] }).spinning) worker.terminate();
    return performance.now() - before;
  });
  await gone;
  return { callMs, goneMs: performance.now() - from };
}

/** Resolves when a worker's thread has ended. */
export function whenGone(worker: PageWorker): Promise<unknown> {
  return new Promise((resolve) => worker.once('close', resolve));
}

/** Milliseconds from `new Worker('data:…')` to its first message. */
export function bareWorkerStartMs(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const from = performance.now();
    const worker = new Worker('data:text/javascript,postMessage(0)');
    await new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }));
    const took = performance.now() - from;
    worker.terminate();
    return took;
  });
}

/** Milliseconds from a real click to the frame after it, on an empty page. */
export async function bareClickMs(page: Page): Promise<number> {
  await page.evaluate(() => {
    const shown = new Promise<number>((resolve) => {
      addEventListener('click', (event) => requestAnimationFrame(() => resolve(performance.now() - event.timeStamp)), { once: true });
    });
    (window as unknown as { shown: Promise<number> }).shown = shown; // for the evaluate below
  });
  await page.mouse.click(10, 10);
  return page.evaluate(() => (window as unknown as { shown: Promise<number> }).shown);
}
