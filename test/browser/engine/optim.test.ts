import type { Tensor1D, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createOptimizer,
  optimizerSlots,
  parseOptimizerSpec,
  refuseWrongOptimizer,
  type OptimizerSpec,
} from '../../../src/engine/optim.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { readWeights, weightsHash } from '../../../src/engine/weights-hash.ts';
import { hashHex } from '../../../src/core/hash.ts';
// PyTorch 1.13 in float64, executed, with tfjs's defaults.
import references from '../../reference/optimizers.json' with { type: 'json' };

const specs: Readonly<Record<string, OptimizerSpec>> = {
  'opt/adam-1e-7': { name: 'adam', learningRate: 0.01 },
  'opt/momentum': { name: 'momentum', learningRate: 0.1 },
  'opt/adagrad': { name: 'adagrad', learningRate: 0.1 },
};

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
    [{ name: 'rmsprop', learningRate: 1 }, 8],
    [{ name: 'adagrad', learningRate: 1 }, 4],
  ] satisfies readonly (readonly [OptimizerSpec, number])[])('%j keeps slots of %i values', (spec, size) => {
    const optimizer = createOptimizer(spec);
    apply(optimizer, tf.variable(tf.ones<tf.Rank.R1>([4])), [1, 1, 1, 1]);
    expect(optimizerSlots(optimizer).reduce((sum, slot) => sum + slot.size, 0)).toBe(size);
  });

  it.each([
    [{ name: 'adam' }, 'optimizer.learningRate: expected a positive number, got undefined.'],
    [{ name: 'adam', learningRate: 0 }, 'optimizer.learningRate: expected a positive number, got 0.'],
    [{ name: 'adam', learningRate: '1e-3' }, 'optimizer.learningRate: expected a finite number, got "1e-3".'],
    [{ name: 'adam', learningRate: 1, beta1: 1 }, 'optimizer.beta1: expected a number from 0 to below 1, got 1.'],
    [{ name: 'sgd', learningRate: 1, momentum: 0.9 }, 'optimizer.momentum: expected sgd to take learningRate, got 0.9.'],
    [{ name: 'lion', learningRate: 1 }, 'optimizer.name: expected one of sgd, momentum, adam, rmsprop, adagrad, got "lion".'],
    ['adam', 'optimizer: expected an object such as'],
  ])('refuses %j and says why', (spec, message) => {
    expect(() => parseOptimizerSpec(spec)).toThrow(
      expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining(message) as string }),
    );
  });

  it('does not offer what tfjs computes wrongly, by name or ready made', () => {
    const refusal = expect.objectContaining({ code: 'not-supported' }) as Error;
    expect(() => parseOptimizerSpec({ name: 'adadelta', learningRate: 1 })).toThrow(refusal);
    expect(() => parseOptimizerSpec({ name: 'rmsprop', learningRate: 1, centered: true })).toThrow(refusal);
    expect(() => refuseWrongOptimizer(tf.train.adadelta(1))).toThrow(refusal);
    expect(() => refuseWrongOptimizer(tf.train.rmsprop(1, 0.9, 0, 1e-7, true))).toThrow(refusal);
    expect(() => refuseWrongOptimizer(tf.train.rmsprop(1))).not.toThrow();
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
