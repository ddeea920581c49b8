// The optimizer of one lane: the experiment's, at the learning rate that the lane's global batch asks for, with the lane's own warm-up and
// clipping where it has them.

import { PlaygroundError } from '../core/errors.ts';
import { createOptimizer, withStepOptions } from '../engine/optim/create-optimizer.ts';
import { learningRateOf, setLearningRate } from '../engine/optim/learning-rate.ts';
import { stepOptionsOf } from '../engine/optim/step-options.ts';
import { tf } from '../engine/tf.ts';
import type { Experiment } from './experiment.ts';
import { learningRateFactor } from './lane.ts';
import type { Lane } from './lane.ts';

/** Throws `program-invalid` where the program's function returns something else, and `not-supported` where the lane's options cannot be given to it. */
export function createLaneOptimizer(spec: Pick<Experiment, 'optimizer' | 'globalBatch'>, lane: Lane): tf.Optimizer {
  const optimizer = typeof spec.optimizer === 'function' ? checked(spec.optimizer()) : createOptimizer(spec.optimizer);
  const factor = learningRateFactor(spec.globalBatch, lane);
  const learningRate = learningRateOf(optimizer);
  if (factor !== 1 && learningRate !== null) setLearningRate(optimizer, learningRate * factor);
  const { warmupSteps, clipNorm } = lane;
  if (warmupSteps === null && clipNorm === null) return optimizer;
  const { clipValue, ...options } = stepOptionsOf(optimizer);
  const clip = clipNorm !== null ? { clipNorm } : clipValue === undefined ? {} : { clipValue };
  return withStepOptions(optimizer, { ...options, ...clip, ...(warmupSteps === null ? {} : { warmupSteps }) });
}

function checked(optimizer: unknown): tf.Optimizer {
  if (optimizer instanceof tf.Optimizer) return optimizer;
  throw new PlaygroundError(
    'program-invalid',
    `optimizer: expected a tf.Optimizer, got ${String(optimizer)}. Return one, such as tf.train.adam(1e-3).`,
    { place: 'optimizer' },
  );
}
