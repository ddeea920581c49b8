// Which implementation of a kernel runs for which class of shapes. Kernels ask here on every call; the autotuner writes here once per page,
// from what it timed, and every replica of the page is given the same table, because two implementations may differ in the last bit and
// ranks that chose differently would not stay equal. An empty table means each kernel's own default.

/** Names of implementations by `kernel/shapeClass`. */
export type VariantTable = Readonly<Record<string, string>>;

let table: VariantTable = {};

/** What the table is from now on, in this worker. */
export function setVariantTable(next: VariantTable): void {
  table = next;
}

/** The table as it stands. */
export function variantTable(): VariantTable {
  return table;
}

/** The implementation to run: what the table says where it is one of `names`, else the first of them. `names` has one or more. */
export function chooseVariant(kernel: string, shapeClass: string, names: readonly string[]): string {
  const chosen = table[`${kernel}/${shapeClass}`];
  return chosen !== undefined && names.includes(chosen) ? chosen : (names[0] ?? 'stock');
}
