// The curves of a panel: one per lane, one per group of repeats (their mean, and the band from the least to the most), and behind them those
// of earlier runs. A curve is columns that only grow, so that drawing again costs what is new and what is in view.

import { mean } from '../core/stats.ts';
import { axisColumn, lowerBound } from './chart-axis.ts';
import type { AxisName } from './axis-name.ts';
import type { AxisFacts } from './chart-axis.ts';
import { quantityColumn } from './chart-quantity.ts';
import type { Quantity } from './chart-quantity.ts';
import { Column } from './column.ts';
import { deriveColumn } from './derived-column.ts';
import type { DerivedColumn } from './derived-column.ts';
import type { LaneState } from './lanes.ts';
import type { OverlayLane } from './overlay.ts';
import { groupRepeats } from './repeat-groups.ts';
import type { LaneSeries, SeriesTable } from './series.ts';
import { smoothColumn } from './smoothing.ts';

/** Something with an x and a y per row, ready to be drawn once `update` has been called. */
export interface Curve {
  readonly label: string;
  /** `overlay`: of an earlier run, drawn behind. */
  readonly kind: 'lane' | 'repeats' | 'overlay';
  /** Indices of the run's lanes in it; none for an overlay. */
  readonly lanes: readonly number[];
  /** Of its lanes; 0 for an overlay. */
  readonly styleIndex: number;
  /** Place among the overlays; 0 for the others. */
  readonly overlayIndex: number;
  /** How many repeats there will be, and how many have begun; 1 where it stands alone. */
  readonly repeatCount: number;
  readonly seedCount: number;
  readonly step: Column;
  /** Ascending. */
  readonly x: Column;
  readonly raw: Column;
  /** Null where nothing is smoothed. */
  readonly smoothed: Column | null;
  /** The least and the most of a group of repeats. */
  readonly band: { readonly low: Column; readonly high: Column } | null;
  /** Rows whose value is no finite number; null for none. */
  nonFiniteRows(): Column | null;
  /** Rows of steps that were skipped, of repeats by any of them, in a panel of loss scales; else null. */
  readonly skippedRows: Column | null;
  update(): void;
}

/** What the curves of a panel follow from. */
export interface CurveSources {
  readonly lanes: readonly LaneState[];
  readonly hidden: ReadonlySet<number>;
  readonly overlays: readonly OverlayLane[];
  readonly factsOf: (lane: LaneState) => AxisFacts;
  readonly quantity: Quantity;
  readonly axis: AxisName;
  /** 0: none. */
  readonly smoothing: number;
}

/** A lane or an earlier run without a curve: it has no place on the axis, or not the quantity. */
export interface MissingCurve {
  readonly label: string;
  readonly lacks: 'axis' | 'quantity';
}

/** Curves, and what cannot be drawn. */
export interface CurveSet {
  /** Those behind come first. */
  readonly curves: readonly Curve[];
  readonly missing: readonly MissingCurve[];
}

/**
 * Changes when the curves have to be made anew: a lane has begun, or now has what an axis or a quantity needs. Read the run's revision to
 * follow it.
 */
export function curvesSignature({ lanes, hidden, overlays, factsOf, quantity, axis, smoothing }: CurveSources): string {
  const ofSeries = (series: LaneSeries) => {
    const rows = series[quantity.source].metric(quantity.metric)?.length ?? 0;
    return rows > 0 ? `${series.steps.metrics.size}` : '';
  };
  const ofLanes = lanes.map((lane) => {
    const { globalBatch, modelledStepMs } = factsOf(lane);
    return `${ofSeries(lane.series)}/${globalBatch}/${modelledStepMs}/${hidden.has(lane.index)}`;
  });
  const ofOverlays = overlays.map(({ id, series }) => `${id}/${ofSeries(series)}`);
  return [quantity.source, quantity.metric, quantity.how, axis, smoothing, ...ofLanes, '', ...ofOverlays].join(' ');
}

interface Part {
  readonly series: LaneSeries;
  readonly x: DerivedColumn;
  readonly y: DerivedColumn;
}

/** Makes the curves; their columns are filled by `update`. */
export function createCurves(sources: CurveSources): CurveSet {
  const missing: MissingCurve[] = [];
  const overlays = sources.overlays.flatMap(({ label, series, facts }, overlayIndex) => {
    const part = partOf(series, facts, sources);
    if (part === null) {
      missing.push({ label, lacks: whatLacks(series, facts, sources) });
      return [];
    }
    return [curveOf(sources, part, { label, kind: 'overlay', lanes: [], styleIndex: 0, overlayIndex, repeatCount: 1, seedCount: 1 })];
  });
  const shown = sources.lanes.filter(({ index }) => !sources.hidden.has(index));
  const current = groupRepeats(shown).flatMap((group) => {
    const parts = group.lanes.flatMap((lane) => partOf(lane.series, sources.factsOf(lane), sources) ?? []);
    const [first] = parts;
    if (first === undefined) {
      const missed = group.lanes.find((lane) => isMissing(lane, sources));
      if (missed !== undefined) missing.push({ label: group.label, lacks: whatLacks(missed.series, sources.factsOf(missed), sources) });
      return [];
    }
    const lanes = group.lanes.map(({ index }) => index);
    const begun = parts.filter(({ y }) => y.column.length > 0);
    const styleIndex = group.lanes[0]?.styleIndex ?? 0;
    const identity = { label: group.label, lanes, styleIndex, overlayIndex: 0, repeatCount: group.count, seedCount: begun.length };
    return [begun.length < 2 ? curveOf(sources, begun[0] ?? first, { ...identity, kind: 'lane' }) : meanOf(sources, begun, identity)];
  });
  return { curves: [...overlays, ...current], missing };
}

