// A captured step is the eager step: the same losses and the same weights, bit for bit, with evaluations in between.

import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { createTraining, optimizers, train } from './small-nets.ts';

const stepCount = 25;
/** Runs before the first replay: one eager, two recorded. */
const runsBefore = 3;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});

/** Every optimizer on one net; nets of other kinds with one optimizer. Recurrent ones are in captured-lanes.test.ts. */
const cases = [
  ...Object.keys(optimizers).map((name) => ['MLP', name] as const),
  ...['CNN with BatchNorm', 'transformer'].map((name) => [name, 'adam'] as const),
];

describe('a captured step', () => {
  it.each(cases)('of %s with %s is the eager step, bit for bit', async (net, optimizer) => {
    const run = async (isCaptured: boolean) => {
      const training = createTraining(net, optimizer);
      const trained = await train(engine, training, stepCount, { isCaptured });
      training.dispose();
      return trained;
    };
    const eager = await run(false);
    const captured = await run(true);
    expect(captured.refusal).toBeNull();
    expect(captured.replayCount).toBe(stepCount - runsBefore);
    expect(captured.losses).toEqual(eager.losses);
    expect(captured.evaluated).toEqual(eager.evaluated);
    expect(captured.weights).toEqual(eager.weights);
    expect(new Set(eager.losses).size).toBeGreaterThan(stepCount / 2); // it trains
  });
});
