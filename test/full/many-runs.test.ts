// Fifty runs in one page: every run's lanes report the same bytes, and the browser's own processes, the GPU's above all (on a software adapter
// a device's memory is its process's memory), hold after fifty runs what they held after ten. Every lane ends the workers it trained in,
// so what could stay is theirs: devices, heaps, ports.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import type { GpuBytes } from '../../src/core/device-report.ts';
import { quickAdapter } from '../support/chromium.ts';
import { openBuiltPage } from '../support/open-page.ts';
import type { OpenPage } from '../support/open-page.ts';
import { iris } from '../support/pauses.ts';
import { runProgram } from '../support/run-program.ts';

const runCount = 50;
const roundSize = 10;
/** Replicas that the page keeps warm (runner/replica-pool.ts). */
const warmCount = 4;
/** In turns. */
const lanes = ['1xfp32', '2xfp16'] as const;
/** About what one replica takes (runner/replica-pool.ts); sixty of them train in the forty runs that are compared. */
const mostGrowthMb = 60;

/** A reading of losses that is late finds no free buffer to be copied to, and makes one of 2 KB. */
const mostPeakDifference = 16 * 1024;

test('fifty runs in one page leave nothing behind', async ({ skip }) => {
  skip(process.platform !== 'linux', 'reads the memory of processes from /proc');
  const open = await openBuiltPage(quickAdapter());
  const bytes = new Map<string, (GpuBytes | null)[]>(lanes.map((lane) => [lane, []]));
  const held: Readonly<Record<string, number>>[] = [];
  for (let run = 1; run <= runCount; run++) {
    const lane = lanes[run % lanes.length] ?? lanes[0];
    const { results } = await runProgram(open.page, iris, { lanes: lane });
    expect(results?.lanes).toMatchObject([{ shortForm: lane, state: 'done', execution: 'captured' }]);
    bytes.get(lane)?.push(results?.lanes[0]?.bytes ?? null);
    if (run % roundSize === 0) {
      held.push(await privateMb(open));
      console.info(`after ${run} runs, MB: ${JSON.stringify(held.at(-1))}`);
    }
  }
  for (const ofLane of bytes.values()) {
    expect(ofLane).toHaveLength(runCount / lanes.length);
    expect(ofLane[0]).not.toBeNull();
    expect(new Set(ofLane.map((one) => JSON.stringify({ ...one, peak: null }))).size).toBe(1);
    const peaks = ofLane.map((one) => one?.peak ?? Number.NaN);
    console.info(`peaks, bytes: ${peaks.join(' ')}`);
    expect(Math.max(...peaks) - Math.min(...peaks)).toBeLessThan(mostPeakDifference);
  }
  const [first, last] = [held[0], held.at(-1)];
  for (const type of ['GPU', 'renderer', 'browser']) {
    expect(first?.[type], type).toBeGreaterThan(0);
    expect((last?.[type] ?? Number.NaN) - (first?.[type] ?? Number.NaN), type).toBeLessThan(mostGrowthMb);
  }
  expect(open.complaints).toEqual([]);
  await open.close();
});

/** Megabytes of private memory by kind of process, when the page is at rest and has thrown away what it can. */
async function privateMb({ page, browser }: OpenPage): Promise<Readonly<Record<string, number>>> {
  await untilAtRest(page);
  const ofPage = await page.context().newCDPSession(page);
  await ofPage.send('HeapProfiler.collectGarbage');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sums: Record<string, number> = {};
  for (const { type, id } of processInfo) {
    const [, kilobytes = '0'] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? [];
    sums[type] = (sums[type] ?? 0) + Number(kilobytes) / 1024;
  }
  await session.detach();
  await ofPage.detach();
  return sums;
}

/** Resolves when as many replicas as the page keeps are there, and no more, and answer: their threads have nothing left to do. */
async function untilAtRest(page: Page): Promise<void> {
  const replicas = () => page.workers().filter((worker) => worker.url().startsWith('data:'));
  await expect
    .poll(
      async () => {
        const answers = await Promise.allSettled(
          replicas().map((worker) => worker.evaluate(() => navigator.gpu.requestAdapter().then(() => true))),
        );
        return answers.every(({ status }) => status === 'fulfilled') ? replicas().length : 0;
      },
      { timeout: 60_000 },
    )
    .toBe(warmCount);
}
