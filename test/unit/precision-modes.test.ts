// Plan: what each mode keeps in which format, on ranks and beside other options, on the CPU; that the numbers are NumPy's is in
// reference-cases.test.ts, that the GPU comes to them too in test/browser/engine/precision-modes.test.ts.

import { describe, expect, test } from 'vitest';
import { laneUses } from '../../src/core/lane-use.ts';
import { roundToFloat16 } from '../../src/core/float16.ts';
import { program } from '../../src/train/program.ts';
import { runRanks } from '../../src/cli/reference/run-ranks.ts';
import { createOptimizer } from '../../src/engine/optim/create-optimizer.ts';
import { optimizerSlots } from '../../src/engine/optim/slots.ts';
import { startEngine } from '../../src/engine/start.ts';
import { tf } from '../../src/engine/tf.ts';
import { keepState } from '../../src/train/in-precision.ts';
import { parseLane } from '../../src/train/lane.ts';
import { addUp, type PassOptions } from '../../src/train/micro-step.ts';
import { mlp, mlpWithOutlier, mlpWithState } from '../support/tiny-experiments.ts';
import { trainLane } from '../support/train-in-node.ts';

const short = { ...mlp, steps: 8 };
const areF16 = (weights: readonly Float32Array[]): boolean =>
  weights.every((values) => values.every((value) => Object.is(value, roundToFloat16(value))));

describe('without master weights', () => {
  test('weights are what f16 holds after every step, with master weights they are not', async () => {
    const without = await trainLane(short, '1xfp16(noMasterWeights)');
    const withMasters = await trainLane(short, '1xfp16');
    expect(areF16(without.weights)).toBe(true);
    expect(areF16(withMasters.weights)).toBe(false);
    expect(without.log.at(-1)?.['loss']).toBeLessThan(without.log[0]?.['loss'] ?? 0);
  });

  test.each([
    ['2xfp16(noMasterWeights)', short],
    ['2xfp16(noMasterWeights)+local=3', short],
    ['2xfp16(noMasterWeights)+virtual', short],
    ['2xfp16(noMasterWeights)+batchNorm=sync', { ...mlpWithState, steps: 4 }],
    ['2xfp16(noMasterWeights)+wire=int8', short],
  ])('ranks of %s end with the same weights, all of them f16', async (lane, spec) => {
    const { weightsByRank } = await trainLane(spec, lane);
    for (const weights of weightsByRank) {
      expect(weights).toEqual(weightsByRank[0]);
      expect(areF16(weights)).toBe(true);
    }
  });

  test('an update of less than half a step of the weight is lost, with master weights it adds up', async () => {
    const constant = {
      ...mlp,
      data: () => ({ train: { x: tf.ones([4, 1]), y: tf.zeros([4, 1]) }, test: null }),
      model: () => tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units: 1, useBias: false, kernelInitializer: 'ones' })] }),
      loss: 'meanSquaredError' as const, // its gradient is 2 at w = 1: a step moves by 2⁻¹²
      optimizer: { name: 'sgd', learningRate: 2 ** -13 } as const,
      globalBatch: 4,
      steps: 20,
    };
    expect((await trainLane(constant, '1xfp16(noMasterWeights)')).weights[0]?.[0]).toBe(1);
    expect((await trainLane(constant, '1xfp16')).weights[0]?.[0]).toBeCloseTo(1 - 20 * 2 ** -12, 4);
  });

  test('a decay and a step that are each too small to be seen are rounded together', async () => {
    const engine = await startEngine({ backend: 'cpu' });
    const weight = tf.variable(tf.ones([1]));
    engine.keepInF16(weight);
    const optimizer = createOptimizer({ name: 'adamW', learningRate: 2 ** -12, weightDecay: 1 });
    tf.tidy(() => optimizer.applyGradients({ [weight.name]: tf.ones([1]) })); // 2⁻¹² of each
    expect(weight.dataSync()[0]).toBe(1 - 2 ** -11);
  });

  test('a step whose gradients overflow leaves the weights where they were', async () => {
    const lane = await trainLane({ ...mlpWithOutlier, steps: 6 }, '2xfp16(noMasterWeights)', { withHashes: true });
    expect(lane.skippedSteps).toBeGreaterThan(0);
    expect(areF16(lane.weights)).toBe(true);
  });

  test('a program names its weights and gets the same', async () => {
    const ended: number[] = [];
    const main = program({ lanes: ['1xfp16(noMasterWeights)'] }, (ctx) => {
      const weight = tf.variable(tf.tensor1d([1, 0.1]));
      ctx.weights([weight]);
      const optimizer = ctx.optim({ name: 'sgd', learningRate: 1 });
      optimizer.applyGradients({ [weight.name]: tf.tensor1d([2 ** -12, 1e-3]) });
      ended.push(...weight.dataSync());
    });
    await runRanks(main);
    expect(ended).toEqual([1, roundToFloat16(roundToFloat16(0.1) - 1e-3)]);
  });
});

