import type { Tensor1D, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createOptimizer } from '../../../src/engine/optim/create-optimizer.ts';
import type { OptimizerSpec } from '../../../src/engine/optim/optimizer-spec.ts';
import { optimizerSlots } from '../../../src/engine/optim/slots.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { readWeights, weightsHash } from '../../../src/engine/weights-hash.ts';
import { hashHex } from '../../../src/core/hash.ts';
// PyTorch in float64, executed (test/reference/optimizers.py).
import references from '../../reference/optimizers.json' with { type: 'json' };

const sgd = { name: 'sgd', learningRate: 0.1 } as const;
const rmsprop = { name: 'rmsprop', learningRate: 0.01, decay: 0.9, epsilon: 1e-12 } as const;
const specs: Readonly<Record<string, OptimizerSpec>> = {
  'opt/adam-1e-7': { name: 'adam', learningRate: 0.01 },
  'opt/momentum': { name: 'momentum', learningRate: 0.1 },
  'opt/adagrad': { name: 'adagrad', learningRate: 0.1 },
  'opt/nesterov': { name: 'momentum', learningRate: 0.1, useNesterov: true },
  'opt/adamw': { name: 'adamW', learningRate: 0.01, epsilon: 1e-7, weightDecay: 0.1 },
  'opt/adamax': { name: 'adamax', learningRate: 0.01, epsilon: 1e-12 },
  'opt/rmsprop': rmsprop,
  'opt/rmsprop-momentum': { ...rmsprop, momentum: 0.5 },
  'opt/rmsprop-centered': { ...rmsprop, momentum: 0.5, centered: true },
  'opt/adadelta': { name: 'adadelta', learningRate: 1, rho: 0.9, epsilon: 1e-6 },
  'opt/sgd-clip-norm': { ...sgd, clipNorm: 1 },
  'opt/adam-clip-value': { name: 'adam', learningRate: 0.01, clipValue: 0.25 },
  'opt/sgd-step': { ...sgd, schedule: 'step', decaySteps: 4, decayRate: 0.5 },
  'opt/sgd-exponential': { ...sgd, schedule: 'exponential', decaySteps: 1, decayRate: 0.8 },
  'opt/sgd-cosine': { ...sgd, schedule: 'cosine', decaySteps: 12, decayRate: 0.1 },
  'opt/sgd-warmup-cosine': { ...sgd, schedule: 'cosine', warmupSteps: 4, decaySteps: 8 },
};

/** Values of the buffer that holds what every update reads. */
const hyperSize = 49;

const apply = (optimizer: tf.Optimizer, weights: Variable, gradient: readonly number[]): void => {
  tf.tidy(() => optimizer.applyGradients({ [weights.name]: tf.tensor1d([...gradient]) }));
};

describe('optimizers', () => {
  beforeAll(async () => {
    await startEngine();
  });

  it.each(Object.entries(specs))('%s agrees with PyTorch step by step', async (id, spec) => {
    const reference = references.find((candidate) => candidate.id === id);
    const [start, gradients, after] = [reference?.input.w0, reference?.input.grads, reference?.expected.w_after_each_step];
    if (start === undefined || gradients === undefined || after === undefined) throw new Error('no such reference case');
    const weights: Variable = tf.variable(tf.tensor1d(start));
    const optimizer = createOptimizer(spec);
    for (const [step, gradient] of gradients.entries()) {
      apply(optimizer, weights, gradient);
      const [values = new Float32Array(0)] = await readWeights([weights]);
      // 2e-6 absolute: some ten f32 roundings of values up to 4.
      values.forEach((value, index) => expect(Math.abs(value - (after[step]?.[index] ?? NaN))).toBeLessThan(2e-6));
    }
  });

  it('takes a plain step as Keras does', async () => {
    const weights: Variable = tf.variable(tf.tensor1d([1, 2, 3, 4]));
    apply(createOptimizer({ name: 'sgd', learningRate: 0.5 }), weights, [1, 6, 7, 2]);
    expect(Array.from((await readWeights([weights]))[0] ?? [])).toEqual([0.5, -1, -0.5, 3]);
  });

  it.each([
    [{ name: 'sgd', learningRate: 1 }, 1],
    [{ name: 'momentum', learningRate: 1 }, 4 + 2],
    [{ name: 'adam', learningRate: 1 }, 8 + 2],
    [{ name: 'adamW', learningRate: 1 }, 8 + 2],
    [{ name: 'adamax', learningRate: 1 }, 8 + 2],
    [{ name: 'rmsprop', learningRate: 1 }, 8],
    [{ name: 'rmsprop', learningRate: 1, centered: true }, 12],
    [{ name: 'adagrad', learningRate: 1 }, 4],
    [{ name: 'adadelta', learningRate: 1 }, 8],
  ] satisfies readonly (readonly [OptimizerSpec, number])[])('%j keeps slots of %i values, and its hyper-parameters', (spec, size) => {
    const optimizer = createOptimizer(spec);
    apply(optimizer, tf.variable(tf.ones<tf.Rank.R1>([4])), [1, 1, 1, 1]);
    expect(optimizerSlots(optimizer).reduce((sum, slot) => sum + slot.size, 0)).toBe(size + hyperSize);
  });

  it('hashes weights by their bits, in order', async () => {
    const [a, b] = [tf.variable(tf.tensor1d([1, -0])), tf.variable(tf.tensor1d([3]))] as [Variable & Tensor1D, Variable & Tensor1D]; // both literal
    expect(await weightsHash([a, b])).toBe(hashHex([Float32Array.of(1, -0, 3)]));
    expect(await weightsHash([b, a])).not.toBe(await weightsHash([a, b]));
    const [copy] = await readWeights([a]);
    a.assign(tf.tensor1d([7, 7]));
    expect(Array.from(copy ?? [])).toEqual([1, -0]);
  });
});
