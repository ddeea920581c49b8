// How long is a training step? `npm run bench -- step [--adapter llvmpipe,swiftshader] [--only MODEL,…]`: forward, backward and Adam of six models with stock tfjs,
// with jax-js and with ours, in one page, on one adapter, in turns, from the same weights on the same batches; then the same programs as lanes
// of the real page. Fails where the three do not compute the same losses.

import { serveFolder } from '../src/cli/static-server.ts';
import { openBenchBrowser, type BenchBrowser } from './bench-page.ts';
import { measurement, reportOf, type BenchOptions, type BenchReport, type Measurement } from './measurement.ts';
import { providePeers } from './peers.ts';
import { geometricMean, rowsOf, timesAhead } from './training-step/compare.ts';
import { keepRow, type StepRow } from './training-step/kept-rows.ts';
import type { LaneTimes } from './training-step/lane-names.ts';
import { runLanes } from './training-step/lanes.ts';
import { comparedSteps, type ComparedTimes } from './training-step/measure.ts';
import { chosenModels, type ModelName } from './training-step/model-names.ts';
import { buildStepPage } from './training-step/page-bundle.ts';
import { stepTables } from './training-step/results-table.ts';

/** Both software adapters, one after the other. */
export const standardAdapter = 'llvmpipe,swiftshader';

/** Measures every model, or those that `--only` names, in so many rounds. */
export async function bench({ repeats, adapter, browser, only, say }: BenchOptions): Promise<BenchReport> {
  if (browser !== 'chromium') throw new Error(`--browser: expected chromium, got ${browser}.`);
  const models = chosenModels(only);
  await providePeers(say);
  const built = await buildStepPage();
  const reports: BenchReport[] = [];
  let rows: readonly StepRow[] = [];
  for (const name of adapter.split(',')) {
    const bed = await openBenchBrowser(name, say);
    try {
      const times = await timeSides(bed, built, models, repeats, say);
      const lanes = await timeLanes(bed, models, say);
      const place = { benchmark: 'step', adapter: name, browser: `Chromium ${bed.browser.version()}`, repeats };
      reports.push(reportOf(place, [...times.flatMap(rowsOf), ...laneRows(lanes)], notesOn(times)));
      const takenAt = new Date().toISOString();
      for (const one of times) rows = keepRow({ ...place, takenAt, times: one, lanes: lanes.get(one.model) ?? [] });
    } finally {
      await bed.close();
    }
  }
  return { text: reports.map(({ text }) => text).join('\n\n'), data: reports.map(({ data }) => data), markdown: stepTables(rows) };
}

/** The lanes of each model. */
type LanesByModel = ReadonlyMap<ModelName, readonly LaneTimes[]>;

/** The three libraries in one page. */
async function timeSides(
  { browser }: BenchBrowser,
  { outDir, address }: Awaited<ReturnType<typeof buildStepPage>>,
  models: readonly ModelName[],
  rounds: number,
  say: (line: string) => void,
): Promise<readonly ComparedTimes[]> {
  const server = await serveFolder(outDir);
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0); // a slow adapter needs minutes for what a quick one does in seconds
    page.on('console', (message) => {
      if (message.type() === 'error') say(`  ${message.text()}`);
    });
    await page.goto(`${server.url}${address}`);
    await page.waitForFunction(() => window.openSides !== undefined);
    const opened = (await page.evaluate(() => window.openSides?.())) ?? [];
    say(opened.map(({ side, adapter }) => `${side} on ${adapter}`).join('; '));
    const times: ComparedTimes[] = [];
    for (const model of models) {
      const one = await page.evaluate(([name, count]) => window.timeModel?.(name, count), [model, rounds] as const);
      if (one === undefined) throw new Error('step: expected window.timeModel, got none.');
      say(`${model}: ahead of the best peer by × ${timesAhead(one).toFixed(2)}`);
      times.push(one);
    }
    await page.close();
    return times;
  } finally {
    await server.close();
  }
}

/** The real page's lanes, one run per model. */
async function timeLanes(bed: BenchBrowser, models: readonly ModelName[], say: (line: string) => void): Promise<LanesByModel> {
  const page = await bed.openPage({ panels: 'off' });
  page.setDefaultTimeout(0); // as above
  const byModel = new Map<ModelName, readonly LaneTimes[]>();
  for (const model of models) {
    const lanes = await runLanes(page, model);
    say(`${model}: ${lanes.map(({ lane, stepMs }) => `${lane} ${stepMs.toFixed(1)} ms`).join(', ')}`);
    byModel.set(model, lanes);
  }
  return byModel;
}

function laneRows(byModel: LanesByModel): readonly Measurement[] {
  return [...byModel].flatMap(([model, lanes]) =>
    lanes.map(({ lane, execution, stepMs }) => measurement(`${model}, lane ${lane} (${execution})`, 'ms', [stepMs])),
  );
}

function notesOn(times: readonly ComparedTimes[]): readonly string[] {
  const ahead = times.map((one) => `${one.model} ${timesAhead(one).toFixed(2)}`).join(', ');
  const losses = times.map((one) => `${one.model} ${one.mostLossDifference.toExponential(1)}`).join(', ');
  const rounds = times.map((one) => `${one.model} ${one.sides[0]?.stepsPerRound ?? 0}`).join(', ');
  return [
    `Best peer ÷ ours (above 1 ours is ahead): ${ahead}; geometric mean ${geometricMean(times.map(timesAhead)).toFixed(2)}.`,
    `Losses of the first ${comparedSteps} steps, the largest difference between any two of the three: ${losses}.`,
    `A value is the mean over a round of steps (${rounds}), batch uploads included, until the device is done and a loss is read.`,
    'Lanes: one run each in the real page, the median over means of ten steps; one worker per rank, all-reduce and telemetry included.',
  ];
}
