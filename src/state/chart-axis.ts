// What lies along the x axis of the charts. Each lane has a column of its own for it, because lanes differ in batch and time; a chart draws
// every lane at its own places. Evaluations stand where their step does.

import type { AxisName } from './axis-name.ts';
import type { Column } from './column.ts';
import { deriveColumn, givenColumn } from './derived-column.ts';
import type { DerivedColumn } from './derived-column.ts';
import type { MetricSource } from './metric-choice.ts';
import type { LaneSeries, SeriesTable } from './series.ts';

/** What is known of a lane besides its series; null: not known, or not yet. */
export interface AxisFacts {
  readonly globalBatch: number | null;
  readonly modelledStepMs: number | null;
}

const made = new WeakMap<LaneSeries, Map<string, DerivedColumn>>();

/** Where a lane's rows lie on an axis, ascending; null where that cannot be told of this lane. */
export function axisColumn(series: LaneSeries, source: MetricSource, axis: AxisName, facts: AxisFacts): DerivedColumn | null {
  const known = made.get(series) ?? new Map<string, DerivedColumn>();
  made.set(series, known);
  const factor = factorOf(axis, facts);
  const key = `${source} ${axis} ${factor ?? ''}`;
  const derived = known.get(key) ?? derive(series, source, axis, facts, factor);
  if (derived !== null) known.set(key, derived);
  return derived;
}

/** What a step is worth on an axis that only scales steps; null for the others. */
function factorOf(axis: AxisName, { globalBatch, modelledStepMs }: AxisFacts): number | null {
  if (axis === 'samples') return globalBatch;
  if (axis === 'modelled') return modelledStepMs === null ? null : modelledStepMs / 1000;
  return null;
}

function derive(series: LaneSeries, source: MetricSource, axis: AxisName, facts: AxisFacts, factor: number | null): DerivedColumn | null {
  const { step } = series[source];
  if (axis === 'step') return givenColumn(step);
  if (factor !== null) {
    return deriveColumn(
      () => step.length,
      (row) => step.at(row) * factor,
    );
  }
  if (source === 'evals') {
    const ofSteps = axisColumn(series, 'steps', axis, facts);
    return ofSteps === null ? null : placedBySteps(series, ofSteps);
  }
  return derivedFromMetric(series.steps, axis);
}

/** Evaluations at the place of the last step not after theirs; at 0 before the first. */
function placedBySteps({ steps, evals }: LaneSeries, ofSteps: DerivedColumn): DerivedColumn {
  const placed = deriveColumn(
    () => evals.length,
    (row) => {
      const at = lowerBound(steps.step, evals.step.at(row) + 1e-9, 0) - 1;
      return at < 0 ? 0 : ofSteps.column.at(at);
    },
  );
  return {
    column: placed.column,
    update() {
      ofSteps.update();
      placed.update();
    },
  };
}

function derivedFromMetric(steps: SeriesTable, axis: AxisName): DerivedColumn | null {
  const metric = axis === 'time' ? 'stepMs' : axis === 'epochs' ? 'epoch' : axis === 'bytes' ? 'bytesSent' : null;
  const column = metric === null ? null : steps.metric(metric);
  if (column === null) return null;
  const length = () => column.length;
  if (axis === 'time') return deriveColumn(length, (row, previous) => previous + positive(column.at(row)) / 1000);
  if (axis === 'epochs') return deriveColumn(length, (row, previous) => Math.max(previous, positive(column.at(row))));
  // A counter that begins anew after a lane has lost a rank: what it counts then comes on top.
  let before = 0;
  return deriveColumn(length, (row, previous) => {
    const value = column.at(row);
    if (!Number.isFinite(value)) return previous;
    const gained = value >= before ? value - before : value;
    before = value;
    return previous + positive(gained);
  });
}

function positive(value: number): number {
  return Number.isFinite(value) && value > 0 ? value : 0;
}

/** The first row from `from` on whose value is at least `value`, in an ascending column; its length where there is none. */
export function lowerBound(column: Column, value: number, from: number): number {
  let low = from;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column.at(middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
