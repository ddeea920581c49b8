// A value of a lane's row as it was logged: a number, one that JSON has no number for, or nothing.

import { notFiniteReader } from '../runner/not-finite.ts';
import type { NotFinite } from '../runner/not-finite.ts';
import type { LaneResult } from '../runner/results.ts';

/** `unknown`: no finite number, or not logged; results from before the two were told apart do not say which. */
export type LoggedValue = number | NotFinite | 'unknown' | null;

type Row = Readonly<Record<string, number | null>> & { readonly step: number };

/** Reads values of a lane's rows in one table, the rows in their order; null: not logged. */
export function loggedValues(
  { notFinite }: Pick<LaneResult, 'notFinite'>,
  table: 'series' | 'evals',
): (row: Row | undefined, name: string) => LoggedValue {
  const notFiniteAt = notFiniteReader(notFinite ?? [], table);
  return (row, name) => {
    if (row === undefined) return null;
    const value = row[name] ?? null;
    if (value !== null) return value;
    return notFinite === null ? 'unknown' : notFiniteAt(name, row.step);
  };
}

/** Whether two values are the same, as far as is known: what is not known may be anything but a finite number. */
export function isSameValue(a: LoggedValue, b: LoggedValue): boolean {
  if (a === 'unknown') return typeof b !== 'number';
  return b === 'unknown' ? typeof a !== 'number' : a === b;
}
