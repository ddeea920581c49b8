// Optimizers by name, over tfjs's own. Every hyper-parameter is passed explicitly, epsilon above all, because tfjs takes Adam's default
// epsilon from whichever backend is active. Two of tfjs 4.22.0's optimizers are refused, because they compute the wrong thing: centred
// RMSProp goes NaN (the variance estimate becomes negative under the root), and Adadelta uses the accumulator of the step before.

import type { Optimizer, Tensor } from '@tensorflow/tfjs';
import { PlaygroundError } from '../core/errors.ts';
import { isRecord } from '../core/is-record.ts';
import { tf } from './tf.ts';

/** An optimizer by name. Fields that are absent take tfjs's documented defaults. */
export type OptimizerSpec =
  | { readonly name: 'sgd'; readonly learningRate: number }
  | { readonly name: 'momentum'; readonly learningRate: number; readonly momentum?: number; readonly useNesterov?: boolean }
  | { readonly name: 'adam'; readonly learningRate: number; readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number }
  | {
      readonly name: 'rmsprop';
      readonly learningRate: number;
      readonly decay?: number;
      readonly momentum?: number;
      readonly epsilon?: number;
    }
  | { readonly name: 'adagrad'; readonly learningRate: number; readonly initialAccumulatorValue?: number };

const fieldsOf = {
  sgd: ['learningRate'],
  momentum: ['learningRate', 'momentum', 'useNesterov'],
  adam: ['learningRate', 'beta1', 'beta2', 'epsilon'],
  rmsprop: ['learningRate', 'decay', 'momentum', 'epsilon'],
  adagrad: ['learningRate', 'initialAccumulatorValue'],
} as const;

/** A checked spec. Throws `config-invalid`, naming the field, and `not-supported` for what tfjs computes wrongly. */
export function parseOptimizerSpec(value: unknown): OptimizerSpec {
  if (!isRecord(value)) throw invalid('', "an object such as { name: 'adam', learningRate: 1e-3 }", value);
  const { name } = value;
  if (name === 'adadelta') throw wrongInTfjs('adadelta', 'uses the accumulators of the step before');
  if (name === 'rmsprop' && value['centered'] === true) throw wrongInTfjs('centred rmsprop', 'goes NaN');
  if (typeof name !== 'string' || !Object.hasOwn(fieldsOf, name))
    throw invalid('.name', `one of ${Object.keys(fieldsOf).join(', ')}`, name);
  // Object.hasOwn has just said so.
  const fields: readonly string[] = fieldsOf[name as keyof typeof fieldsOf];
  for (const [field, content] of Object.entries(value)) {
    if (field === 'name' || (field === 'centered' && content === false)) continue;
    if (!fields.includes(field)) throw invalid(`.${field}`, `${name} to take ${fields.join(', ')}`, content);
    if (content === undefined) continue;
    checkField(field, content);
  }
  if (value['learningRate'] === undefined) throw invalid('.learningRate', 'a positive number', undefined);
  // Every field of every variant was checked above.
  return value as unknown as OptimizerSpec;
}

/** The optimizer of a spec. Throws as `parseOptimizerSpec` does. */
export function createOptimizer(spec: OptimizerSpec): Optimizer {
  const checked = parseOptimizerSpec(spec);
  switch (checked.name) {
    case 'sgd':
      return tf.train.sgd(checked.learningRate);
    case 'momentum':
      return tf.train.momentum(checked.learningRate, checked.momentum ?? 0.9, checked.useNesterov ?? false);
    case 'adam':
      return tf.train.adam(checked.learningRate, checked.beta1 ?? 0.9, checked.beta2 ?? 0.999, checked.epsilon ?? 1e-7);
    case 'rmsprop':
      return tf.train.rmsprop(checked.learningRate, checked.decay ?? 0.9, checked.momentum ?? 0, checked.epsilon ?? 1e-7, false);
    case 'adagrad':
      return tf.train.adagrad(checked.learningRate, checked.initialAccumulatorValue ?? 0.1);
  }
}

