// Optimizers from specs, over tfjs's classes. Every hyper-parameter is passed explicitly, epsilon above all, because tfjs takes the default of
// most from whichever backend is active.

import type { Optimizer } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import { AdamWOptimizer } from './adamw-optimizer.ts';
import { isKnownOptimizer } from './apply-gradients.ts';
import { parseOptimizerSpec, type OptimizerSpec } from './optimizer-spec.ts';
import { checkStepOptions, setStepOptions, type StepOptions } from './step-options.ts';

/** tfjs's and Keras's. */
const defaultEpsilon = 1e-7;

/** The optimizer of a spec. Throws as `parseOptimizerSpec` does. */
export function createOptimizer(spec: OptimizerSpec): Optimizer {
  const checked = parseOptimizerSpec(spec);
  const optimizer = bareOptimizer(checked);
  setStepOptions(optimizer, checked);
  return optimizer;
}

/**
 * Clips the gradients of a ready-made optimizer, or has its learning rate follow a schedule; returns it. What it had before is forgotten.
 * Throws `config-invalid`, naming the field, and `not-supported` for a class that is not made from one of tfjs's.
 */
export function withStepOptions<Given extends Optimizer>(optimizer: Given, options: StepOptions): Given {
  if (!isKnownOptimizer(optimizer)) {
    throw new PlaygroundError(
      'not-supported',
      `withStepOptions: expected one of tfjs's optimizers or a class made from one, got ${optimizer.getClassName()}. Clip in its applyGradients.`,
      { place: 'optimizer' },
    );
  }
  setStepOptions(optimizer, checkStepOptions({ ...options }, 'withStepOptions'));
  return optimizer;
}

function bareOptimizer(spec: OptimizerSpec): Optimizer {
  const { name, learningRate } = spec;
  switch (name) {
    case 'sgd':
      return tf.train.sgd(learningRate);
    case 'momentum':
      return tf.train.momentum(learningRate, spec.momentum ?? 0.9, spec.useNesterov ?? false);
    case 'adam':
      return tf.train.adam(learningRate, spec.beta1 ?? 0.9, spec.beta2 ?? 0.999, spec.epsilon ?? defaultEpsilon);
    case 'adamW': {
      const { beta1 = 0.9, beta2 = 0.999, epsilon = defaultEpsilon, weightDecay = 0.01 } = spec;
      return new AdamWOptimizer(learningRate, beta1, beta2, epsilon, weightDecay);
    }
    case 'adamax':
      return tf.train.adamax(learningRate, spec.beta1 ?? 0.9, spec.beta2 ?? 0.999, spec.epsilon ?? defaultEpsilon);
    case 'rmsprop': {
      const { decay = 0.9, momentum = 0, epsilon = defaultEpsilon, centered = false } = spec;
      return tf.train.rmsprop(learningRate, decay, momentum, epsilon, centered);
    }
    case 'adagrad':
      return tf.train.adagrad(learningRate, spec.initialAccumulatorValue ?? 0.1);
    case 'adadelta':
      return tf.train.adadelta(learningRate, spec.rho ?? 0.95, spec.epsilon ?? defaultEpsilon);
  }
}
