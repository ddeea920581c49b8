// The private fields of tfjs's optimizers (tfjs-core 4.22.0, exact version pin), read in one place. tfjs keeps hyper-parameters as numbers,
// slots as lists of { originalName, variable }, one entry per weight in the order of the gradients, and running products as variables.

import type { Optimizer, Variable } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import { isRecord } from '../../core/is-record.ts';
import { tf } from '../tf.ts';

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
export type SlotField = (typeof slotFields)[number];

/** One weight's slot. */
export interface Slot {
  readonly originalName: string;
  readonly variable: Variable;
}

/** An optimizer with its private fields visible. */
export function fieldsOf(optimizer: Optimizer): Record<string, unknown> {
  return optimizer as unknown as Record<string, unknown>; // the typings declare these fields private or protected
}

/** A hyper-parameter. Throws `internal` where tfjs has no such number. */
export function numberField(optimizer: Optimizer, name: string): number {
  const value = fieldsOf(optimizer)[name];
  if (typeof value !== 'number') throw missing(optimizer, name, 'a number');
  return value;
}

/** A scalar that changes with every step. Throws `internal` where tfjs has no such variable. */
export function scalarField(optimizer: Optimizer, name: string): Variable {
  const value = fieldsOf(optimizer)[name];
  if (!isVariable(value)) throw missing(optimizer, name, 'a variable');
  return value;
}

/** The slots of one kind, as tfjs's own list; null where the optimizer has none of that kind. */
export function slotList(optimizer: Optimizer, field: SlotField): Slot[] | null {
  const list = fieldsOf(optimizer)[field];
  const isList = Array.isArray(list) && list.every((slot) => isRecord(slot) && isVariable(slot['variable']));
  return isList ? (list as Slot[]) : null; // each was looked at
}

/** One step more, where tfjs counts them. */
export function countIteration(optimizer: Optimizer): void {
  fieldsOf(optimizer)['iterations_'] = optimizer.iterations + 1;
}

function isVariable(value: unknown): value is Variable {
  return value instanceof tf.Variable;
}

function missing(optimizer: Optimizer, name: string, expected: string): PlaygroundError {
  return new PlaygroundError(
    'internal',
    `optimizer: expected ${optimizer.getClassName()} to keep ${expected} named ${name}, got none. Use tfjs 4.22.0, which this engine is written for.`,
  );
}
