// What of a curve has to be drawn in so many pixel columns: the least and the most value of buckets no wider than a pixel, so that nothing is
// lost that a pixel could show, and the cost is that of the columns whatever the number of rows. Where values are few they are all kept, at
// their own places.

import { lowerBound } from '../../state/chart-axis.ts';
import type { AxisRange } from '../../state/chart-view.ts';
import type { Column } from '../../state/column.ts';
import { bucketLevel } from './bucket-levels.ts';
import type { BucketSource } from './bucket-levels.ts';
import type { Points } from './points.ts';

/** More values than this in a column, on average, are decimated: as many as decimation may leave. */
export const mostPerColumn = 4;

/** The rows in view, with one more at each side, so that lines run to the edge. */
export function rowsInView(x: Column, range: AxisRange): { readonly from: number; readonly to: number } {
  const from = Math.max(0, lowerBound(x, range.min, 0) - 1);
  return { from, to: Math.min(x.length, afterLast(x, range.max, from) + 1) };
}

/** Puts what is to be drawn into `into`; NaN in `y` interrupts the line. Returns whether values were left out. */
export function decimate(curve: BucketSource, range: AxisRange, columnCount: number, into: Points): boolean {
  into.clear();
  const { from, to } = rowsInView(curve.x, range);
  if (to - from <= mostPerColumn * columnCount) {
    takeAll(curve, from, to, into);
    return false;
  }
  takeBuckets(curve, range, columnCount, into);
  return true;
}

/** Rows that logged nothing are passed over. */
function takeAll({ x, y, pyramid, gaps }: BucketSource, from: number, to: number, into: Points): void {
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

/** Two values per bucket at most, the nearer one to the pen first. */
function takeBuckets(curve: BucketSource, range: AxisRange, columnCount: number, into: Points): void {
  const level = bucketLevel(curve, (range.max - range.min) / columnCount);
  const { index, width } = level;
  const from = Math.max(0, lowerBound(index, Math.floor(range.min / width), 0) - 1);
  let pen = NaN;
  for (let at = from; at < index.length; at += 1) {
    const min = level.min.at(at);
    const max = level.max.at(at);
    if (level.gapBefore.at(at) === 1) into.gap();
    const place = (index.at(at) + 0.5) * width;
    const isLowFirst = !(Math.abs(max - pen) < Math.abs(min - pen));
    into.push(place, isLowFirst ? min : max);
    if (min !== max) into.push(place, isLowFirst ? max : min);
    pen = isLowFirst ? max : min;
    if (place > range.max) break;
  }
}

/** The first row from `from` on whose value is above `value`. */
function afterLast(x: Column, value: number, from: number): number {
  let row = lowerBound(x, value, from);
  while (x.at(row) <= value) row += 1;
  return row;
}
