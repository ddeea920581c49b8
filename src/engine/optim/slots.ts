// Slots: the tensors that an optimizer keeps beside every weight, where tfjs keeps them and under its names, so that whatever reads or
// writes them (getWeights, setWeights, handing a state from rank to rank) finds them whoever took the step.

import type { NamedTensorMap, Optimizer, Tensor, Variable } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';
import { hyperTensorOf } from './fused/hyper-buffer.ts';
import { fieldsOf, slotFields, slotList, type Slot } from './optimizer-fields.ts';
import type { NamedGradient, SlotRule } from './update-rule.ts';

const scalarFields = ['accBeta1', 'accBeta2', 'iteration', 'c', 'm'] as const;

/** The tensors that an optimizer keeps between steps; none before its first step, except scalars. */
export function optimizerSlots(optimizer: Optimizer): Tensor[] {
  const fields = fieldsOf(optimizer);
  const slots = slotFields.flatMap((field) => (slotList(optimizer, field) ?? []).map(({ variable }) => variable));
  return [...slots, ...scalarFields.map((name) => fields[name]), hyperTensorOf(optimizer)].filter((slot) => slot instanceof tf.Tensor);
}

/** Gradients as tfjs hands them over, by name or in a list, as a list. */
export function gradientList(gradients: NamedTensorMap | readonly NamedGradient[]): readonly NamedGradient[] {
  return isList(gradients) ? gradients : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
}

/** The slots of the `index`-th weight, in the order of the rules, made where this is its first step. */
export function slotsOf(optimizer: Optimizer, rules: readonly SlotRule[], index: number, weight: Variable): Variable[] {
  return rules.map((rule) => {
    const list = slotList(optimizer, rule.field) ?? [];
    return (list[index] ??= newSlot(rule, weight, rule.start?.(optimizer) ?? 0)).variable;
  });
}

/** A slot full of one value. */
export function newSlot({ suffix }: Pick<SlotRule, 'suffix'>, weight: Variable, start: number): Slot {
  return { originalName: `${weight.name}/${suffix}`, variable: tf.tidy(() => tf.variable(tf.fill(weight.shape, start), false)) };
}

function isList(gradients: NamedTensorMap | readonly NamedGradient[]): gradients is readonly NamedGradient[] {
  return Array.isArray(gradients);
}
