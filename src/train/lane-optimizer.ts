// The optimizer of one lane: the experiment's, at the learning rate that the lane's global batch asks for.

import { PlaygroundError } from '../core/errors.ts';
import { createOptimizer } from '../engine/optim/create-optimizer.ts';
import { learningRateOf, setLearningRate } from '../engine/optim/learning-rate.ts';
import { tf } from '../engine/tf.ts';
import type { Experiment } from './experiment.ts';
import { learningRateFactor } from './lane.ts';
import type { Lane } from './lane.ts';

/** Throws `program-invalid` where the program's function returns something else. */
export function createLaneOptimizer(spec: Pick<Experiment, 'optimizer' | 'globalBatch'>, lane: Lane): tf.Optimizer {
  const optimizer = typeof spec.optimizer === 'function' ? checked(spec.optimizer()) : createOptimizer(spec.optimizer);
  const factor = learningRateFactor(spec.globalBatch, lane);
  const learningRate = learningRateOf(optimizer);
  if (factor !== 1 && learningRate !== null) setLearningRate(optimizer, learningRate * factor);
  return optimizer;
}

function checked(optimizer: unknown): tf.Optimizer {
  if (optimizer instanceof tf.Optimizer) return optimizer;
  throw new PlaygroundError(
    'program-invalid',
    `optimizer: expected a tf.Optimizer, got ${String(optimizer)}. Return one, such as tf.train.adam(1e-3).`,
    { place: 'optimizer' },
  );
}
