// Does the history open as quickly with many runs as with few? `npm run bench -- history`: the built page over 50 and over 500 kept runs of 300
// steps each, from the click on "Runs" to the frame in which the list stands and the database has been read anew.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { RunRecord } from '../src/state/history/run-record.ts';
import { fakeRecord } from '../test/support/fake-records.ts';
import { openBenchBrowser } from './bench-page.ts';
import { measurement, reportOf, type BenchOptions, type BenchReport } from './measurement.ts';

const counts = [50, 500] as const;
const stepsPerRun = 300;
/** What was promised: five hundred open within so many times the time of fifty. */
const largestRatio = 3;

/** Measures the opening over both histories in turn, in one page. */
export async function bench({ repeats, adapter, say }: BenchOptions): Promise<BenchReport> {
  const browser = await openBenchBrowser(adapter, say);
  try {
    const page = await browser.openPage({ panels: 'on' });
    await page.evaluate(() => window.lockstepPage?.doctor());
    const values = new Map<number, number[]>(counts.map((count) => [count, []]));
    await seed(page, counts[0]);
    await openOnce(page, counts[0]); // its code is loaded now
    for (let repeat = 1; repeat <= repeats; repeat++) {
      for (const count of counts) {
        await seed(page, count);
        const ms = await openOnce(page, count);
        values.get(count)?.push(ms);
        say(`  ${repeat}/${repeats}: ${count} runs in ${ms.toFixed(1)} ms`);
      }
    }
    const [few, many] = counts;
    const fewName = `open ${few} runs`;
    return reportOf(
      { benchmark: 'history', adapter, browser: `Chromium ${browser.browser.version()}`, repeats },
      [
        measurement(fewName, 'ms', values.get(few) ?? []),
        measurement(`open ${many} runs`, 'ms', values.get(many) ?? [], { yardstick: fewName }),
      ],
      [`promised: at most × ${largestRatio}`],
    );
  } finally {
    await browser.close();
  }
}

/** Puts exactly so many runs into the page's database, and lets the page hear of it. */
async function seed(page: Page, count: number): Promise<void> {
  const record = fakeRecord(0, { steps: stepsPerRun, source });
  const heads = Array.from(
    { length: count },
    (_, at) => fakeRecord(at, { steps: 0, head: { programId: `program ${at % 5}`, title: `Program ${at % 5}` } }).head,
  );
  // Typed arrays do not travel into the page as such.
  const body = { ...record.body, series: plain(record.body.series), evals: plain(record.body.evals) };
  await page.evaluate(
    async ({ allHeads, oneBody }) => {
      const typed = (table: typeof oneBody.series) => ({
        step: Float32Array.from(table.step),
        columns: table.columns.map(({ name, values }) => ({ name, values: Float64Array.from(values) })),
      });
      const shared = { ...oneBody, series: typed(oneBody.series), evals: typed(oneBody.evals) };
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('lockstep-runs');
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(request.error));
      });
      const transaction = database.transaction(['runs', 'bodies', 'marks'], 'readwrite');
      for (const name of ['runs', 'bodies', 'marks']) transaction.objectStore(name).clear();
      for (const head of allHeads) {
        transaction.objectStore('runs').put(head);
        transaction.objectStore('bodies').put({ ...shared, id: head.id });
      }
      await new Promise((resolve, reject) => {
        transaction.addEventListener('complete', resolve);
        transaction.addEventListener('error', () => reject(transaction.error));
      });
      database.close();
    },
    { allHeads: heads, oneBody: body },
  );
}

const source = readFileSync(join(import.meta.dirname, '..', 'src', 'experiments', 'mnist.ts'), 'utf8');

function plain({ step, columns }: RunRecord['body']['series']) {
  return { step: [...step], columns: columns.map(({ name, values }) => ({ name, values: [...values] })) };
}

/** Milliseconds from the click to the frame after the list was read and drawn; closes the dialog again. */
async function openOnce(page: Page, count: number): Promise<number> {
  return page.evaluate(async (expected) => {
    const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const isThere = (): boolean =>
      document.querySelector('.history-run') !== null &&
      document.querySelector('.history-list')?.getAttribute('aria-busy') === 'false' &&
      document.querySelector('.history-button .count')?.textContent === String(expected);
    const from = performance.now();
    document.querySelector<HTMLButtonElement>('.history-button')?.click();
    while (!isThere()) {
      if (performance.now() - from > 10_000) throw new Error('bench: expected the list of runs within 10 s, got none.');
      await frame();
    }
    await frame();
    const ms = performance.now() - from;
    document.querySelector('dialog.history')?.dispatchEvent(new Event('close'));
    while (document.querySelector('.history-run') !== null) await frame();
    return ms;
  }, count);
}