describe('everything in f16', () => {
  const pure = { ...mlp, optimizer: { name: 'momentum', learningRate: 0.05 } as const, steps: 8 };

  test('weights, moving averages and losses are what f16 holds, and it learns', async () => {
    const { weights, log, evaluations } = await trainLane({ ...mlpWithState, steps: 20 }, '1xfp16-pure');
    expect(areF16(weights)).toBe(true);
    const losses = log.map(({ loss = NaN }) => loss);
    expect(losses).toEqual(losses.map(roundToFloat16));
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    expect(Number.isFinite(evaluations.at(-1)?.['testLoss'])).toBe(true);
  });

  test('gradients, those of weights among them, and every activation are f16, of any size', async () => {
    const engine = await startEngine({ backend: 'cpu' });
    const weight = tf.variable(tf.tensor2d([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [3, 2]));
    engine.keepInF16(weight);
    const { value, grads } = engine.autocast(
      () =>
        tf.variableGrads(
          () =>
            tf
              .softmax(tf.matMul(tf.tensor2d([1 / 3, 1 / 7, 0.9], [1, 3]), weight))
              .square()
              .mean()
              .asScalar(),
          [weight],
        ),
      'f16-everywhere',
    );
    for (const tensor of [value, ...Object.values(grads)]) {
      expect(engine.isF16(tensor)).toBe(true);
      const values = Array.from(tensor.dataSync());
      expect(values).toEqual(values.map(roundToFloat16));
    }
  });

  test('the optimizer’s state is f16, Adam’s powers of β are not', async () => {
    const engine = await startEngine({ backend: 'cpu' });
    const weight = tf.variable(tf.tensor1d([1, 2, 3]));
    const optimizer = createOptimizer({ name: 'adam', learningRate: 0.01 });
    keepState(engine, 'fp16-pure', optimizer);
    for (const gradient of [0.1, 0.03, 1e-4]) tf.tidy(() => optimizer.applyGradients({ [weight.name]: tf.mul(tf.ones([3]), gradient) }));
    const states = optimizerSlots(optimizer).map((slot) => Array.from(slot.dataSync()));
    const ofWeight = states.filter(({ length }) => length === 3);
    expect(ofWeight).toHaveLength(2);
    expect(ofWeight).toEqual(ofWeight.map((values) => values.map(roundToFloat16)));
    expect(ofWeight[1]?.[0]).toBeGreaterThan(0); // its second moment is a subnormal f16
    expect(states.filter(({ length }) => length === 1).some(([value = 0]) => value !== roundToFloat16(value))).toBe(true);
  });

  test.each(['2xfp16-pure', '2xfp16-pure+lossScale=dynamic', '2xfp16-pure+virtual', '2xfp16-pure+accum=2', '2xfp16-pure+local=3'])(
    'ranks of %s end with the same weights, all of them f16',
    async (lane) => {
      const { weightsByRank } = await trainLane(pure, lane);
      for (const weights of weightsByRank) {
        expect(weights).toEqual(weightsByRank[0]);
        expect(areF16(weights)).toBe(true);
      }
    },
  );

  test('gradients that are added up in f16 stop where its numbers are too far apart', async () => {
    const engine = await startEngine({ backend: 'cpu' });
    const options = { engine, lane: parseLane('1xfp16-pure', 'lane') } as PassOptions; // what adding up reads of it
    const part = (value: number) => ({ loss: tf.scalar(0), gradients: { w: tf.tensor1d([value]) } });
    let sum = part(2046);
    for (let step = 0; step < 5; step++) sum = addUp(options, sum, part(1)) as typeof sum; // under the same names
    expect(sum.gradients.w.dataSync()[0]).toBe(2048);
  });
});

describe('bf16', () => {
  test('keeps f32 weights and needs no loss scale where fp16 without one loses its gradients', async () => {
    // Gradients of some 1e-9 are 0 in f16, and have their eight digits in bf16.
    const faint = {
      ...mlp,
      model: () =>
        tf.sequential({
          layers: [
            tf.layers.dense({ inputShape: [6], units: 64, activation: 'tanh' }),
            tf.layers.dense({ units: 64 }),
            tf.layers.dense({ units: 3 }),
          ],
        }),
      loss: (predicted: tf.Tensor, y: tf.Tensor) => tf.mul<tf.Scalar>(tf.losses.softmaxCrossEntropy(y, predicted), 1e-6),
      optimizer: { name: 'sgd', learningRate: 5e4 } as const,
      steps: 12,
    };
    const full = await trainLane(faint, '1xfp32');
    const brain = await trainLane(faint, '1xbf16');
    const half = await trainLane(faint, '1xfp16+lossScale=off');
    const fallOf = (lane: typeof full) => 1 - (lane.log.at(-1)?.['loss'] ?? NaN) / (lane.log[0]?.['loss'] ?? NaN);
    expect(areF16(brain.weights)).toBe(false);
    expect(Math.abs(fallOf(brain) - fallOf(full))).toBeLessThan(0.05);
    expect(fallOf(half)).toBeLessThan(fallOf(full) / 2);
  });

  test('ranks end with the same weights', async () => {
    const { weightsByRank } = await trainLane(short, '2xbf16');
    expect(weightsByRank[1]).toEqual(weightsByRank[0]);
  });

  test('is called simulated on every device, and nothing is claimed of its memory and speed', () => {
    const uses = laneUses({ backend: 'webgpu', f16: 'native' });
    expect(uses.find(({ precision }) => precision === 'bf16')).toMatchObject({
      storage: 'simulated',
      isMemoryCounted: false,
      isSpeedComparable: false,
    });
    expect(uses.find(({ precision }) => precision === 'fp16-pure')).toMatchObject({ storage: 'native', isMemoryCounted: true });
  });
});
