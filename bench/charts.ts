// Does looking at long runs cost more than looking at short ones? `npm run bench -- charts`: script time of the page per frame while a view of two
// panels is panned, zoomed, and crossed by the pointer, with eight lanes of 100,000 steps and, in turns with it, eight lanes of 2,000. The
// time is Chromium's own ("ScriptDuration"), over everything that an action leads to until all of it is drawn.

import type { CDPSession, Page } from 'playwright-core';
import { serveFolder } from '../src/cli/static-server.ts';
import type { ChartAction } from './charts-page/page.tsx';
import { median } from '../src/core/stats.ts';
import { launchOn } from './bench-page.ts';
import { buildBenchPage } from './build-page.ts';
import { measurement, reportOf, type BenchOptions, type BenchReport } from './measurement.ts';

const shortSteps = 2000;
const longSteps = 100_000;
/** How many times what short runs cost long ones may cost. */
const mostTimes = 2;
/** Frames per repeat: their mean is one value. */
const framesPerValue = 10;
const viewport = { width: 1440, height: 900 };
const actions: readonly ChartAction[] = ['pan', 'zoom', 'crosshair'];

interface ChartsPage {
  readonly steps: number;
  readonly page: Page;
  readonly session: CDPSession;
  readonly values: Map<ChartAction, number[]>;
}

/** Measures both lengths in turns. `--only` names one action. */
export async function bench({ repeats, adapter: adapterName, only, say }: BenchOptions): Promise<BenchReport> {
  const chosen = actions.filter((action) => only === null || only === action);
  if (chosen.length === 0) throw new Error(`--only: expected one of ${actions.join(', ')}, got ${only}.`);
  const { outDir, address } = await buildBenchPage('charts-page');
  const server = await serveFolder(outDir);
  const browser = await launchOn(adapterName);
  try {
    const open = async (steps: number): Promise<ChartsPage> => {
      const page = await browser.newPage({ viewport });
      await page.goto(`${server.url}${address}?steps=${steps}`);
      await page.waitForFunction(() => document.querySelectorAll('.u-over').length === 2);
      const session = await page.context().newCDPSession(page);
      await session.send('Performance.enable');
      return { steps, page, session, values: new Map(chosen.map((action) => [action, []])) };
    };
    const pages = [await open(shortSteps), await open(longSteps)];
    for (let repeat = 0; repeat <= repeats; repeat++) {
      for (const action of chosen) {
        for (const one of pages) {
          const ms = await scriptMsPerFrame(one, action);
          if (repeat > 0) one.values.get(action)?.push(ms); // the first round compiles
        }
      }
      say(`  ${repeat}/${repeats}`);
    }
    const place = { benchmark: 'charts', adapter: adapterName, browser: `Chromium ${browser.version()}`, repeats };
    return reportOf(
      place,
      chosen.flatMap((action) => {
        const [short = [], long = []] = pages.map(({ values }) => values.get(action) ?? []);
        const yardstick = `${action}, 8 × ${shortSteps} steps`;
        const limit = mostTimes * median(short);
        return [measurement(yardstick, 'ms', short), measurement(`${action}, 8 × ${longSteps} steps`, 'ms', long, { yardstick, limit })];
      }),
      [
        `Script per frame, two panels of eight curves, ${viewport.width} × ${viewport.height}; each value is a mean over ${framesPerValue} frames.`,
      ],
    );
  } finally {
    await browser.close();
    await server.close();
  }
}

async function scriptMsPerFrame({ page, session }: ChartsPage, action: ChartAction): Promise<number> {
  await page.bringToFront();
  const before = await scriptMs(session);
  await page.evaluate(([name, count]) => window.benchCharts?.(name, count), [action, framesPerValue] as const);
  return ((await scriptMs(session)) - before) / framesPerValue;
}

async function scriptMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  const found = metrics.find(({ name }) => name === 'ScriptDuration');
  if (found === undefined) throw new Error('bench: expected ScriptDuration among the metrics, got none.');
  return found.value * 1000;
}
