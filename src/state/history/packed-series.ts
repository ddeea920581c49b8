// The rows of a run as columns of typed arrays: 100,000 steps of a loss and a time take 1.2 MB instead of some 30. Nothing is rounded: a column
// is stored in 32 bits only where every value of it is a 32-bit number, as losses from a GPU are. NaN stands for null; which nulls were logged is in
// the lane's result.

import { notFiniteReader } from '../../runner/not-finite.ts';
import type { EvalRow, StepRow } from '../../runner/results.ts';
import { LaneSeries } from '../series.ts';
import type { RunBody } from './run-record.ts';

/** Numbers of one kind, in the order of the steps. */
export type PackedColumn = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Columns of equal length. */
export interface PackedTable {
  readonly step: PackedColumn;
  /** By metric. A list, not an object: a program may call a metric anything. */
  readonly columns: readonly { readonly name: string; readonly values: PackedColumn }[];
}

type Row = StepRow | EvalRow;

/** Rows as columns; a metric that a row lacks is null there. */
export function packRows(rows: readonly Row[]): PackedTable {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  names.delete('step');
  return {
    step: packColumn(rows.map(({ step }) => step)),
    columns: [...names].map((name) => ({ name, values: packColumn(rows.map((row) => valueOf(row, name))) })),
  };
}

/** One column, as small as it can be without rounding; null becomes NaN. */
export function packColumn(values: readonly (number | null)[]): PackedColumn {
  const wide = Float64Array.from(values, (value) => value ?? NaN);
  return wide.every((value) => Object.is(Math.fround(value), value)) ? Float32Array.from(wide) : wide;
}

/** The rows a table was packed from. */
export function unpackRows({ step, columns }: PackedTable): readonly EvalRow[] {
  return Array.from(step, (at, row) => ({
    ...Object.fromEntries(columns.map(({ name, values }) => [name, finiteOrNull(values[row])])),
    step: at,
  }));
}

/** Bytes of a table's numbers. */
export function packedBytes({ step, columns }: PackedTable): number {
  return columns.reduce((sum, { values }) => sum + values.byteLength, step.byteLength);
}

/** A kept run's curves as the charts read them. */
export function unpackSeries({ series, evals, result }: Pick<RunBody, 'series' | 'evals' | 'result'>): LaneSeries {
  const spans = result.notFinite ?? [];
  const lane = new LaneSeries();
  lane.steps.appendColumns(Array.from(series.step), asArrays(series, notFiniteReader(spans, 'series')));
  lane.evals.appendColumns(Array.from(evals.step), asArrays(evals, notFiniteReader(spans, 'evals')));
  return lane;
}

/** What was logged and is no finite number is that again; null, which a chart passes over, is what was not logged, or not known to have been. */
function asArrays(
  { step, columns }: PackedTable,
  notFiniteAt: ReturnType<typeof notFiniteReader>,
): Readonly<Record<string, readonly (number | null)[]>> {
  const valueAt = (name: string, value: number, row: number): number | null => {
    if (Number.isFinite(value)) return value;
    const text = notFiniteAt(name, step[row] ?? NaN);
    return text === null ? null : Number(text);
  };
  return Object.fromEntries(columns.map(({ name, values }) => [name, Array.from(values, (value, row) => valueAt(name, value, row))]));
}

function valueOf(row: Row, name: string): number | null {
  return Object.hasOwn(row, name) ? (row[name] ?? null) : null;
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
