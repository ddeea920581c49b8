// Plan: what a run is told while it trains. Pausing and stepping change no bit; a learning rate set by hand is the one that trains;
// the schedule decides when lanes train, not what they compute; looking into a step shows what torch's DDP would do in it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { RunEvent } from '../../src/runner/run-events.ts';
import type { RunResults } from '../../src/runner/results.ts';
import type { Inspection, PhaseView } from '../../src/train/telemetry.ts';
import { adapters } from '../support/chromium.ts';
import { openBuiltPage } from '../support/open-page.ts';
import type { OpenPage } from '../support/open-page.ts';
import { expectUndisturbed, hashes, iris, losses } from '../support/pauses.ts';
import { runProgram } from '../support/run-program.ts';

describe.each(adapters.filter((adapter) => adapter.name === 'llvmpipe').map((adapter) => [adapter.name, adapter] as const))(
  'control on %s',
  (_name, adapter) => {
    let open: OpenPage;

    beforeAll(async () => {
      open = await openBuiltPage(adapter);
    });

    afterAll(async () => {
      expect(open.complaints).toEqual([]);
      await open.close();
    });

    // test/full/control.test.ts does it at 50.
    test('pause, step and resume at 12 points of a run of four ranks change no bit', async () => {
      await expectUndisturbed(open, 12);
      expect(open.complaints).toEqual([]);
    });

    test('a race, turns and one after the other compute the same, and the manifest says which it was', async () => {
      const outcomes: RunResults[] = [];
      for (const schedule of ['turns', 'sequence', 'race'] as const) {
        const { results } = await runProgram(open.page, iris, { schedule });
        if (results !== null) outcomes.push(results);
      }
      expect(outcomes.map(({ manifest }) => manifest.schedule)).toEqual(['turns', 'sequence', 'race']);
      const [turns] = outcomes;
      for (const results of outcomes) {
        expect(results.lanes.map(({ state }) => state)).toEqual(['done', 'done']);
        expect(hashes(results)).toEqual(hashes(turns ?? null));
        expect(results.lanes[1]?.distanceToBaseline).not.toBeNull();
      }
    });

    test('a learning rate set by hand trains from the next step on, on every rank, captured as well as eagerly, and the results say when', async () => {
      const [fromStep, learningRate] = [5, 0.02];
      const { results } = await open.page.evaluate(
        async ({ text, step, rate }) => {
          const api = window.lockstepPage;
          if (api === undefined) throw new Error('the page has no lockstepPage');
          let stepsLeft = step;
          const end = api.subscribe((event: RunEvent) => {
            if (event.type !== 'phase' || event.phase !== 'paused') return;
            setTimeout(() => {
              if (stepsLeft-- > 0) api.step();
              else {
                api.setLearningRate(rate);
                api.resume();
              }
            });
          });
          const outcome = await api.run({ source: text, fileName: 'program.ts', lanes: '2xfp32,2xfp32+eager', isPaused: true });
          end();
          return outcome;
        },
        { text: iris, step: fromStep, rate: learningRate },
      );
      expect(results?.lanes.map(({ learningRateChanges }) => learningRateChanges)).toEqual([
        [{ step: fromStep, learningRate }],
        [{ step: fromStep, learningRate }],
      ]);
      expect(results?.lanes.map(({ execution }) => execution)).toEqual(['captured', 'eager (the lane asks for it)']);
      expect(losses(results, 1)).toEqual(losses(results));
      expect(new Set(hashes(results)).size).toBe(1);
      // The same change, made by the program itself.
      const own = iris
        .replace(
          "loss: 'softmaxCrossEntropy'",
          `loss: (logits, y) => { if (++count === ${fromStep + 1}) sgd.setLearningRate(${learningRate}); return tf.losses.softmaxCrossEntropy(y, logits); }`,
        )
        .replace("optimizer: { name: 'sgd', learningRate: 0.1 }", 'optimizer: () => sgd')
        .replace('export default', 'let count = 0;\nconst sgd = tf.train.sgd(0.1);\nexport default');
      const expected = await runProgram(open.page, own, { lanes: '2xfp32' });
      expect(expected.failures).toEqual([]);
      const [seen, wanted] = [losses(results), losses(expected.results)];
      expect(seen).toHaveLength(12);
      for (const [step, loss] of seen.entries()) expect(loss, `step ${step + 1}`).toBeCloseTo(wanted[step] ?? Number.NaN, 5);
    });

    test('inside a step: each rank has its own gradient, the all-reduce is their mean, SGD moves the weight by minus the rate times it', async () => {
      const looks = [1, 2, 7, 8]; // before the first replay and between replays
      const outcome = await open.page.evaluate(
        async ({ text, inspection, steps }) => {
          const api = window.lockstepPage;
          if (api === undefined) throw new Error('the page has no lockstepPage');
          const views: PhaseView[] = [];
          const names: string[] = [];
          let next = 1;
          const end = api.subscribe((event: RunEvent) => {
            if (event.type === 'inside') views.push(event.view);
            if (event.type === 'weights') names.push(...event.weights.map(({ name }) => name));
            if (event.type !== 'phase' || event.phase !== 'paused') return;
            setTimeout(() => {
              api.inspect(steps.includes(next) ? inspection : null);
              if (next++ <= Math.max(...steps)) api.step();
              else api.resume();
            });
          });
          const { results } = await api.run({ source: text, fileName: 'program.ts', lanes: '2xfp32', isPaused: true });
          api.inspect(null);
          end();
          return { results, views, names };
        },
        { text: iris, inspection: { weight: 0, slowMs: 0 } satisfies Inspection, steps: looks },
      );
      const { views, names } = outcome;
      expect(names).toHaveLength(4); // two kernels, two biases
      const of = (phase: string, step: number) =>
        views.filter((view) => view.phase === phase && view.step === step).sort((a, b) => a.rank - b.rank);
      for (const step of looks) {
        for (const phase of ['forward', 'gradient', 'all-reduce', 'update'])
          expect(of(phase, step).map(({ rank }) => rank)).toEqual([0, 1]);
        expect(of('forward', step)[0]?.shape).toEqual([60, 16]); // half of the global batch
        expect(of('forward', step)[0]?.smallest).toBe(0); // relu
        const [first, second] = of('gradient', step).map(({ heatmap }) => heatmap.values);
        expect(first).not.toEqual(second);
        const [mean, sameMean] = of('all-reduce', step).map(({ heatmap }) => heatmap.values);
        expect(sameMean).toEqual(mean);
        for (const [at, value] of (mean ?? []).entries()) expect(value).toBeCloseTo(((first?.[at] ?? 0) + (second?.[at] ?? 0)) / 2, 6);
        const [moved] = of('update', step).map(({ heatmap }) => heatmap.values);
        for (const [at, value] of (moved ?? []).entries()) expect(value).toBeCloseTo(-0.1 * (mean?.[at] ?? Number.NaN), 6);
      }
      expect(views.every(({ step }) => looks.includes(step))).toBe(true);
      expect(outcome.results?.lanes[0]?.execution).toBe('captured');
      const undisturbed = await runProgram(open.page, iris, { lanes: '2xfp32' });
      expect(hashes(outcome.results)).toEqual(hashes(undisturbed.results));
    });
  },
);
