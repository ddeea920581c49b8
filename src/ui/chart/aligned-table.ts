// Curves of several lanes over one axis, as uPlot wants them: one ascending list of steps and, per lane, a list of values with null
// where that lane has none. Lanes take turns, so their steps arrive interleaved; each update looks only at what is new.

import type { SeriesTable } from '../../state/series.ts';

/** Where a lane's curve comes from. */
export interface CurveSource {
  readonly table: SeriesTable;
  readonly metric: string;
}

/** Columns over one axis. */
export class AlignedTable {
  readonly #steps: number[] = [];
  readonly #values: (number | null)[][];
  readonly #taken: number[];
  readonly #keepsOnlyPositive: boolean;

  /** `keepsOnlyPositive`: for a logarithmic axis, where zero and less have no place. */
  constructor(curveCount: number, keepsOnlyPositive = false) {
    this.#values = Array.from({ length: curveCount }, () => []);
    this.#taken = Array.from({ length: curveCount }, () => 0);
    this.#keepsOnlyPositive = keepsOnlyPositive;
  }

  /** Takes what the sources have gained since the last call; a curve without that metric stays empty. */
  update(sources: readonly CurveSource[]): void {
    sources.forEach(({ table, metric }, curve) => {
      const column = table.metric(metric);
      if (column === null) return;
      for (let row = this.#taken[curve] ?? 0; row < column.length; row += 1) this.#put(curve, table.step.at(row), column.at(row));
      this.#taken[curve] = column.length;
    });
  }

  /** `[steps, values of curve 0, values of curve 1, …]`, all equally long. */
  columns(): [number[], ...(number | null)[][]] {
    for (const values of this.#values) while (values.length < this.#steps.length) values.push(null);
    return [this.#steps, ...this.#values];
  }

  get lastStep(): number {
    return this.#steps.at(-1) ?? 0;
  }

  #put(curve: number, step: number, value: number): void {
    const values = this.#values[curve];
    if (values === undefined) return;
    const row = this.#rowOf(step);
    while (values.length <= row) values.push(null);
    values[row] = Number.isFinite(value) && (!this.#keepsOnlyPositive || value > 0) ? value : null;
  }

  /** The row of a step, made where there is none. Steps mostly come in order, so the end is looked at first. */
  #rowOf(step: number): number {
    const last = this.lastStep;
    if (this.#steps.length === 0 || step > last) return this.#steps.push(step) - 1;
    let low = 0;
    let high = this.#steps.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#steps[middle] ?? Infinity) < step) low = middle + 1;
      else high = middle;
    }
    if (this.#steps[low] === step) return low;
    this.#steps.splice(low, 0, step);
    for (const values of this.#values) if (values.length > low) values.splice(low, 0, null);
    return low;
  }
}
