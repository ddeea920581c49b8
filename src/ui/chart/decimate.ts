// What of a curve has to be drawn in so many pixel columns: the first, the least, the most and the last value of each, and nothing is lost
// that a pixel could show (M4: Jugel et al., "M4: A visualization-oriented time series data aggregation", VLDB 2014). Extremes come from a
// pyramid, so that the cost is that of the columns. Where values are few they are all kept, at their own places.

import { lowerBound } from '../../state/chart-axis.ts';
import type { AxisRange } from '../../state/chart-view.ts';
import type { Column } from '../../state/column.ts';
import type { Extremes, MinMaxPyramid } from '../../state/min-max-pyramid.ts';
import type { Points } from './points.ts';

/** A curve's columns; `x` ascending. */
export interface Decimated {
  readonly x: Column;
  readonly y: Column;
  readonly pyramid: MinMaxPyramid;
  /** Rows at which the line is interrupted, ascending; null for none. Other rows without a value are passed over. */
  readonly gaps: Column | null;
}

/** More values than this in a column, on average, are decimated: as many as decimation leaves. */
export const mostPerColumn = 4;

/** The rows in view, with one more at each side, so that lines run to the edge. */
export function rowsInView(x: Column, range: AxisRange): { readonly from: number; readonly to: number } {
  const from = Math.max(0, lowerBound(x, range.min, 0) - 1);
  return { from, to: Math.min(x.length, afterLast(x, range.max, from) + 1) };
}

/** Puts what is to be drawn into `into`. Returns whether values were left out. */
export function decimate(curve: Decimated, range: AxisRange, columnCount: number, into: Points): boolean {
  into.clear();
  const { from, to } = rowsInView(curve.x, range);
  if (to - from <= mostPerColumn * columnCount) {
    takeAll(curve, from, to, into);
    return false;
  }
  takeColumns(curve, range, columnCount, { from, to }, into);
  return true;
}

function takeAll({ x, y, pyramid, gaps }: Decimated, from: number, to: number, into: Points): void {
  let gap = gaps === null ? 0 : lowerBound(gaps, from, 0);
  for (let row = from; row < to; row += 1) {
    const value = y.at(row);
    if (pyramid.has(value)) into.push(x.at(row), value);
    else if (Number.isFinite(value)) into.gap();
    else if (gaps !== null) {
      while (gaps.at(gap) < row) gap += 1;
      if (gaps.at(gap) === row) into.gap();
    }
  }
}

function takeColumns(
  { x, y, pyramid, gaps }: Decimated,
  range: AxisRange,
  columnCount: number,
  { from, to }: { readonly from: number; readonly to: number },
  into: Points,
): void {
  const width = (range.max - range.min) / columnCount;
  const extremes: Extremes = { min: Infinity, max: -Infinity };
  let lastRow = -1;
  let start = from;
  for (let column = -1; column <= columnCount && start < to; column += 1) {
    const end = column === columnCount ? to : Math.min(to, lowerBoundNear(x, range.min + (column + 1) * width, start));
    if (end === start) continue;
    extremes.min = Infinity;
    extremes.max = -Infinity;
    pyramid.widen(extremes, start, end);
    if (extremes.min <= extremes.max) {
      const first = firstWith(y, pyramid, start, end, 1);
      const last = firstWith(y, pyramid, end - 1, start - 1, -1);
      if (gaps !== null && lastRow !== -1 && isBetween(gaps, lastRow, first)) into.gap();
      const isInside = column >= 0 && column < columnCount;
      takeColumn(isInside ? range.min + (column + 0.5) * width : x.at(first), y.at(first), extremes, y.at(last), into);
      lastRow = last;
    }
    start = end;
  }
}

/** In the order that makes the pen travel least. */
function takeColumn(x: number, first: number, { min, max }: Extremes, last: number, into: Points): void {
  into.push(x, first);
  const isLowFirst = first - min < max - first;
  const [near, far] = isLowFirst ? [min, max] : [max, min];
  let pen = first;
  for (const value of [near, far, last]) {
    if (value !== pen) into.push(x, value);
    pen = value;
  }
}

function firstWith(y: Column, pyramid: MinMaxPyramid, from: number, end: number, by: 1 | -1): number {
  for (let row = from; row !== end; row += by) if (pyramid.has(y.at(row))) return row;
  return from;
}

function isBetween(gaps: Column, after: number, before: number): boolean {
  return gaps.at(lowerBound(gaps, after, 0)) < before;
}

/** `lowerBound`, looking near `from` first: in ever larger strides, as the next column is mostly as wide as the last. */
function lowerBoundNear(x: Column, value: number, from: number): number {
  let stride = 16;
  let low = from;
  while (low + stride < x.length && x.at(low + stride) < value) {
    low += stride;
    stride *= 2;
  }
  let high = Math.min(x.length, low + stride);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (x.at(middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first row from `from` on whose value is above `value`. */
function afterLast(x: Column, value: number, from: number): number {
  let row = lowerBound(x, value, from);
  while (x.at(row) <= value) row += 1;
  return row;
}
