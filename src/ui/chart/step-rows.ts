// The rows of several curves in one ascending list of steps: what a table of them needs. Lanes take turns, so their steps arrive interleaved;
// each update looks only at what is new.

import type { Column } from '../../state/column.ts';

/** For each step, the row of each curve that has it. */
export class StepRows {
  readonly #steps: number[] = [];
  readonly #rows: (number | null)[][];
  readonly #taken: number[];

  constructor(curveCount: number) {
    this.#rows = Array.from({ length: curveCount }, () => []);
    this.#taken = Array.from({ length: curveCount }, () => 0);
  }

  /** Takes the steps that the curves have gained since the last call. */
  update(stepsOfCurves: readonly Column[]): void {
    stepsOfCurves.forEach((steps, curve) => {
      for (let row = this.#taken[curve] ?? 0; row < steps.length; row += 1) this.#put(curve, steps.at(row), row);
      this.#taken[curve] = steps.length;
    });
  }

  get length(): number {
    return this.#steps.length;
  }

  /** Steps `from <= index < to` with the row of every curve, null where a curve has none. */
  slice(from: number, to: number): readonly { readonly step: number; readonly rows: readonly (number | null)[] }[] {
    return this.#steps.slice(from, to).map((step, index) => ({ step, rows: this.#rows.map((rows) => rows[from + index] ?? null) }));
  }

  #put(curve: number, step: number, row: number): void {
    const rows = this.#rows[curve];
    if (rows === undefined) return;
    const at = this.#placeOf(step);
    while (rows.length <= at) rows.push(null);
    rows[at] = row;
  }

  /** The place of a step, made where there is none. Steps mostly come in order, so the end is looked at first. */
  #placeOf(step: number): number {
    const last = this.#steps.at(-1);
    if (last === undefined || step > last) return this.#steps.push(step) - 1;
    let low = 0;
    let high = this.#steps.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#steps[middle] ?? Infinity) < step) low = middle + 1;
      else high = middle;
    }
    if (this.#steps[low] === step) return low;
    this.#steps.splice(low, 0, step);
    for (const rows of this.#rows) if (rows.length > low) rows.splice(low, 0, null);
    return low;
  }
}
