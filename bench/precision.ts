// What does fp16 cost or save? `npm run bench -- precision [--adapter llvmpipe,swiftshader] [--only PART]`: training steps, matrix products and
// convolutions in f32, in native and in packed fp16, in one page on one adapter, in turns. `--only` takes parts of models' and ops' names, separated by commas.

import { serveFolder } from '../src/cli/static-server.ts';
import { launchOn } from './bench-page.ts';
import { buildBenchPage } from './build-page.ts';
import { reportOf, type BenchOptions, type BenchReport } from './measurement.ts';
import { keepTimes } from './precision/kept-times.ts';
import { chosenModels, chosenOps } from './precision/chosen.ts';
import type { OpTimes } from './precision/measure-ops.ts';
import { markdownOf, measurementsOf, notesOf, type PrecisionTimes } from './precision/report.ts';
import type { ModelTimes } from './training-step/measure.ts';
import { programImports } from './training-step/page-bundle.ts';

/** Both software adapters, one after the other. */
export const standardAdapter = 'llvmpipe,swiftshader';

/** Measures what `--only` names, or everything, in so many rounds. */
export async function bench(options: BenchOptions): Promise<BenchReport> {
  const built = await buildBenchPage('precision/page', { base: './', resolve: { alias: programImports }, worker: { format: 'es' } });
  const reports: BenchReport[] = [];
  let all: readonly PrecisionTimes[] = [];
  for (const adapter of options.adapter.split(',')) {
    const times = await measureOn(adapter, built, options);
    reports.push(reportOf({ ...times, benchmark: 'precision' }, measurementsOf(times), notesOf(times)));
    all = keepTimes(times);
  }
  return { text: reports.map(({ text }) => text).join('\n\n'), data: reports.map(({ data }) => data), markdown: markdownOf(all) };
}

async function measureOn(
  adapter: string,
  { outDir, address }: Awaited<ReturnType<typeof buildBenchPage>>,
  { repeats, only, say }: BenchOptions,
): Promise<PrecisionTimes> {
  const server = await serveFolder(outDir);
  const browser = await launchOn(adapter);
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0); // a slow adapter needs minutes for what a quick one does in seconds
    await page.goto(`${server.url}${address}`);
    await page.waitForFunction(() => window.openWays !== undefined);
    say(`on ${await page.evaluate(() => window.openWays?.())}`);
    const models: ModelTimes[] = [];
    for (const model of chosenModels(only)) {
      const one = await page.evaluate(([name, rounds]) => window.timeSteps?.(name, rounds), [model, repeats] as const);
      if (one !== undefined) models.push(one);
      say(model);
    }
    const ops: OpTimes[] = [];
    for (const name of chosenOps(only, true)) {
      const one = await page.evaluate(([op, rounds]) => window.timeOp?.(op, rounds), [name, repeats] as const);
      if (one !== undefined) ops.push(one);
      say(name);
    }
    return { adapter, browser: `Chromium ${browser.version()}`, repeats, takenAt: new Date().toISOString(), models, ops };
  } finally {
    await browser.close();
    await server.close();
  }
}
