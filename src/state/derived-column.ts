// A column computed from others, row by row and each row once: it grows with them, so that looking at a run again costs only what is new.

import { Column } from './column.ts';

/** Call `update` before reading `column`. */
export interface DerivedColumn {
  readonly column: Column;
  /** Takes the rows that have come since the last time. */
  update(): void;
}

/** `next` is called once for each row, in order, with the value before (0 at first). */
export function deriveColumn(rowCount: () => number, next: (row: number, previous: number) => number): DerivedColumn {
  const column = new Column();
  return {
    column,
    update() {
      const count = rowCount();
      for (let row = column.length; row < count; row += 1) column.push(next(row, row === 0 ? 0 : column.at(row - 1)));
    },
  };
}

/** A column that is there already. */
export function givenColumn(column: Column): DerivedColumn {
  return { column, update: () => undefined };
}
