// How the charts are looked at: what lies along their common x axis, the stretch of it that is in view, where the crosshair stands, how much
// curves are smoothed, which panels there are. Kept apart from the data, so that a new run starts with the view one has chosen.

import { batch, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { axisNames } from './axis-name.ts';
import type { AxisName } from './axis-name.ts';
import { createChartPanels } from './chart-panels.ts';
import type { ChartPanels } from './chart-panels.ts';
import type { PageStorage } from './storage.ts';

/** A stretch of the x axis, in its unit. */
export interface AxisRange {
  readonly min: number;
  readonly max: number;
}

/** The view of the charts. */
export interface ChartView {
  readonly axis: ReadonlySignal<AxisName>;
  /** Also shows everything: a stretch of one axis is none of another. */
  setAxis(axis: AxisName): void;
  /** Null shows everything. */
  readonly zoom: Signal<AxisRange | null>;
  /** Where the crosshair of all charts stands; null: nowhere. */
  readonly crosshair: Signal<number | null>;
  /** 0 (none) to 0.99. */
  readonly smoothing: ReadonlySignal<number>;
  setSmoothing(beta: number): void;
  readonly panels: ChartPanels;
}

/** The strongest smoothing there is: an average over the last hundred values or so. */
export const strongestSmoothing = 0.99;

const axisKey = 'chart-axis';
const smoothingKey = 'chart-smoothing';

/** Everything in view; axis, smoothing and panels as they were kept. */
export function createChartView(storage: PageStorage): ChartView {
  const keptAxis = storage.read(axisKey);
  const axis = signal<AxisName>(axisNames.find((name) => name === keptAxis) ?? 'step');
  const smoothing = signal(withinSmoothing(Number(storage.read(smoothingKey) ?? 0)));
  const zoom = signal<AxisRange | null>(null);
  const crosshair = signal<number | null>(null);
  return {
    axis,
    setAxis(next) {
      batch(() => {
        axis.value = next;
        zoom.value = null;
        crosshair.value = null;
      });
      storage.write(axisKey, next);
    },
    zoom,
    crosshair,
    smoothing,
    setSmoothing(beta) {
      smoothing.value = withinSmoothing(beta);
      storage.write(smoothingKey, String(smoothing.value));
    },
    panels: createChartPanels(storage),
  };
}

function withinSmoothing(beta: number): number {
  return Number.isFinite(beta) ? Math.min(strongestSmoothing, Math.max(0, beta)) : 0;
}
