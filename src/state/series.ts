// What one lane reported so far: columns that only grow. Steps come in batches with whatever the program logged beside the loss;
// a metric that appears late or is missing from a batch is filled with NaN, so all columns of a table stay equally long.

import type { EvalPoint, StepBatch } from '../train/telemetry.ts';
import { Column } from './column.ts';

/** Columns of equal length: `step` and any number of named metrics. */
export class SeriesTable {
  readonly step = new Column();
  readonly metrics = new Map<string, Column>();

  get length(): number {
    return this.step.length;
  }

  /** A metric's column, or null where it was never logged. */
  metric(name: string): Column | null {
    return this.metrics.get(name) ?? null;
  }

  appendRow(step: number, values: Readonly<Record<string, number>>): void {
    for (const name of Object.keys(values)) this.#ensure(name);
    this.step.push(step);
    for (const [name, column] of this.metrics) column.push(values[name] ?? NaN);
  }

  /** Appends columns of equal length. A column shorter than `steps` counts as NaN at its end. */
  appendColumns(steps: readonly number[], columns: Readonly<Record<string, readonly number[]>>): void {
    for (const name of Object.keys(columns)) this.#ensure(name);
    for (const step of steps) this.step.push(step);
    for (const [name, column] of this.metrics) {
      const values = columns[name];
      for (let row = 0; row < steps.length; row += 1) column.push(values?.[row] ?? NaN);
    }
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
