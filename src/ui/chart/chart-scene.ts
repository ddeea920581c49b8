// What a chart draws at one moment, in the units of its axes: curves decimated for its width, the range of y that holds all of them, and where
// something is to be marked. The canvas and the exported picture are both drawn from it.

import { lowerBound } from '../../state/chart-axis.ts';
import type { Curve } from '../../state/chart-curves.ts';
import type { AxisRange } from '../../state/chart-view.ts';
import type { Column } from '../../state/column.ts';
import { pyramidOf } from '../../state/min-max-pyramid.ts';
import type { Extremes } from '../../state/min-max-pyramid.ts';
import { decimate, rowsInView } from './decimate.ts';
import { Points } from './points.ts';

/** One curve of a scene. */
export interface SceneCurve {
  readonly curve: Curve;
  readonly raw: Points;
  /** Whether there is more of it than is drawn: then dashes would mean nothing. */
  readonly isDense: boolean;
  readonly smoothed: Points | null;
  /** Upper edge from left to right, lower edge from left to right. */
  readonly band: { readonly high: Points; readonly low: Points } | null;
  /** Places of values that are no finite numbers, and of skipped steps; at most one in three pixels. */
  readonly gapXs: readonly number[];
  readonly skippedXs: readonly number[];
}

/** A chart's contents. */
export interface Scene {
  readonly x: AxisRange;
  readonly y: AxisRange;
  readonly isLogarithmic: boolean;
  readonly curves: readonly SceneCurve[];
}

/** Makes scenes, one after the other; each is valid until the next. */
export class SceneBuilder {
  readonly #kept: Points[] = [];
  #used = 0;

  /** `columnCount`: pixels across. Curves must be up to date. */
  build(curves: readonly Curve[], x: AxisRange, columnCount: number, isLogarithmic: boolean): Scene {
    this.#used = 0;
    const extremes: Extremes = { min: Infinity, max: -Infinity };
    const built = curves.map((curve) => this.#buildCurve(curve, x, columnCount, isLogarithmic, extremes));
    return { x, y: isLogarithmic ? logarithmicRange(extremes) : paddedRange(extremes), isLogarithmic, curves: built };
  }

  #buildCurve(curve: Curve, range: AxisRange, columnCount: number, isLogarithmic: boolean, extremes: Extremes): SceneCurve {
    const gaps = curve.nonFiniteRows();
    const rows = rowsInView(curve.x, range);
    let isDense = false;
    const drawn = (y: Column): Points => {
      const pyramid = pyramidOf(y, isLogarithmic);
      pyramid.widen(extremes, rows.from, rows.to);
      const points = this.#points();
      isDense = decimate({ x: curve.x, y, pyramid, gaps }, range, columnCount, points);
      return points;
    };
    const raw = drawn(curve.raw);
    return {
      curve,
      raw,
      smoothed: curve.smoothed === null ? null : drawn(curve.smoothed),
      band: curve.band === null ? null : { high: drawn(curve.band.high), low: drawn(curve.band.low) },
      isDense,
      gapXs: placesOf(gaps, curve.x, range, columnCount),
      skippedXs: placesOf(curve.skippedRows, curve.x, range, columnCount),
    };
  }

  #points(): Points {
    const points = this.#kept[this.#used] ?? new Points();
    this.#kept[this.#used] = points;
    this.#used += 1;
    return points;
  }
}

/** Where rows lie, without those that would stand on one another. */
function placesOf(rows: Column | null, x: Column, range: AxisRange, columnCount: number): readonly number[] {
  if (rows === null) return [];
  const apart = (3 * (range.max - range.min)) / columnCount;
  const { from, to } = rowsInView(x, range);
  const places: number[] = [];
  for (let at = lowerBound(rows, from, 0); at < rows.length && rows.at(at) < to; at += 1) {
    const place = x.at(rows.at(at));
    if (place < range.min || place > range.max) continue;
    const last = places.at(-1);
    if (last === undefined || place - last >= apart) places.push(place);
    else at = Math.max(at, lowerBound(rows, lowerBound(x, last + apart, 0), at) - 1); // to the next that has room
  }
  return places;
}

/** A little room above and below; what is never negative does not begin below zero. */
function paddedRange({ min, max }: Extremes): AxisRange {
  if (min > max) return { min: 0, max: 1 };
  const wanted = (max - min) * 0.06 || Math.abs(max) * 0.1 || 0.5;
  const room = Number.isFinite(max + wanted) && Number.isFinite(min - wanted) ? wanted : 0;
  return { min: min >= 0 ? Math.max(0, min - room) : min - room, max: max + room };
}

/** The same on a logarithmic axis, where a value alone gets half a decade around it. */
function logarithmicRange({ min, max }: Extremes): AxisRange {
  if (min > max) return { min: 0.1, max: 1 };
  const factor = Math.max((max / min) ** 0.06, min === max ? 3 : 1.02);
  return { min: min / factor, max: max * factor };
}
