// Plan: what each mode keeps in which format, on ranks and beside other options, on the CPU; that the numbers are NumPy's is in
// reference-cases.test.ts, that the GPU comes to them too in test/browser/engine/precision-modes.test.ts.

import { describe, expect, test } from 'vitest';
import { roundToFloat16 } from '../../src/core/float16.ts';
import { program } from '../../src/train/program.ts';
import { runRanks } from '../../src/cli/reference/run-ranks.ts';
import { tf } from '../../src/engine/tf.ts';
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
