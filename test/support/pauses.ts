// A run that is paused and stepped at irregular moments, beside one that is not: the same bits, or nobody could trust Pause.

import { expect } from 'vitest';

import type { RunEvent } from '../../src/runner/run-events.ts';
import type { RunOverrides } from '../../src/runner/run-request.ts';
import type { RunResults } from '../../src/runner/results.ts';
import type { OpenPage } from './open-page.ts';
import { runProgram } from './run-program.ts';

/** A small network with dropout, in two lanes. */
export const iris = `import * as tf from '@tensorflow/tfjs';
import { datasets, experiment } from 'lockstep';
export default experiment({
  title: 'Iris',
  data: () => datasets.iris(),
  model: () => tf.sequential({ layers: [
    tf.layers.dense({ units: 16, inputShape: [4], activation: 'relu' }),
    tf.layers.dropout({ rate: 0.2 }),
    tf.layers.dense({ units: 3 }),
  ] }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  globalBatch: 120,
  steps: 12,
  evalEvery: 1000,
  lanes: ['1xfp32', '2xfp32'],
});
`;

/** Runs a program and pauses it so many times, at irregular steps of its first lane; none, one or two steps are then taken one by one. */
function runDisturbed(open: OpenPage, source: string, overrides: RunOverrides, pauseCount: number) {
  return open.page.evaluate(
    async ({ text, options, count }) => {
      const api = window.lockstepPage;
      if (api === undefined) throw new Error('the page has no lockstepPage');
      let pauses = 0;
      let next = 2;
      let reached = 0;
      let stepsLeft = 0;
      let isPausing = false;
      const end = api.subscribe((event: RunEvent) => {
        if (event.type === 'steps') {
          reached = Math.max(reached, ...event.batch.step);
          if (isPausing || pauses === count || reached < next) return;
          isPausing = true;
          stepsLeft = (pauses * 5) % 3;
          api.pause();
        }
        if (event.type !== 'phase' || event.phase !== 'paused' || !isPausing) return;
        // As a person would: after the page has been told.
        setTimeout(() => {
          if (stepsLeft-- > 0) {
            api.step();
            return;
          }
          isPausing = false;
          pauses++;
          next = reached + 1 + ((pauses * 7) % 3);
          api.resume();
        });
      });
      const { results } = await api.run({ source: text, fileName: 'program.ts', ...options });
      end();
      return { results, pauses };
    },
    { text: source, options: overrides, count: pauseCount },
  );
}

/** The losses of a lane. */
export const losses = (results: RunResults | null, lane = 0) => results?.lanes[lane]?.series.map((row) => row.loss) ?? [];
/** The weights hashes of all lanes. */
export const hashes = (results: RunResults | null) => results?.lanes.map((lane) => lane.weightsHash);

/** Pauses a run of four ranks, whose steps are replayed, so many times, and expects the losses and weights of an undisturbed one. */
export async function expectUndisturbed(open: OpenPage, pauseCount: number): Promise<void> {
  const overrides = { lanes: '4xfp32', steps: pauseCount * 8, seed: 3 };
  const undisturbed = await runProgram(open.page, iris, overrides);
  const { results, pauses } = await runDisturbed(open, iris, overrides, pauseCount);
  expect(pauses).toBe(pauseCount);
  expect(results?.lanes[0]).toMatchObject({ state: 'done', execution: 'captured' });
  expect(losses(results)).toEqual(losses(undisturbed.results));
  expect(hashes(results)).toEqual(hashes(undisturbed.results));
}
