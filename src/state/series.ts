// What one lane reported so far: columns that only grow. Steps come in batches with whatever the program logged beside the loss;
// a metric that appears late or is missing from a batch is filled with NaN, so all columns of a table stay equally long. A value that
// was logged and is no finite number is NaN or an infinity too: its row is noted apart, so that a chart can tell the two. Steps ascend:
// whatever searches them relies on it, so a row whose step does not (only a program that makes up its own messages sends one) is left out.

import type { EvalPoint, StepBatch } from '../train/telemetry.ts';
import { Column } from './column.ts';

type Values = readonly (number | null)[];

/** Columns of equal length: `step` and any number of named metrics. */
export class SeriesTable {
  readonly step = new Column();
  readonly metrics = new Map<string, Column>();
  readonly #nonFinite = new Map<string, Column>();

  get length(): number {
    return this.step.length;
  }

  /** A metric's column, or null where it was never logged. */
  metric(name: string): Column | null {
    return this.metrics.get(name) ?? null;
  }

  /** Rows in which that metric was logged as NaN or an infinity, ascending; null for none. */
  nonFiniteRows(name: string): Column | null {
    return this.#nonFinite.get(name) ?? null;
  }

  appendRow(step: number, values: Readonly<Record<string, number>>): void {
    const columns = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
    this.appendColumns([step], columns);
  }

  /** Appends columns of equal length. Null, and what a column shorter than `steps` lacks, was not logged. */
  appendColumns(steps: readonly number[], columns: Readonly<Record<string, Values>>): void {
    for (const name of Object.keys(columns)) this.#ensure(name);
    const rows = this.#ascendingRows(steps);
    for (const [name, column] of this.metrics) this.#append(name, column, rows, columns[name] ?? []);
    for (const row of rows) this.step.push(steps[row] ?? NaN);
  }

  /** The rows whose step comes after all before it. */
  #ascendingRows(steps: readonly number[]): readonly number[] {
    let last = this.step.length === 0 ? -Infinity : this.step.last();
    return steps.flatMap((step, row) => {
      if (!(step > last && step < Infinity)) return [];
      last = step;
      return [row];
    });
  }

  #append(name: string, column: Column, rows: readonly number[], values: Values): void {
    for (const row of rows) {
      const value = values[row] ?? null;
      if (value !== null && !Number.isFinite(value)) this.#noteNonFinite(name, column.length);
      column.push(value ?? NaN);
    }
  }

  #noteNonFinite(name: string, row: number): void {
    const rows = this.#nonFinite.get(name) ?? new Column();
    rows.push(row);
    this.#nonFinite.set(name, rows);
  }

  #ensure(name: string): void {
    if (this.metrics.has(name)) return;
    const column = new Column();
    for (let row = 0; row < this.step.length; row += 1) column.push(NaN);
    this.metrics.set(name, column);
  }
}

/** Everything a lane measured while training: one row per step, one row per evaluation. */
export class LaneSeries {
  readonly steps = new SeriesTable();
  readonly evals = new SeriesTable();

  appendSteps(batch: StepBatch): void {
    this.steps.appendColumns(batch.step, { ...batch.metrics, loss: batch.loss, stepMs: batch.stepMs });
  }

  appendEval(point: EvalPoint): void {
    this.evals.appendRow(point.step, point.values);
  }
}
