// How large a view is, for whoever has to bound how many of them are kept or sent.

import type { ShownView } from './telemetry.ts';

/** A cell is a text or a number in a row of its own: it is sent, checked and kept at the price of so many numbers in a list. */
const valuesPerCell = 4;

/** How many values a view has, roughly: points, pixels, a table's cells for more; eight characters of a text count as one. */
export function valueCountOf(view: ShownView): number {
  switch (view.kind) {
    case 'table':
      return view.rows.length * view.columns.length * valuesPerCell;
    case 'line':
      return view.x.length * (1 + Object.keys(view.y).length);
    case 'bars':
      return view.values.length;
    case 'heatmap':
      return view.values.length;
    case 'confusion':
      return view.counts.length;
    case 'image':
    case 'images':
      return view.pixels.length;
    case 'text':
      return view.text.length / 8;
    case 'tree':
    case 'metric':
      return 1;
  }
}
