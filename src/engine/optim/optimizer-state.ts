// What a tfjs optimizer carries from step to step, as variables in an order that is the same on every rank, so that one rank's can be
// written into another's. tfjs's own `setWeights` recomputes Adam's accumulated betas as powers, whose last bits are others than those of
// the running product: a rank restored that way would drift from the rest.

import type { Optimizer, Variable } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import { AdamWOptimizer } from './adamw-optimizer.ts';
import { fieldsOf, slotFields, slotList } from './optimizer-fields.ts';
import { newSlot } from './slots.ts';

/** Scalars that change with every step; tfjs keeps them in private fields of these names. */
const changingScalars = ['accBeta1', 'accBeta2', 'iteration'] as const;

/** Whether it is one of tfjs's classes or ours, which keep their state in tensors and their settings in `getConfig`. */
export function isOfTfjs(optimizer: Optimizer): boolean {
  const known: readonly unknown[] = [
    tf.SGDOptimizer,
    tf.MomentumOptimizer,
    tf.AdamOptimizer,
    tf.AdamaxOptimizer,
    tf.RMSPropOptimizer,
    tf.AdagradOptimizer,
    tf.AdadeltaOptimizer,
    AdamWOptimizer,
  ];
  return known.includes(optimizer.constructor);
}

/** What an optimizer of tfjs's takes from the host in every step, the learning rate above all, as a text to compare. */
export function optimizerSettings(optimizer: Optimizer): string {
  return JSON.stringify(optimizer.getConfig());
}

/** How many slots each kind has, in the order of tfjs's fields: as many as there are weights once a step was taken, none before. */
export function slotCounts(optimizer: Optimizer): readonly number[] {
  return slotFields.map((field) => slotList(optimizer, field)?.length ?? 0);
}

/** Sets how many steps were taken, which the learning-rate schedule goes by. */
export function setIterations(optimizer: Optimizer, count: number): void {
  fieldsOf(optimizer)['iterations_'] = count;
}

/**
 * The state as variables; slots that `counts` knows of and the optimizer has not made yet are made, full of zeros. `weights`: in the order
 * in which their gradients are applied. Throws `not-supported` for a class that is not tfjs's, whose state nobody knows.
 */
export function optimizerState(optimizer: Optimizer, counts: readonly number[], weights: readonly Variable[]): readonly Variable[] {
  if (!isOfTfjs(optimizer)) {
    throw new PlaygroundError(
      'not-supported',
      `optimizer: expected one of tfjs's, whose state can be handed from rank to rank, got ${optimizer.getClassName()}. Use one of those, or leave elastic out.`,
      { place: 'optimizer' },
    );
  }
  const slots = slotFields.flatMap((field, kind) => {
    const list = slotList(optimizer, field) ?? [];
    for (let index = list.length; index < (counts[kind] ?? 0); index++) {
      const weight = weights[index];
      if (weight === undefined) throw new PlaygroundError('internal', `optimizer: ${field} has more slots than there are weights.`);
      list.push(newSlot({ suffix: field }, weight, 0));
    }
    return list.map(({ variable }) => variable);
  });
  const fields = fieldsOf(optimizer);
  return [...slots, ...changingScalars.map((name) => fields[name]).filter((scalar) => scalar instanceof tf.Variable)];
}
