// What the kernels of convolutional networks take, ours and tfjs's own in turns on one device: every pass of some layers of small networks.
// `npm run bench -- conv`, `--only` takes a part of a layer's name. A value is the time of several calls in a row until the device is done,
// divided by their number; as many calls as take about `valueMs`.

import { serveFolder } from '../src/cli/static-server.ts';
import { median } from '../src/core/stats.ts';
import { launchOn } from './bench-page.ts';
import { buildBenchPage } from './build-page.ts';
import { benchLayers } from './conv-page/layers.ts';
import type { Side } from './conv-page/page.ts';
import { measurement, reportOf, type BenchOptions, type BenchReport, type Measurement } from './measurement.ts';

const sides: readonly Side[] = ['stock', 'ours'];
const valueMs = 40;
const mostCalls = 20;

/** Measures both sides in turns. */
export async function bench({ repeats, adapter, only, say }: BenchOptions): Promise<BenchReport> {
  const layers = benchLayers.filter(({ name }) => only === null || name.includes(only));
  if (layers.length === 0) throw new Error(`--only: expected a part of ${benchLayers.map(({ name }) => name).join('; ')}, got ${only}.`);
  const { outDir, address } = await buildBenchPage('conv-page');
  const server = await serveFolder(outDir);
  const browser = await launchOn(adapter);
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}${address}`);
    await page.waitForFunction(() => window.benchPass !== undefined);
    const time = (layer: string, pass: string, side: Side, callCount: number): Promise<number> =>
      page.evaluate(([a, b, c, d]) => window.benchPass?.(a, b, c, d) ?? Number.NaN, [layer, pass, side, callCount] as const);
    const measurements: Measurement[] = [];
    const ratios: number[] = [];
    for (const { name } of layers) {
      const passes = await page.evaluate((layer) => window.benchLayer?.(layer) ?? [], name);
      for (const pass of passes) {
        const values = new Map<Side, number[]>(sides.map((side) => [side, []]));
        const callCounts = new Map<Side, number>();
        for (const side of sides) {
          await time(name, pass, side, 1); // builds the programs
          callCounts.set(side, callsFor(await time(name, pass, side, 1)));
        }
        for (let repeat = 0; repeat < repeats; repeat++) {
          for (const side of sides) values.get(side)?.push(await time(name, pass, side, callCounts.get(side) ?? 1));
        }
        const [stock = [], ours = []] = sides.map((side) => values.get(side));
        const yardstick = `${name}, ${pass}, stock`;
        measurements.push(measurement(yardstick, 'ms', stock), measurement(`${name}, ${pass}, ours`, 'ms', ours, { yardstick }));
        ratios.push(median(stock) / median(ours));
        say(`${name}, ${pass}: stock ${median(stock).toFixed(2)} ms, ours ${median(ours).toFixed(2)} ms`);
      }
    }
    const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
    const place = { benchmark: 'conv', adapter, browser: `Chromium ${browser.version()}`, repeats };
    return reportOf(place, measurements, [`Stock takes ${mean.toFixed(2)} times as long as ours, in the geometric mean of all passes.`]);
  } finally {
    await browser.close();
    await server.close();
  }
}

function callsFor(oneMs: number): number {
  return Math.max(1, Math.min(mostCalls, Math.round(valueMs / oneMs)));
}
