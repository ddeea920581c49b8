// How large a view is, for whoever has to bound how many of them are kept or sent.

import type { ShownView } from './telemetry.ts';

/** How many values a view has, roughly: cells, points, pixels; eight characters of a text count as one. */
export function valueCountOf(view: ShownView): number {
  switch (view.kind) {
    case 'table':
      return view.rows.length * view.columns.length;
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
