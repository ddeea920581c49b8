// Runs drawn behind the current ones: the pinned baseline, and whatever else of the history somebody lays beside them.

import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { LaneSeries } from './series.ts';

/** A lane of an earlier run. */
export interface OverlayLane {
  readonly id: string;
  readonly label: string;
  readonly series: LaneSeries;
}

/** Nothing behind. */
export function createOverlay(): Signal<readonly OverlayLane[]> {
  return signal<readonly OverlayLane[]>([]);
}
