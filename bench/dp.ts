// What data parallelism costs where N workers are not N GPUs: a lane of four ranks beside one worker that takes the same four micro-batches
// one after the other, on the same adapter, in turns of one run. Both do the same arithmetic (their weights are compared bit for bit), so
// what the four ranks need beyond the one is the price of reading gradients back, exchanging them and updating four copies.

import { openBenchBrowser, untilWarm } from './bench-page.ts';
import { measurement, reportOf, type BenchOptions, type BenchReport, type Measurement } from './measurement.ts';

const stepCount = 40;
const oneWorker = '1xfp32+accum=4';
const fourRanks = '4xfp32';
/** Promised where compute is at least five times communication. */
const mostOverhead = 1.2;

const layers: Readonly<Record<string, readonly string[]>> = {
  CNN: [
    "tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 8, kernelSize: 5, strides: 2, activation: 'relu' })",
    "tf.layers.conv2d({ filters: 16, kernelSize: 3, strides: 2, activation: 'relu' })",
    'tf.layers.flatten()',
    'tf.layers.dense({ units: 10 })',
  ],
  MLP: [
    'tf.layers.flatten({ inputShape: [28, 28, 1] })',
    "tf.layers.dense({ units: 256, activation: 'relu' })",
    'tf.layers.dense({ units: 10 })',
  ],
};

/** Runs it; `options.only` names one of the models. */
export async function bench({ repeats, adapter, only, say }: BenchOptions): Promise<BenchReport> {
  const bed = await openBenchBrowser(adapter, say);
  const measurements: Measurement[] = [];
  const notes: string[] = [];
  try {
    const page = await bed.openPage({ panels: 'off' });
    for (const [name, chain] of Object.entries(layers)) {
      if (only !== null && only !== name) continue;
      const stepMs = new Map<string, number[]>([
        [oneWorker, []],
        [fourRanks, []],
      ]);
      const shares: number[] = [];
      for (let repeat = 0; repeat < repeats; repeat++) {
        await untilWarm(page);
        const lanes = await page.evaluate(runLanes, { source: programOf(chain), lanes: `${oneWorker},${fourRanks}` });
        const [one, four] = lanes;
        if (one === undefined || four === undefined || one.weightsHash !== four.weightsHash) {
          throw new Error(`dp: expected the same weights from both, got ${lanes.map(({ weightsHash }) => weightsHash).join(' and ')}.`);
        }
        for (const { label, medianStepMs } of lanes) stepMs.get(label)?.push(medianStepMs ?? Number.NaN);
        if (four.communicationShare !== null) shares.push(four.communicationShare);
        say(`${name}: ${lanes.map(({ label, medianStepMs }) => `${label} ${medianStepMs?.toFixed(1) ?? '–'} ms`).join(', ')}`);
        notes.push(...(repeat === 0 ? [`${name}, ${fourRanks}, median milliseconds of a step by phase: ${four.phases}`] : []));
      }
      measurements.push(measurement(`${name}, ${oneWorker}`, 'ms', stepMs.get(oneWorker) ?? []));
      measurements.push(measurement(`${name}, ${fourRanks}`, 'ms', stepMs.get(fourRanks) ?? [], { yardstick: `${name}, ${oneWorker}` }));
      const share = shares.toSorted((a, b) => a - b)[shares.length >> 1] ?? Number.NaN;
      const isPromised = share <= 1 / 6; // compute at least five times communication
      notes.push(
        `${name}: communication is ${(share * 100).toFixed(1)} % of a step of ${fourRanks}; an overhead of at most ${((mostOverhead - 1) * 100).toFixed(0)} % is ${isPromised ? 'promised' : 'not promised'} here.`,
      );
    }
    const place = { benchmark: 'dp', adapter, browser: `Chromium ${bed.browser.version()}`, repeats };
    return reportOf(place, measurements, notes);
  } finally {
    await bed.close();
  }
}

function programOf(chain: readonly string[]): string {
  return `import * as tf from '@tensorflow/tfjs';
import { datasets, experiment } from 'lockstep';
export default experiment({
  title: 'dp',
  seed: 1,
  data: () => datasets.mnist({ train: 4096, test: 16 }),
  model: () => tf.sequential({ layers: [${chain.join(', ')}] }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: 0.05 },
  globalBatch: 128,
  steps: ${stepCount},
  lanes: ['1xfp32'],
});
`;
}

/** In the page: one run, and of each lane what is compared. */
async function runLanes({ source, lanes }: { readonly source: string; readonly lanes: string }) {
  const api = window.lockstepPage;
  if (api === undefined) throw new Error('bench: expected window.lockstepPage, got none.');
  const { results } = await api.run({ source, fileName: 'dp.ts', lanes, schedule: 'turns' });
  return (results?.lanes ?? []).map(({ label, medianStepMs, weightsHash, phases }) => ({
    label,
    medianStepMs,
    weightsHash,
    communicationShare: phases?.communicationShare ?? null,
    phases: phases?.phases.map(({ phase, rank0Ms }) => `${phase} ${rank0Ms.toFixed(1)}`).join(', ') ?? 'not measured',
  }));
}
