// The types of optimizers as programs write them; checked by `vitest --project types`.

import type { Optimizer } from '@tensorflow/tfjs';
import { experiment, withStepOptions } from 'lockstep';
import type { ExperimentSpec, OptimizerSpec, ScheduleName } from 'lockstep';
import { expectTypeOf, test } from 'vitest';

test('an optimizer takes its own fields, and every one clipping and a schedule', () => {
  expectTypeOf<{ name: 'adamW'; learningRate: number; weightDecay: number; clipNorm: number }>().toExtend<OptimizerSpec>();
  expectTypeOf<{ name: 'rmsprop'; learningRate: number; centered: true }>().toExtend<OptimizerSpec>();
  expectTypeOf<{ name: 'adamax'; learningRate: number }>().toExtend<OptimizerSpec>();
  expectTypeOf<{ name: 'adadelta'; learningRate: number; rho: number }>().toExtend<OptimizerSpec>();
  expectTypeOf<{
    name: 'sgd';
    learningRate: number;
    schedule: 'cosine';
    decaySteps: number;
    warmupSteps: number;
  }>().toExtend<OptimizerSpec>();
  expectTypeOf<ScheduleName>().toEqualTypeOf<'constant' | 'step' | 'exponential' | 'cosine'>();
});

declare const optim: (spec: OptimizerSpec) => Optimizer;

test('a field that an optimizer does not have is an error in the editor', () => {
  // @ts-expect-error Adam's decay would pass through its moments: that is adamW's
  expectTypeOf(optim({ name: 'adam', learningRate: 1, weightDecay: 0.1 })).toEqualTypeOf<Optimizer>();
  // @ts-expect-error every optimizer needs a learning rate
  expectTypeOf(optim({ name: 'sgd' })).toEqualTypeOf<Optimizer>();
});

test('a ready-made optimizer keeps its type', () => {
  expectTypeOf(withStepOptions<Optimizer>).returns.toEqualTypeOf<Optimizer>();
  expectTypeOf(experiment).parameter(0).toExtend<ExperimentSpec>();
});
