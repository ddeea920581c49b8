// How the charts are looked at: a stretch of steps all of them share, a logarithmic loss axis, and which metric the second chart
// shows. Kept apart from the data, so that a new run starts with the view one has chosen.

import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';

/** A stretch of steps. */
export interface StepRange {
  readonly min: number;
  readonly max: number;
}

/** The view of the charts. */
export interface ChartView {
  /** Null shows everything. */
  readonly zoom: Signal<StepRange | null>;
  readonly isLossLogarithmic: Signal<boolean>;
  /** A metric's name, or null for the one that suits the run. */
  readonly chosenMetric: Signal<string | null>;
}

/** Everything in view, linear axes. */
export function createChartView(): ChartView {
  return { zoom: signal<StepRange | null>(null), isLossLogarithmic: signal(false), chosenMetric: signal<string | null>(null) };
}
