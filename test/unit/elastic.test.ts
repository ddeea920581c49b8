// Plan: a lane that loses ranks. Ranks that live in this thread are killed at every step and at random moments, with and without the
// browser's help in noticing; the lane always comes to its end, no step or evaluation is told twice or left out, the ranks that are left end
// with the same bits, and the weights are those of gradient descent on the whole batches, in float64, which knows of no ranks at all.

import { beforeAll, describe, expect, test } from 'vitest';
import { createPrng } from '../../src/core/prng.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { startCpu } from '../../src/engine/start-cpu.ts';
import { tf } from '../../src/engine/tf.ts';
import { RankError } from '../../src/runner/rank-error.ts';
import { planRegroup } from '../../src/runner/regroup.ts';
import { experiment } from '../../src/train/experiment.ts';
import { createShardSampler } from '../../src/train/sampler.ts';
import { createElasticLane, turns } from '../support/elastic-lane.ts';

const sampleCount = 50;
const width = 3;
const globalBatch = 20; // 4 and 2 ranks share it equally, 3 do not
const stepCount = 12;
const learningRate = 0.1;
const momentum = 0.9;
const seed = 5;
const data = createPrng(1);
const x = Float32Array.from({ length: sampleCount * width }, () => data.next() * 2 - 1);
const y = Float32Array.from({ length: sampleCount }, (_, row) => (x[row * width] ?? 0) - 2 * (x[row * width + 1] ?? 0) + 0.5);

const spec = experiment({
  title: 'A straight line',
  seed,
  data: () => ({
    train: { x: tf.tensor(x, [sampleCount, width]), y: tf.tensor(y, [sampleCount, 1]) },
    test: { x: tf.tensor(x, [sampleCount, width]), y: tf.tensor(y, [sampleCount, 1]) },
  }),
  model: () => tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [width], kernelInitializer: 'ones' })] }),
  loss: 'meanSquaredError',
  optimizer: { name: 'momentum', learningRate, momentum },
  globalBatch,
  steps: stepCount,
  evalEvery: 4,
  lanes: ['4xfp32+elastic'],
});

/** The weights, kernel and then bias, after all steps: plain gradient descent with momentum in float64. */
function oracle(): readonly number[] {
  const weights = [1, 1, 1, 0];
  const velocity = [0, 0, 0, 0];
  const sampler = createShardSampler({ sampleCount, globalBatch, rank: 0, worldSize: 1, seed });
  for (let step = 1; step <= stepCount; step++) {
    const gradient = [0, 0, 0, 0];
    for (const row of sampler.shardAt(step)) {
      const inputs = [...x.subarray(row * width, (row + 1) * width), 1];
      const error = inputs.reduce((sum, input, at) => sum + input * (weights[at] ?? 0), -(y[row] ?? 0));
      for (const [at, input] of inputs.entries()) gradient[at] = (gradient[at] ?? 0) + (2 * error * input) / globalBatch;
    }
    for (const [at, slope] of gradient.entries()) {
      velocity[at] = momentum * (velocity[at] ?? 0) + slope;
      weights[at] = (weights[at] ?? 0) - learningRate * (velocity[at] ?? 0);
    }
  }
  return weights;
}

let engine: Engine;

beforeAll(async () => {
  const started = await startCpu();
  engine = { ...started, report: { ...started.report, fallbacks: [], selfTest: null } };
  return () => engine.dispose();
});

type TestLane = ReturnType<typeof createElasticLane>;

function createLane(lane: string, prngSeed: number, closesPorts = prngSeed % 2 === 0): TestLane {
  return createElasticLane({ spec, engine, lane, prng: createPrng(prngSeed), closesPorts });
}

/** What holds of every lane that comes to its end, whoever was lost on the way. */
async function expectWholeSeries({ run, steps, evaluations, changes }: TestLane): Promise<void> {
  const report = await run.finish();
  run.end();
  expect(steps()).toEqual(Array.from({ length: stepCount }, (_, index) => index + 1));
  expect(evaluations()).toEqual([4, 8, 12]);
  expect(report.replicasAgree).toBe(true);
  expect(changes.map(({ worldSize }) => worldSize)).toEqual(changes.map((_, index) => 3 - index));
  const expected = oracle();
  const weights = report.weights.flatMap((tensor) => [...tensor]);
  expect(weights).toHaveLength(expected.length);
  // f32 sums of 20 samples, 12 times: 2⁻²⁴ · √240 of values near 1.
  for (const [at, weight] of weights.entries()) expect(Math.abs(weight - (expected[at] ?? Number.NaN))).toBeLessThan(5e-6);
}

