// An exponential moving average without the pull towards zero at its beginning: after n values the sum of the weights is 1 − βⁿ, and the
// average is divided by that (as Adam does: Kingma and Ba, "Adam", 2015, section 3; TensorBoard smooths alike). Values that are not finite
// are left out of the average and stay gaps.

import type { Column } from './column.ts';
import { deriveColumn } from './derived-column.ts';
import type { DerivedColumn } from './derived-column.ts';

/** The smoothed column; `beta` in 0..0.99 is the weight of what was before. */
export function smoothColumn(values: Column, beta: number): DerivedColumn {
  let average = 0;
  /** 1 − βⁿ */
  let weight = 0;
  return deriveColumn(
    () => values.length,
    (row) => {
      const value = values.at(row);
      if (!Number.isFinite(value)) return NaN;
      average = beta * average + (1 - beta) * value;
      weight = beta * weight + (1 - beta);
      return average / weight;
    },
  );
}
