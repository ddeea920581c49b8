// `ctx.show`: turns what a program hands over into typed views.

import { PlaygroundError } from '../core/errors.ts';
import type { Show } from './context.ts';
import type { ShownView } from './telemetry.ts';

/** A `show` whose views go to `emit`. Throws `program-invalid` for rows of unequal length. */
export function createShow(emit: (view: ShownView) => void): Show {
  return {
    table(rows, title = '') {
      const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      emit({ kind: 'table', title, columns, rows: rows.map((row) => columns.map((column) => row[column] ?? '')) });
    },
    line: (x, y, title = '') => emit({ kind: 'line', title, x: [...x], y: mapValues(y, (values) => [...values]) }),
    bars: (values, title = '') => emit({ kind: 'bars', title, labels: Object.keys(values), values: Object.values(values) }),
    heatmap(values, title = '') {
      const { rows, columns } = gridSize(values, 'show.heatmap');
      emit({ kind: 'heatmap', title, rows, columns, values: values.flat() });
    },
    image(pixels, title = '') {
      const { rows, columns } = gridSize(pixels, 'show.image');
      emit({ kind: 'image', title, height: rows, width: columns, pixels: pixels.flat() });
    },
    tree: (root, title = '') => emit({ kind: 'tree', title, root }),
    text: (text, title = '') => emit({ kind: 'text', title, text }),
    metric: (value, title, unit = '') => emit({ kind: 'metric', title, value, unit }),
  };
}

function gridSize(grid: readonly (readonly number[])[], where: string): { rows: number; columns: number } {
  const columns = grid[0]?.length ?? 0;
  const odd = grid.findIndex((row) => row.length !== columns);
  if (columns === 0 || odd !== -1) {
    throw new PlaygroundError(
      'program-invalid',
      `${where}: expected rows of one length, got ${columns} values in row 0 and ${grid[Math.max(0, odd)]?.length ?? 0} in row ${Math.max(0, odd)}.`,
    );
  }
  return { rows: grid.length, columns };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
