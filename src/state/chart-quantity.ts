// What each kind of panel draws: which column of a lane, and how its numbers come about.

import type { AxisFacts } from './chart-axis.ts';
import type { ChartPanelSpec } from './chart-panels.ts';
import { deriveColumn, givenColumn } from './derived-column.ts';
import type { DerivedColumn } from './derived-column.ts';
import { suitableMetric } from './metric-choice.ts';
import type { MetricChoice, MetricSource } from './metric-choice.ts';
import type { MetricTarget } from '../train/program-module.ts';
import type { LaneSeries } from './series.ts';

/** A quantity of a lane over its steps or evaluations. */
export interface Quantity {
  readonly source: MetricSource;
  /** The column it is, or is computed from. */
  readonly metric: string;
  /** `rate`: the column holds milliseconds of a step, and the quantity is samples per second. */
  readonly how: 'as-is' | 'rate';
  /** A loss scale jumps, and an evaluation is a mean over a whole set already: neither is smoothed. */
  readonly isSmoothed: boolean;
}

/** What a panel draws; null for one that draws no curves (memory, phases), and for a metric while there is none. */
export function quantityOf(panel: ChartPanelSpec, metrics: readonly MetricChoice[], target: MetricTarget | null): Quantity | null {
  const ofSteps = (metric: string, more: Partial<Quantity> = {}): Quantity => ({
    source: 'steps',
    metric,
    how: 'as-is',
    isSmoothed: true,
    ...more,
  });
  switch (panel.kind) {
    case 'loss':
      return ofSteps('loss');
    case 'throughput':
      return ofSteps('stepMs', { how: 'rate' });
    case 'stepTime':
      return ofSteps('stepMs');
    case 'lossScale':
      return ofSteps('lossScale', { isSmoothed: false });
    case 'gradientNorm':
      return ofSteps('gradientNorm');
    case 'metric': {
      const choice = metrics.find(({ name }) => name === panel.metric) ?? suitableMetric(metrics, target);
      return choice === null ? null : ofSteps(choice.name, { source: choice.source, isSmoothed: choice.source === 'steps' });
    }
    case 'memory':
    case 'phases':
      return null;
  }
}

/** The lane's column of a quantity; null where the lane has none. */
export function quantityColumn(series: LaneSeries, quantity: Quantity, { globalBatch }: AxisFacts): DerivedColumn | null {
  const column = series[quantity.source].metric(quantity.metric);
  if (column === null) return null;
  if (quantity.how === 'as-is') return givenColumn(column);
  if (globalBatch === null) return null;
  return deriveColumn(
    () => column.length,
    (row) => {
      const stepMs = column.at(row);
      return stepMs > 0 ? (globalBatch * 1000) / stepMs : NaN;
    },
  );
}
