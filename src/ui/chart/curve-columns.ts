// The columns of a curve that a table and a file have: what lies along the x axis where that is not the step, the value, the smoothed value,
// and the least and the most of repeats.

import type { Curve } from '../../state/chart-curves.ts';
import type { AxisName } from '../../state/axis-name.ts';
import type { Column } from '../../state/column.ts';

/** A column by what it is. */
export interface CurveColumn {
  readonly kind: 'x' | 'raw' | 'smoothed' | 'low' | 'high';
  readonly column: Column;
}

/** The columns a curve has. */
export function curveColumns({ x, raw, smoothed, band }: Curve, axis: AxisName): readonly CurveColumn[] {
  return [
    ...(axis === 'step' ? [] : [{ kind: 'x', column: x } as const]),
    { kind: 'raw', column: raw },
    ...(smoothed === null ? [] : [{ kind: 'smoothed', column: smoothed } as const]),
    ...(band === null ? [] : [{ kind: 'low', column: band.low } as const, { kind: 'high', column: band.high } as const]),
  ];
}
