// Which metrics a run has, and which of them the page shows when nobody chose: what the program aims at, else test accuracy, else
// the first thing it evaluated, else the first thing it logged beside the loss.

import type { MetricTarget } from '../train/program-module.ts';
import { ownMetrics } from '../train/telemetry.ts';
import type { LaneState } from './lanes.ts';

/** Where a metric comes from: evaluations on the test set, or every step. */
export type MetricSource = 'evals' | 'steps';

export interface MetricChoice {
  readonly name: string;
  readonly source: MetricSource;
}

/** Metrics of the steps that have panels of their own, or lie along the x axis. */
const elsewhere: ReadonlySet<string> = new Set(['loss', 'stepMs', ...ownMetrics]);

/** Metrics that any lane has, evaluated ones first, without those that have panels of their own. */
export function listMetrics(lanes: readonly LaneState[]): readonly MetricChoice[] {
  const found = new Map<string, MetricChoice>();
  for (const source of ['evals', 'steps'] as const) {
    for (const lane of lanes) {
      for (const name of lane.series[source].metrics.keys()) {
        if (source === 'steps' && elsewhere.has(name)) continue;
        if (!found.has(name)) found.set(name, { name, source });
      }
    }
  }
  return [...found.values()];
}

/** The metric to show when nobody chose one; null where there is none yet. */
export function suitableMetric(available: readonly MetricChoice[], target: MetricTarget | null): MetricChoice | null {
  return (
    available.find((choice) => choice.name === target?.metric) ??
    available.find((choice) => choice.name === 'testAccuracy') ??
    available.find((choice) => choice.source === 'evals') ??
    available[0] ??
    null
  );
}

/** Accuracies are shown as percentages. */
export function isShare(metricName: string): boolean {
  return /accuracy$/i.test(metricName);
}
