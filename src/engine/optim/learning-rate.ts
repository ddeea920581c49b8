// The learning rate of an optimizer that exists already: read, and changed between two steps.

import type { Optimizer } from '@tensorflow/tfjs';
import { fieldsOf } from './optimizer-fields.ts';

/** Changes the learning rate from the next `applyGradients` on; slots and schedule stay as they are. */
export function setLearningRate(optimizer: Optimizer, learningRate: number): void {
  const fields = fieldsOf(optimizer);
  // SGD and momentum keep the rate as a tensor too. Not told by `instanceof`: tfjs answers true for any optimizer and any of its classes.
  if (typeof fields['setLearningRate'] === 'function') fields['setLearningRate'](learningRate);
  else fields['learningRate'] = learningRate; // all others read this field in every applyGradients
}

/** The learning rate in force, before any schedule; null where the optimizer has none that is a number. */
export function learningRateOf(optimizer: Optimizer): number | null {
  const { learningRate } = fieldsOf(optimizer);
  return typeof learningRate === 'number' ? learningRate : null;
}