describe('an elastic lane', () => {
  test('that loses nobody trains as gradient descent does', async () => {
    const lane = createLane('4xfp32+elastic', 1);
    await lane.run.prepare(false);
    while (!(await lane.run.advance(5)));
    await expectWholeSeries(lane);
    expect(lane.changes).toEqual([]);
  });

  test.each([0, 1, 2, 3].flatMap((rank) => [1, 5, 12].map((step) => [rank, step] as const)))(
    'goes on without rank %i, which is killed at step %i',
    async (rank, step) => {
      const lane = createLane(`4xfp32+elastic+fault=kill:${rank}@${step}`, rank + 10 * step);
      await lane.run.prepare(false);
      while (!(await lane.run.advance(5)));
      expect(lane.changes).toEqual([{ step: expect.any(Number) as number, lostRank: rank, worldSize: 3 }]);
      // Where the news of the loss overtakes the lost rank's last messages, the others take the step before it again.
      expect([Math.max(0, step - 2), step - 1]).toContain(lane.changes[0]?.step);
      await expectWholeSeries(lane);
    },
  );

  test('shrinks to the last rank, and the same losses give the same bits', async () => {
    const train = async (prngSeed: number) => {
      const lane = createLane('4xfp32+elastic+fault=kill:0@3+fault=kill:2@3+fault=kill:1@9', prngSeed);
      await lane.run.prepare(false);
      while (!(await lane.run.advance(5)));
      return lane;
    };
    const lanes = [await train(2), await train(7), await train(11)];
    for (const lane of lanes) {
      expect(lane.changes.at(-1)).toMatchObject({ lostRank: 1, worldSize: 1 });
      await expectWholeSeries(lane);
    }
    // Of three, two lost their ranks after the same steps: where the news overtakes a last message differs now and then.
    const lossesBy = lanes.map((lane) => [JSON.stringify(lane.changes), lane.losses()] as const);
    const pairs = lossesBy.flatMap((one, at) =>
      lossesBy.slice(at + 1).flatMap((other) => (one[0] === other[0] ? [[one[1], other[1]]] : [])),
    );
    expect(pairs.length).toBeGreaterThan(0);
    for (const [one, other] of pairs) expect(one).toEqual(other);
  });

  test.each(Array.from({ length: 16 }, (_, index) => index))('survives kills at any moment: %i', async (prngSeed) => {
    const lane = createLane('4xfp32+elastic', prngSeed);
    const random = createPrng(1000 + prngSeed);
    const draw = (count: number) => Math.floor(random.next() * count);
    await lane.run.prepare(false);
    const victims = random.shuffle(Uint32Array.from([0, 1, 2, 3])).subarray(0, 1 + draw(3));
    const kills = [...victims].map(async (victim, index) => {
      const rank = lane.ranks[victim];
      if (rank === undefined) return;
      if (index === 0 || draw(2) === 0) {
        rank.messagesLeft = 1 + draw(80);
        return;
      }
      await turns(draw(60));
      rank.kill();
    });
    for (let isDone = false; !isDone;) {
      const slice = lane.run.advance(1 + draw(6));
      if (draw(3) === 0) {
        await turns(draw(20));
        lane.run.hold().catch(() => undefined); // what it hears of, the slice hears of too
      }
      isDone = await slice;
    }
    await Promise.all(kills);
    await expectWholeSeries(lane);
    expect(lane.changes.length).toBeLessThanOrEqual(victims.length);
  });

  test('ends with a card when nobody is left', async () => {
    const lane = createLane('2xfp32+elastic', 3);
    await lane.run.prepare(false);
    const slice = lane.run.advance(12);
    await turns(10);
    for (const rank of lane.ranks) rank.kill();
    await expect(slice).rejects.toMatchObject({
      cause: { code: 'rank-lost', message: expect.stringContaining('Nobody is left to go on.') },
    });
  });
});

describe('a lane that is not elastic', () => {
  test('ends with a card that names the rank, the step and where the others waited', async () => {
    const lane = createLane('4xfp32+fault=kill:2@5', 4);
    await lane.run.prepare(false);
    const failure = await lane.run.advance(12).catch((error: unknown) => error);
    lane.run.end();
    expect(failure).toBeInstanceOf(RankError);
    expect(failure).toMatchObject({ rank: 2, cause: { code: 'rank-lost' } });
    expect(String((failure as RankError).cause)).toContain(
      'rank 2: expected it to train to the end with the others, but its worker was ended when it began step 5',
    );
    expect(String((failure as RankError).cause)).toMatch(/Ranks 0, 1 and 3 waited for it in allReduce, at step 5\./u);
  });
});

test('the furthest rank hands its state over, and nobody does where all are equally far', () => {
  expect(planRegroup([4, 5, 5])).toEqual({ step: 5, donor: 1 });
  expect(planRegroup([7, 7])).toEqual({ step: 7, donor: null });
  expect(planRegroup([0])).toEqual({ step: 0, donor: null });
});