/** Changes the learning rate from the next `applyGradients` on; the optimizer's slots stay as they are. */
export function setLearningRate(optimizer: Optimizer, learningRate: number): void {
  if (optimizer instanceof tf.SGDOptimizer) {
    optimizer.setLearningRate(learningRate); // it keeps the rate as a tensor too
    return;
  }
  // All others of tfjs read this field, protected in its types, in every applyGradients.
  (optimizer as unknown as { learningRate: number }).learningRate = learningRate;
}

/** The learning rate in force; null where the optimizer has none that is a number. */
export function learningRateOf(optimizer: Optimizer): number | null {
  const { learningRate } = optimizer as unknown as Readonly<Record<string, unknown>>; // as in setLearningRate
  return typeof learningRate === 'number' ? learningRate : null;
}

/** Throws `not-supported` for an optimizer of the program's own that tfjs computes wrongly. */
export function refuseWrongOptimizer(optimizer: Optimizer): void {
  const kind = optimizer.getClassName();
  if (kind === 'Adadelta') throw wrongInTfjs('adadelta', 'uses the accumulators of the step before');
  if (kind === 'RMSProp' && optimizer.getConfig()['centered'] === true) throw wrongInTfjs('centred rmsprop', 'goes NaN');
}

/** The private fields in which tfjs keeps a slot per weight. */
export const slotFields = [
  'accumulations',
  'accumulatedGrads',
  'accumulatedUpdates',
  'accumulatedFirstMoment',
  'accumulatedSecondMoment',
  'accumulatedWeightedInfNorm',
  'accumulatedMeanSquares',
  'accumulatedMoments',
  'accumulatedMeanGrads',
] as const;
const scalarFields = ['accBeta1', 'accBeta2', 'c', 'm'] as const;

/** The tensors that an optimizer keeps between steps; none before its first step, except constants. */
export function optimizerSlots(optimizer: Optimizer): Tensor[] {
  // tfjs keeps slots in private fields of these names, as { originalName, variable } lists.
  const fields = optimizer as unknown as Readonly<Record<string, unknown>>;
  const lists = slotFields.flatMap((name) => (Array.isArray(fields[name]) ? (fields[name] as readonly unknown[]) : []));
  const slots = lists.map((slot) => (isRecord(slot) ? slot['variable'] : null));
  return [...slots, ...scalarFields.map((name) => fields[name])].filter((slot) => slot instanceof tf.Tensor);
}

function checkField(field: string, content: unknown): void {
  if (field === 'useNesterov') {
    if (typeof content !== 'boolean') throw invalid('.useNesterov', 'true or false', content);
    return;
  }
  if (typeof content !== 'number' || !Number.isFinite(content)) throw invalid(`.${field}`, 'a finite number', content);
  if ((field === 'learningRate' || field === 'epsilon') && content <= 0) throw invalid(`.${field}`, 'a positive number', content);
  if (field === 'initialAccumulatorValue' && content < 0) throw invalid(`.${field}`, 'a number of at least 0', content);
  if (['momentum', 'beta1', 'beta2', 'decay'].includes(field) && (content < 0 || content >= 1))
    throw invalid(`.${field}`, 'a number from 0 to below 1', content);
}

function invalid(place: string, expected: string, got: unknown): PlaygroundError {
  return new PlaygroundError('config-invalid', `optimizer${place}: expected ${expected}, got ${JSON.stringify(got) ?? String(got)}.`, {
    place: `optimizer${place}`,
  });
}

function wrongInTfjs(what: string, why: string): PlaygroundError {
  return new PlaygroundError(
    'not-supported',
    `optimizer: ${what} is not offered, because tfjs 4.22.0 computes it wrongly: it ${why}. Use adam, rmsprop, adagrad, momentum or sgd.`,
  );
}
