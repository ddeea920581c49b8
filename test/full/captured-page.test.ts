// What a run is told while its lanes are replayed, and what befalls them: paused, stepped, given another learning rate, looked into, a rank
// lost. The captured lane and the eager one beside it end with the same bits. The slices of it in `npm test` are test/e2e/control.test.ts
// and test/e2e/lanes.test.ts.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { LaneResult } from '../../src/runner/results.ts';
import type { RunEvent } from '../../src/runner/run-events.ts';
import type { Inspection } from '../../src/train/telemetry.ts';
import { adapters } from '../support/chromium.ts';
import { openBuiltPage } from '../support/open-page.ts';
import type { OpenPage } from '../support/open-page.ts';
import { iris } from '../support/pauses.ts';
import { runProgram } from '../support/run-program.ts';

/** What is done at a rest after so many steps, before the next one. */
interface Disturbance {
  readonly afterStep: number;
  readonly learningRate?: number;
  readonly inspection?: Inspection | null;
}

const stepCount = 30;
const lanes = ['1xfp32', '1xfp16', '2xfp32', '3xfp32+virtual'];
/** The inspector on and off, twice; and two learning rates. Replays have begun after step 4. */
const disturbances: readonly Disturbance[] = [
  { afterStep: 6, inspection: { weight: 0, slowMs: 0 } },
  { afterStep: 8, inspection: null },
  { afterStep: 10, learningRate: 0.02 },
  { afterStep: 14, inspection: { weight: 2, slowMs: 0 } },
  { afterStep: 15, inspection: null, learningRate: 0.2 },
];

describe.each(adapters.map((adapter) => [adapter.name, adapter] as const))('on %s', (_name, adapter) => {
  let open: OpenPage;
  beforeAll(async () => {
    open = await openBuiltPage(adapter);
  });
  afterAll(async () => {
    expect(open.complaints).toEqual([]);
    await open.close();
  });

  // Two lanes at a time: more than a small machine should hold would take turns one after the other, and be disturbed at other steps.
  test.each(lanes)(
    '%s, stepped, looked into and given other learning rates while it is captured, has the bits of an eager one',
    async (lane) => {
      const { results, views } = await runStepped(open, `${lane},${lane}+eager`);
      expect(new Set(views)).toEqual(new Set([7, 8, 15]));
      const [captured, eager] = results?.lanes ?? [];
      expect([captured?.execution, eager?.execution]).toEqual(['captured', 'eager (the lane asks for it)']);
      const learningRateChanges = [
        { step: 10, learningRate: 0.02 },
        { step: 15, learningRate: 0.2 },
      ];
      expect([captured, eager]).toMatchObject([{ learningRateChanges }, { learningRateChanges }]);
      expect(bitsOf(captured)).toEqual(bitsOf(eager));
    },
  );

  test('a lane that loses a rank while it is captured, and then another, has the bits of an eager one', async () => {
    // The learning rate still rises when both are gone.
    const lane = '4xfp32+elastic+warmup=25+fault=kill:1@9+fault=kill:3@20';
    const { results } = await runProgram(open.page, iris, { lanes: `${lane},${lane}+eager`, steps: stepCount });
    const [captured, eager] = results?.lanes ?? [];
    expect([captured?.execution, eager?.execution]).toEqual(['captured', 'eager (the lane asks for it)']);
    expect(captured?.membershipChanges.map(({ step, lostRank, worldSize }) => [step, lostRank, worldSize])).toEqual([
      [8, 1, 3],
      [19, 3, 2],
    ]);
    expect(eager?.membershipChanges).toEqual(captured?.membershipChanges);
    expect(bitsOf(captured)).toEqual(bitsOf(eager));
  });
});

function bitsOf(lane: LaneResult | undefined) {
  const losses = lane?.series.map(({ loss }) => loss);
  expect(losses).toHaveLength(stepCount);
  return { losses, weightsHash: lane?.weightsHash };
}

/** Takes the first sixteen steps one by one, disturbed on the way, and lets the others run. */
function runStepped(open: OpenPage, laneList: string) {
  return open.page.evaluate(
    async ({ text, wanted, steps, plan }) => {
      const api = window.lockstepPage;
      if (api === undefined) throw new Error('the page has no lockstepPage');
      let taken = 0;
      const views: number[] = [];
      const end = api.subscribe((event: RunEvent) => {
        if (event.type === 'inside') views.push(event.view.step);
        if (event.type !== 'phase' || event.phase !== 'paused') return;
        // As a person would: after the page has been told.
        setTimeout(() => {
          for (const { afterStep, learningRate, inspection } of plan) {
            if (afterStep !== taken) continue;
            if (inspection !== undefined) api.inspect(inspection);
            if (learningRate !== undefined) api.setLearningRate(learningRate);
          }
          if (taken++ < 16) api.step();
          else api.resume();
        });
      });
      const { results } = await api.run({ source: text, fileName: 'program.ts', lanes: wanted, steps, isPaused: true });
      api.inspect(null);
      end();
      return { results, views };
    },
    { text: iris, wanted: laneList, steps: stepCount, plan: disturbances },
  );
}
