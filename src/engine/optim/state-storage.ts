// How an optimizer's state is stored: as f32, unless somebody says otherwise. Slots are made in its first step, by our rules or by tfjs, so that what is to
// be done with each is kept here until then. Running products of β are scalars and always stay f32.

import type { Optimizer, Variable } from '@tensorflow/tfjs';
import { slotFields, slotList } from './optimizer-fields.ts';

const storeOf = new WeakMap<Optimizer, (slot: Variable) => void>();

/** From now on `store` is called with every slot of this optimizer, at once or when it is made; more than once for some. */
export function storeSlotsWith(optimizer: Optimizer, store: (slot: Variable) => void): void {
  storeOf.set(optimizer, store);
  storeSlots(optimizer);
}

/** Stores the slots that the optimizer has by now. */
export function storeSlots(optimizer: Optimizer): void {
  const store = storeOf.get(optimizer);
  if (store === undefined) return;
  for (const field of slotFields) for (const { variable } of slotList(optimizer, field) ?? []) store(variable);
}
