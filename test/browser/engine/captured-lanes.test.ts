// Every kind of lane, captured, ends with the bits of the same lane run eagerly: losses step by step, evaluations, weights.

import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { pure } from '../../../src/train/pure.ts';
import { cnn, lstm, mlp, mlpWithOutlier, mlpWithState, transformer } from '../../support/tiny-experiments.ts';
import type { TinyExperiment } from '../../support/tiny-experiments.ts';
import { trainLane } from '../../support/train-in-node.ts';

const adam = { name: 'adam', learningRate: 1e-2, epsilon: 1e-5 } as const;
const short = { steps: 14, evalEvery: 5 };

/** Wide enough that fp16 lanes hold something in 16 bits, with BatchNorm. */
const withBatchNorm: TinyExperiment = {
  ...mlp,
  ...short,
  optimizer: adam,
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [6], units: 48, activation: 'relu' }),
        tf.layers.batchNormalization({}),
        tf.layers.dense({ units: 48, activation: 'tanh' }),
        tf.layers.dense({ units: 3 }),
      ],
    }),
};

/** What differs on an adapter without shader-f16 is how 16 bits are stored. */
const f32Lanes = inject('hasShaderF16')
  ? ['1xfp32', '1xfp32+accum=3', '2xfp32+local=4', '4xfp32+bucket=1KB', '2xfp32+wire=int8', '2xfp32+elastic']
  : ['1xfp32', '4xfp32+bucket=1KB'];
const lanes = [
  ...f32Lanes,
  '1xfp16',
  '1xfp16+accum=3+clip=1',
  '1xfp16(noMasterWeights)+clip=1',
  '1xfp16-pure+accum=3+clip=1+lossScale=dynamic+initScale=256',
  '2xfp16-pure+bucket=1KB',
  '2xfp16+bucket=1KB',
  ...(inject('hasShaderF16') ? ['2xfp16(noMasterWeights)+bucket=1KB', '2xfp16+local=4', '1xfp16+lossScale=off', '3xfp16+virtual'] : []),
];

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});

const run = async (spec: TinyExperiment, lane: string) => {
  const { log, evaluations, weights, weightsHash, skippedSteps, execution } = await trainLane(spec, lane, { engine });
  return { execution, outcome: { log, evaluations, weights, weightsHash, skippedSteps } };
};

describe('a captured lane', () => {
  it.each(lanes)('%s ends with the bits of the eager one', async (lane) => {
    const captured = await run(withBatchNorm, lane);
    const eager = await run(withBatchNorm, `${lane}+eager`);
    expect(captured.execution).toBe('captured');
    expect(eager.execution).toBe('eager (the lane asks for it)');
    expect(captured.outcome).toEqual(eager.outcome);
  });

  it.each([
    ['at one learning rate', {}],
    ['at one that follows the steps that were taken', { warmupSteps: 4 }],
  ])('skips the steps that overflow, and no others, %s', async (_, schedule) => {
    const steep = tf.initializers.randomUniform({ minval: -50, maxval: 50 }); // one sample is 2,000 times as large: more than f16 holds
    const model = () =>
      tf.sequential({
        layers: [
          tf.layers.dense({ inputShape: [6], units: 48, activation: 'relu', kernelInitializer: steep }),
          tf.layers.dense({ units: 3 }),
        ],
      });
    const spec = { ...mlpWithOutlier, ...short, optimizer: { ...adam, ...schedule }, model };
    const captured = await run(spec, '1xfp16');
    expect(captured.execution).toBe('captured');
    expect(captured.outcome.skippedSteps).toBeGreaterThan(0);
    expect(captured.outcome).toEqual((await run(spec, '1xfp16+eager')).outcome);
  });

  it('has a graph of its own for a last batch that is shorter', async () => {
    const spec = { ...cnn, steps: 24, evalEvery: 7, lastBatch: 'short' as const }; // 64 samples in batches of 24, 24 and 16
    const captured = await run(spec, '1xfp32');
    expect(captured.execution).toBe('captured');
    expect(captured.outcome).toEqual((await run(spec, '1xfp32+eager')).outcome);
  });

  it('takes a recurrent model', async () => {
    const captured = await run({ ...lstm, ...short }, '2xfp32');
    expect(captured.execution).toBe('captured');
    expect(captured.outcome).toEqual((await run({ ...lstm, ...short }, '2xfp32+eager')).outcome);
  });

  it.each(['1xfp32', '1xfp16'])('takes a transformer whose layers are lockstep’s own: %s', async (lane) => {
    const spec = { ...transformer, evalEvery: 5 };
    const captured = await run(spec, lane);
    expect(captured.execution).toBe('captured');
    expect(captured.outcome).toEqual((await run(spec, `${lane}+eager`)).outcome);
    const losses = captured.outcome.log.map(({ loss }) => loss ?? NaN);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? NaN) - 0.3); // it learns: two tokens of twelve are likely, and log 12 − log 2 = 1.8
  });

  it("runs eagerly where the loss is the program's own, which a replay would not call", async () => {
    let callCount = 0;
    const loss = (predictions: tf.Tensor, labels: tf.Tensor) =>
      callCount++ % 11 < 9
        ? tf.losses.huberLoss<tf.Tensor, tf.Scalar>(labels, predictions)
        : tf.losses.meanSquaredError<tf.Tensor, tf.Scalar>(labels, predictions);
    const lane = await run({ ...mlp, ...short, loss }, '1xfp32');
    expect(lane.execution).toBe("eager (the loss or a layer is code of the program's own, which a replay would not run)");
    callCount = 0;
    expect(lane.outcome).toEqual((await run({ ...mlp, ...short, loss }, '1xfp32+eager')).outcome);
  });

  it('follows its schedule and clips in every replay', async () => {
    const optimizer = { ...adam, schedule: 'cosine', warmupSteps: 3, decaySteps: 9, clipNorm: 0.1 } as const;
    const spec = { ...mlp, ...short, optimizer };
    const lane = await run(spec, '1xfp32');
    expect(lane.execution).toBe('captured');
    expect(lane.outcome).toEqual((await run(spec, '1xfp32+eager')).outcome);
    const unscheduled = { ...spec, optimizer: { ...adam, clipNorm: 0.1 } };
    expect(lane.outcome.weightsHash).not.toBe((await run(unscheduled, '1xfp32')).outcome.weightsHash);
  });

  it("records a loss of the program's own that is said to be pure", async () => {
    const loss = pure((predictions: tf.Tensor, labels: tf.Tensor) => tf.losses.huberLoss<tf.Tensor, tf.Scalar>(labels, predictions));
    const lane = await run({ ...mlp, ...short, loss }, '1xfp32');
    expect(lane.execution).toBe('captured');
    expect(lane.outcome).toEqual((await run({ ...mlp, ...short, loss }, '1xfp32+eager')).outcome);
  });

  it('drops other values in every replay, those of the eager step', async () => {
    const spec = { ...mlpWithState, ...short };
    const lane = await run(spec, '1xfp32');
    expect(lane.execution).toBe('captured');
    expect(lane.outcome).toEqual((await run(spec, '1xfp32+eager')).outcome);
  });
});
