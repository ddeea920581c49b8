// An update in tfjs's ops, for the rules that tfjs itself gets wrong, on backends where our own kernels do not run.

import type { Optimizer, Tensor } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';
import { countIteration } from './optimizer-fields.ts';
import { slotsOf } from './slots.ts';
import type { NamedGradient, SlotRule } from './update-rule.ts';

type TensorsFor<Rules extends readonly SlotRule[]> = { readonly [Index in keyof Rules]: Tensor };

/** Gives every weight and its slots their next values: `next` returns the weight's, then the slots' in their order. Counts the iteration. */
export function slotUpdatesInOps<Rules extends readonly SlotRule[]>(
  optimizer: Optimizer,
  rules: Rules,
  gradients: readonly NamedGradient[],
  next: (weight: Tensor, gradient: Tensor, slots: TensorsFor<Rules>) => readonly [Tensor, ...TensorsFor<Rules>],
): void {
  gradients.forEach(({ name, tensor }, index) => {
    const weight = tf.engine().registeredVariables[name];
    if (weight === undefined) return;
    const slots = slotsOf(optimizer, rules, index, weight);
    if (tensor == null) return;
    tf.tidy(() => {
      const values = next(weight, tensor, slots as unknown as TensorsFor<Rules>); // one slot per rule, see slotsOf
      for (const [at, variable] of [weight, ...slots].entries()) {
        const value = values[at];
        if (value !== undefined) variable.assign(value);
      }
    });
  });
  countIteration(optimizer);
}
