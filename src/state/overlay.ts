// Runs drawn behind the current ones: the pinned baseline and whatever else somebody chose from the history. The history fills it, the
// charts draw it.

import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { AxisFacts } from './chart-axis.ts';
import type { LaneSeries } from './series.ts';

/** A kept run's curves. */
export interface OverlayLane {
  readonly id: string;
  readonly label: string;
  readonly series: LaneSeries;
  readonly facts: AxisFacts;
  /** Whether it was measured on another machine, as far as this page knows: it came from a file. */
  readonly isImported: boolean;
}

/** Nothing is drawn behind. */
export function createOverlay(): Signal<readonly OverlayLane[]> {
  return signal<readonly OverlayLane[]>([]);
}
