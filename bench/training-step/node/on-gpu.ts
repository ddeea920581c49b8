// The step, overhead and precision benchmarks without a browser: `node on-gpu.mjs WEBGPU [--repeats N] [--only MODEL,…] [--json FILE]`, where WEBGPU is the entry file of the
// npm package `webgpu` (Dawn). bench/on-gpu.sh packs it for machines that have a GPU and nothing else.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from '../../../src/core/stats.ts';
import { reportOf, type BenchReport } from '../../measurement.ts';
import { measurementsOf, notesOf } from '../../precision/report.ts';
import { geometricMean, rowsOf, timesAhead } from '../compare.ts';
import { compareAndTime, comparedSteps, type ComparedTimes } from '../measure.ts';
import { chosenModels, modelNames } from '../model-names.ts';
import { measureCeilings, type Ceilings } from './ceilings.ts';
import { withSides } from './fork-side.ts';
import { kernelLines } from './kernels.ts';
import { measureOverhead, overheadNote, overheadRows } from './overhead.ts';
import { measurePrecision } from './precision.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { repeats: { type: 'string', default: '20' }, only: { type: 'string' }, json: { type: 'string' } },
});
const [webgpu = ''] = positionals;
const repeats = Number(values.repeats);
const models = chosenModels(values.only ?? null);
if (webgpu === '' || !Number.isSafeInteger(repeats) || repeats < 1) {
  console.error(`Write: node on-gpu.mjs WEBGPU [--repeats N] [--only ${modelNames.join(',')}] [--json FILE]`);
  process.exit(2);
}

const bundle = { sideProcess: join(import.meta.dirname, 'side-process.mjs'), webgpu };
const reports = [await reportSteps(), await reportOverhead(), await reportPrecision()];
const data = reports.map((report) => report.data);
console.log(reports.map(({ text }) => text).join('\n\n'));
if (values.json !== undefined)
  writeFileSync(
    values.json,
    `${JSON.stringify(data, null, 2)}
`,
  );

function reportSteps(): Promise<BenchReport> {
  return withSides(['stock', 'jax-js', 'lockstep'], bundle, [], async (sides, adapter) => {
    console.error(`on ${adapter}`);
    const times: ComparedTimes[] = [];
    for (const model of models) {
      const one = await compareAndTime(model, sides, repeats);
      console.error(`${model}: ahead of the best peer by × ${timesAhead(one).toFixed(2)}`);
      times.push(one);
    }
    const ceilings = await measureCeilings(sides);
    const kernels: string[] = [];
    for (const model of models) kernels.push(...(await kernelLines(model, sides)));
    return reportOf({ benchmark: 'step', adapter, browser: 'Dawn in Node', repeats }, times.flatMap(rowsOf), [
      ...notesOn(times, ceilings),
      '',
      ...kernels,
    ]);
  });
}

async function reportOverhead(): Promise<BenchReport> {
  const times = await measureOverhead(models, bundle, repeats);
  const place = { benchmark: 'overhead', adapter: "Dawn's null backend", browser: 'Node', repeats };
  return reportOf(place, times.flatMap(overheadRows), [overheadNote(times)]);
}

async function reportPrecision(): Promise<BenchReport> {
  const times = await measurePrecision(bundle, values.only ?? null, repeats, (name) => console.error(name));
  return reportOf({ ...times, benchmark: 'precision' }, measurementsOf(times), notesOf(times));
}

function notesOn(
  times: readonly ComparedTimes[],
  { copyBytesPerSecond, productFlops, productSize, productSide }: Ceilings,
): readonly string[] {
  const ahead = times.map((one) => `${one.model} ${timesAhead(one).toFixed(2)}`).join(', ');
  const losses = Math.max(...times.map(({ mostLossDifference }) => mostLossDifference)).toExponential(1);
  return [
    `Best peer ÷ ours (above 1 ours is ahead): ${ahead}; geometric mean ${geometricMean(times.map(timesAhead)).toFixed(2)}.`,
    `Losses of the first ${comparedSteps} steps agree within ${losses}.`,
    `Ceilings: copies ${(copyBytesPerSecond / 1e9).toFixed(1)} GB/s, read and written; matrix product ${(productFlops / 1e9).toFixed(1)} GFLOP/s (${productSide}, ${productSize} × ${productSize}).`,
    'Matrix products and convolutions alone, achieved over whole steps, and the share of that ceiling:',
    ...times.map(({ model, sides, matrixFlop }) => {
      const rates = sides.map(({ side, stepMs }) => {
        const flops = (matrixFlop * 1000) / median(stepMs);
        return `${side} ${(flops / 1e9).toFixed(2)} GFLOP/s (${((100 * flops) / productFlops).toFixed(1)} %)`;
      });
      return `  ${model}, ${(matrixFlop / 1e6).toFixed(2)} MFLOP a step: ${rates.join(', ')}`;
    }),
  ];
}
