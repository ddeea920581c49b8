// What a tfjs optimizer carries from step to step, as variables in an order that is the same on every rank, so that one rank's can be
// written into another's. tfjs's own `setWeights` recomputes Adam's accumulated betas as powers, whose last bits are others than those of
// the running product: a rank restored that way would drift from the rest.

import type { Optimizer, Variable } from '@tensorflow/tfjs';
import { PlaygroundError } from '../core/errors.ts';
import { isRecord } from '../core/is-record.ts';
import { slotFields } from './optim.ts';
import { tf } from './tf.ts';

/** Scalars that change with every step; tfjs keeps them in private fields of these names. */
const changingScalars = ['accBeta1', 'accBeta2', 'iteration'] as const;

/** How many slots each kind has, in the order of tfjs's fields: as many as there are weights once a step was taken, none before. */
export function slotCounts(optimizer: Optimizer): readonly number[] {
  return slotFields.map((field) => slotList(optimizer, field)?.length ?? 0);
}

/**
 * The state as variables; slots that `counts` knows of and the optimizer has not made yet are made, full of zeros. `weights`: in the order
 * in which their gradients are applied. Throws `not-supported` for a class that is not tfjs's, whose state nobody knows.
 */
export function optimizerState(optimizer: Optimizer, counts: readonly number[], weights: readonly Variable[]): readonly Variable[] {
  const known: readonly unknown[] = [
    tf.SGDOptimizer,
    tf.MomentumOptimizer,
    tf.AdamOptimizer,
    tf.AdamaxOptimizer,
    tf.RMSPropOptimizer,
    tf.AdagradOptimizer,
  ];
  if (!known.includes(optimizer.constructor)) {
    throw new PlaygroundError(
      'not-supported',
      `optimizer: expected one of tfjs's, whose state can be handed from rank to rank, got ${optimizer.getClassName()}. Use one of those, or leave elastic out.`,
      { place: 'optimizer' },
    );
  }
  const slots = slotFields.flatMap((field, kind) => {
    const list = slotList(optimizer, field) ?? [];
    for (let index = list.length; index < (counts[kind] ?? 0); index++) list.push(emptySlot(weights[index], field));
    return list.map(({ variable }) => variable);
  });
  const fields = optimizer as unknown as Readonly<Record<string, unknown>>; // as in optim.ts
  return [...slots, ...changingScalars.map((name) => fields[name]).filter((scalar) => scalar instanceof tf.Variable)];
}

interface Slot {
  readonly originalName: string;
  readonly variable: Variable;
}

function slotList(optimizer: Optimizer, field: string): Slot[] | null {
  const list = (optimizer as unknown as Readonly<Record<string, unknown>>)[field]; // tfjs keeps { originalName, variable } in private fields
  const isList = Array.isArray(list) && list.every((slot) => isRecord(slot) && slot['variable'] instanceof tf.Variable);
  return isList ? (list as Slot[]) : null;
}

function emptySlot(weight: Variable | undefined, field: string): Slot {
  if (weight === undefined) throw new PlaygroundError('internal', `optimizer: ${field} has more slots than there are weights.`);
  return { originalName: `${weight.name}/${field}`, variable: tf.tidy(() => tf.variable(tf.zeros(weight.shape), false)) };
}
