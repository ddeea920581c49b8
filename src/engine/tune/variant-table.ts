// Which implementation of a kernel runs for which class of shapes, in this worker. Kernels ask here on every call. The page gives every rank of
// every lane the same table (train/replica.ts), because two implementations may differ in the last bit, and ranks that chose differently
// would not stay equal.

import type { VariantTable } from '../../core/kernel-variants.ts';

let table: VariantTable = {};

/** What the table is from now on. */
export function setVariantTable(next: VariantTable): void {
  table = next;
}

/** The implementation to run: what the table says where it is one of `names`, else the first of them. `names` has one or more. */
export function chooseVariant(kernel: string, shapeClass: string, names: readonly string[]): string {
  const chosen = table[`${kernel}/${shapeClass}`];
  return chosen !== undefined && names.includes(chosen) ? chosen : (names[0] ?? 'stock');
}
