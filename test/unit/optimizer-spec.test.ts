// Plan: a spec is refused with the field that is wrong in it, and taken with defaults left out; schedules follow their closed forms; a program's
// own tf.Optimizer can be given what a spec has; the learning rate of any of them can be changed on the way.

import { beforeAll, describe, expect, test } from 'vitest';
import { createOptimizer, withStepOptions } from '../../src/engine/optim/create-optimizer.ts';
import { learningRateOf, setLearningRate } from '../../src/engine/optim/learning-rate.ts';
import { parseOptimizerSpec } from '../../src/engine/optim/optimizer-spec.ts';
import type { OptimizerSpec } from '../../src/engine/optim/optimizer-spec.ts';
import { scheduleFactor } from '../../src/engine/optim/schedule.ts';
import { startEngine } from '../../src/engine/start.ts';
import { tf } from '../../src/engine/tf.ts';

beforeAll(async () => {
  await startEngine({ backend: 'cpu' });
});

/** A weight of [3, 4] after one step with itself as gradient, whose norm is 5. */
function afterOneStep(optimizer: tf.Optimizer): number[] {
  const weight = tf.variable(tf.tensor1d([3, 4]));
  optimizer.minimize(() => tf.mul(tf.sum(tf.square(weight)), 0.5).asScalar(), false, [weight]);
  return [...weight.dataSync()];
}

describe('a spec', () => {
  test.each([
    [{ name: 'adam' }, 'optimizer.learningRate: expected a positive number, got undefined.'],
    [{ name: 'adam', learningRate: 0 }, 'optimizer.learningRate: expected a positive number, got 0.'],
    [{ name: 'adam', learningRate: '1e-3' }, 'optimizer.learningRate: expected a finite number, got "1e-3".'],
    [{ name: 'adam', learningRate: 1, beta1: 1 }, 'optimizer.beta1: expected a number from 0 to below 1, got 1.'],
    [{ name: 'adam', learningRate: 1, weightDecay: 0.1 }, 'optimizer.weightDecay: expected adam to take learningRate, beta1'],
    [{ name: 'adamW', learningRate: 1, weightDecay: -1 }, 'optimizer.weightDecay: expected a number of at least 0, got -1.'],
    [{ name: 'sgd', learningRate: 1, momentum: 0.9 }, 'optimizer.momentum: expected sgd to take learningRate, got 0.9.'],
    [{ name: 'rmsprop', learningRate: 1, centered: 1 }, 'optimizer.centered: expected true or false, got 1.'],
    [
      { name: 'lion', learningRate: 1 },
      'optimizer.name: expected one of sgd, momentum, adam, adamW, adamax, rmsprop, adagrad, adadelta, got',
    ],
    [{ name: 'sgd', learningRate: 1, clipNorm: 0 }, 'optimizer.clipNorm: expected a positive number, got 0.'],
    [{ name: 'sgd', learningRate: 1, clipNorm: 1, clipValue: 1 }, 'optimizer.clipValue: expected clipNorm or clipValue, not both, got 1.'],
    [{ name: 'sgd', learningRate: 1, schedule: 'linear' }, 'optimizer.schedule: expected one of constant, step, exponential, cosine, got'],
    [
      { name: 'sgd', learningRate: 1, schedule: 'cosine' },
      'optimizer.decaySteps: expected a whole number of steps for cosine, got undefined.',
    ],
    [{ name: 'sgd', learningRate: 1, decaySteps: 5 }, 'optimizer.decaySteps: expected a schedule that decays beside it'],
    [{ name: 'sgd', learningRate: 1, warmupSteps: 1.5 }, 'optimizer.warmupSteps: expected a whole number of steps, got 1.5.'],
    [{ name: 'sgd', learningRate: 1, schedule: 'step', decaySteps: 5, decayRate: 2 }, 'optimizer.decayRate: expected a number from 0 to 1'],
    ['adam', 'optimizer: expected an object such as'],
  ])('%j is refused, and why', (spec, message) => {
    expect(() => parseOptimizerSpec(spec)).toThrow(
      expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining(message) as string }),
    );
  });

  test('is taken as it is written, but for fields that are undefined', () => {
    const spec = { name: 'rmsprop', learningRate: 1e-3, centered: true, clipNorm: 1, schedule: 'step', decaySteps: 10 } as const;
    expect(parseOptimizerSpec({ ...spec, momentum: undefined })).toEqual(spec);
  });
});