/** Whether a lane has begun and will not be drawn here; an evaluation may still come. */
function isMissing(lane: LaneState, { quantity, axis, factsOf }: CurveSources): boolean {
  if (lane.series.steps.length === 0) return false;
  return quantity.source === 'steps' || axisColumn(lane.series, 'evals', axis, factsOf(lane)) === null;
}

function whatLacks(series: LaneSeries, facts: AxisFacts, { quantity, axis }: CurveSources): MissingCurve['lacks'] {
  return axisColumn(series, quantity.source, axis, facts) === null ? 'axis' : 'quantity';
}

type Identity = Pick<Curve, 'label' | 'kind' | 'lanes' | 'styleIndex' | 'overlayIndex' | 'repeatCount' | 'seedCount'>;

function partOf(series: LaneSeries, facts: AxisFacts, { quantity, axis }: CurveSources): Part | null {
  const x = axisColumn(series, quantity.source, axis, facts);
  const y = quantityColumn(series, quantity, facts);
  return x === null || y === null ? null : { series, x, y };
}

function curveOf({ quantity, smoothing }: CurveSources, { series, x, y }: Part, identity: Identity): Curve {
  const smoothed = smoothing > 0 && quantity.isSmoothed ? smoothColumn(y.column, smoothing) : null;
  const table = series[quantity.source];
  const skipped = quantity.metric === 'lossScale' ? skippedSteps([table], () => table.step.length) : null;
  return {
    ...identity,
    step: table.step,
    x: x.column,
    raw: y.column,
    smoothed: smoothed?.column ?? null,
    band: null,
    nonFiniteRows: () => table.nonFiniteRows(quantity.metric),
    skippedRows: skipped?.column ?? null,
    update() {
      for (const column of [x, y, smoothed, skipped]) column?.update();
    },
  };
}

/** Rows, as far as they are counted, in which one of the tables' numbers of skipped steps went up. */
function skippedSteps(tables: readonly SeriesTable[], rowCount: () => number): DerivedColumn {
  const rows = new Column();
  const before = tables.map(() => 0);
  let row = 0;
  return {
    column: rows,
    update() {
      for (const count = rowCount(); row < count; row += 1) {
        let isSkipped = false;
        for (const [index, table] of tables.entries()) {
          const skippedSoFar = table.metric('skippedSteps')?.at(row) ?? 0;
          if (skippedSoFar > (before[index] ?? 0)) isSkipped = true;
          before[index] = Math.max(before[index] ?? 0, skippedSoFar || 0); // NaN where a step logged none
        }
        if (isSkipped) rows.push(row);
      }
    },
  };
}

/** The mean of repeats, row by row, as far as all of them are. */
function meanOf({ quantity, smoothing }: CurveSources, parts: readonly Part[], identity: Omit<Identity, 'kind'>): Curve {
  const rowCount = () => Math.min(...parts.map(({ x, y }) => Math.min(x.column.length, y.column.length)));
  const valuesAt = (row: number) => parts.map(({ y }) => y.column.at(row));
  const tables = parts.map(({ series }) => series[quantity.source]);
  const step = deriveColumn(rowCount, (row) => tables[0]?.step.at(row) ?? NaN);
  const x = deriveColumn(rowCount, (row, previous) => Math.max(previous, mean(parts.map(({ x: own }) => own.column.at(row)))));
  const raw = deriveColumn(rowCount, (row) => mean(valuesAt(row)));
  const low = deriveColumn(rowCount, (row) => Math.min(...valuesAt(row)));
  const high = deriveColumn(rowCount, (row) => Math.max(...valuesAt(row)));
  const smoothed = smoothing > 0 && quantity.isSmoothed ? smoothColumn(raw.column, smoothing) : null;
  const skipped = quantity.metric === 'lossScale' ? skippedSteps(tables, rowCount) : null;
  const gaps = new Column();
  const noteGap = (row: number): void => {
    if (tables.some((table) => holds(table.nonFiniteRows(quantity.metric), row))) gaps.push(row);
  };
  return {
    ...identity,
    kind: 'repeats',
    step: step.column,
    x: x.column,
    raw: raw.column,
    smoothed: smoothed?.column ?? null,
    band: { low: low.column, high: high.column },
    nonFiniteRows: () => (gaps.length === 0 ? null : gaps),
    skippedRows: skipped?.column ?? null,
    update() {
      for (const part of parts) {
        part.x.update();
        part.y.update();
      }
      const known = raw.column.length;
      for (const column of [step, x, raw, low, high, smoothed, skipped]) column?.update();
      for (let row = known; row < raw.column.length; row += 1) if (!Number.isFinite(raw.column.at(row))) noteGap(row);
    },
  };
}

/** Whether an ascending column holds a value. */
function holds(column: Column | null, value: number): boolean {
  return column !== null && column.at(lowerBound(column, value, 0)) === value;
}