describe('a schedule', () => {
  test.each([
    ['stays', {}, [1, 1, 1, 1]],
    ['drops', { schedule: 'step', decaySteps: 2, decayRate: 0.5 }, [1, 1, 0.5, 0.5, 0.25]],
    ['falls steadily', { schedule: 'exponential', decaySteps: 2, decayRate: 0.25 }, [1, 0.5, 0.25, 0.125]],
    [
      'falls along half a cosine, and stays at its end',
      { schedule: 'cosine', decaySteps: 4 },
      [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2, 0, 0],
    ],
    ['rises first', { warmupSteps: 4 }, [0.25, 0.5, 0.75, 1, 1]],
    ['rises and then falls', { warmupSteps: 2, schedule: 'step', decaySteps: 1, decayRate: 0.1 }, [0.5, 1, 1, 0.1, 0.01]],
  ] as const)('%s', (_what, options, factors) => {
    factors.forEach((factor, step) => expect(scheduleFactor(options, step)).toBeCloseTo(factor, 12));
  });

  test('moves the rate of every step, and leaves the one that was set', () => {
    const optimizer = createOptimizer({ name: 'sgd', learningRate: 0.5, warmupSteps: 2 });
    expect(afterOneStep(optimizer)).toEqual([3 - 0.25 * 3, 4 - 0.25 * 4]);
    expect(learningRateOf(optimizer)).toBe(0.5);
    setLearningRate(optimizer, 0.25);
    expect(afterOneStep(optimizer)).toEqual([3 - 0.25 * 3, 4 - 0.25 * 4]);
  });
});

test.each<[OptimizerSpec]>([
  [{ name: 'sgd', learningRate: 1e-9 }],
  [{ name: 'momentum', learningRate: 1e-9 }],
  [{ name: 'adam', learningRate: 1e-9 }],
  [{ name: 'adadelta', learningRate: 1e-9 }],
])('the learning rate can be changed on the way: %j', (spec) => {
  const optimizer = createOptimizer(spec);
  expect(afterOneStep(optimizer)).toEqual([3, 4]);
  setLearningRate(optimizer, 1);
  expect(afterOneStep(optimizer)[0]).toBeLessThan(3);
});

describe("a program's own optimizer", () => {
  test('is clipped and scheduled like one by name', () => {
    // ‖(3, 4)‖ = 5 is shortened to 1: the step is g ÷ 5. Torch's 1e-6 in the norm is far below the tolerance.
    const [x = 0, y = 0] = afterOneStep(withStepOptions(tf.train.sgd(1), { clipNorm: 1 }));
    expect(x).toBeCloseTo(3 - 0.6, 5);
    expect(y).toBeCloseTo(4 - 0.8, 5);
    expect(afterOneStep(withStepOptions(tf.train.sgd(1), { clipNorm: 6 }))).toEqual([0, 0]);
    expect(afterOneStep(withStepOptions(tf.train.sgd(1), { clipValue: 3.5 }))).toEqual([0, 0.5]);
    expect(afterOneStep(withStepOptions(tf.train.sgd(1), { warmupSteps: 2 }))).toEqual([1.5, 2]);
  });

  test('is refused where its steps are its own, and where an option makes no sense', () => {
    class Own extends tf.Optimizer {
      static readonly className = 'Own';
      applyGradients(): void {}
      getConfig = () => ({});
    }
    expect(() => withStepOptions(new Own(), { clipNorm: 1 })).toThrow(expect.objectContaining({ code: 'not-supported' }));
    expect(() => withStepOptions(tf.train.sgd(1), { clipNorm: -1 })).toThrow(
      expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining('withStepOptions.clipNorm') as string }),
    );
  });
});

test('where tfjs computes wrongly, the right update is taken on every backend', () => {
  // Zeiler's first step is √ε ÷ √((1 − ρ)·g² + ε) · g, below √(ε ÷ (1 − ρ)) = 0.00142; tfjs takes g itself, 3 and 4.
  const moved = afterOneStep(tf.train.adadelta(1, 0.95, 1e-7)).map((value, index) => 3 + index - value);
  for (const [index, step] of moved.entries())
    expect(step).toBeCloseTo(Math.sqrt(1e-7 / (0.05 * (3 + index) ** 2 + 1e-7)) * (3 + index), 6);
  // Centred: variance of the first gradient is ρ·(1 − ρ)·g², so the step is η ÷ √(ρ·(1 − ρ)); tfjs's is NaN.
  const [centred = Number.NaN] = afterOneStep(tf.train.rmsprop(0.1, 0.9, 0, 1e-7, true));
  expect(centred).toBeCloseTo(3 - 0.1 / Math.sqrt(0.09), 5);
});
