// A curve in buckets along its x axis: of each bucket the least and the most value. There is a level per zoom, each with buckets half as wide
// as the next, made when a view first needs it and then kept and grown, so that moving and zooming read a few hundred neighbouring numbers
// instead of hunting through a hundred thousand (which costs a cache miss each).

import { lowerBound } from '../../state/chart-axis.ts';
import { Column } from '../../state/column.ts';
import type { MinMaxPyramid } from '../../state/min-max-pyramid.ts';

/** A curve's columns; `x` ascending. */
export interface BucketSource {
  readonly x: Column;
  readonly y: Column;
  /** Says which values are drawn at all. */
  readonly pyramid: MinMaxPyramid;
  /** Rows at which the line is interrupted, ascending; null for none. */
  readonly gaps: Column | null;
}

/** Buckets of one width that hold a value, from left to right. */
export class BucketLevel {
  readonly width: number;
  /** Bucket b covers `b · width <= x < (b + 1) · width`. */
  readonly index = new Column();
  readonly min = new Column();
  readonly max = new Column();
  /** 1 where the line is interrupted before the bucket, else 0. */
  readonly gapBefore = new Column();
  #takenRows = 0;
  #takenGaps = 0;

  constructor(width: number) {
    this.width = width;
  }

  /** Takes the rows that have come since the last time. One loop without calls: it goes over 100,000 rows when a view needs a new level. */
  grow({ x, y, pyramid: { least }, gaps }: BucketSource): void {
    const count = Math.min(x.length, y.length);
    const places = x.buffer;
    const values = y.buffer;
    let at = this.index.length - 1;
    let end = (this.index.last() + 1) * this.width;
    let min = this.min.last();
    let max = this.max.last();
    for (let row = this.#takenRows; row < count; row += 1) {
      const value = values[row] ?? NaN;
      const place = places[row] ?? NaN;
      if (!(value > least && value < Infinity && place < Infinity)) continue;
      if (place < end) {
        if (value < min) min = value;
        if (value > max) max = value;
        continue;
      }
      this.#close(at, min, max);
      const bucket = Math.floor(place / this.width);
      at = this.#open(bucket, row, gaps);
      end = (bucket + 1) * this.width;
      min = value;
      max = value;
    }
    this.#close(at, min, max);
    this.#takenRows = count;
  }

  #open(bucket: number, row: number, gaps: Column | null): number {
    const passed = gaps === null ? 0 : lowerBound(gaps, row, this.#takenGaps);
    this.gapBefore.push(passed > this.#takenGaps ? 1 : 0);
    this.#takenGaps = passed;
    this.min.push(NaN);
    this.max.push(NaN);
    this.index.push(bucket);
    return this.index.length - 1;
  }

  #close(at: number, min: number, max: number): void {
    if (at < 0) return;
    this.min.set(at, min);
    this.max.set(at, max);
  }
}

/** More levels of a curve are not kept: the one that has not been looked at for longest goes. */
const mostLevels = 6;

interface Levels {
  readonly source: Pick<BucketSource, 'x' | 'pyramid'>;
  readonly levels: Map<number, BucketLevel>;
}

const known = new WeakMap<Column, Levels[]>();

/** The level whose buckets are at most as wide as asked and more than half as wide, up to date. */
export function bucketLevel(source: BucketSource, widest: number): BucketLevel {
  const width = 2 ** Math.floor(Math.log2(widest));
  const { levels } = levelsOf(source);
  const level = levels.get(width) ?? new BucketLevel(width);
  levels.delete(width);
  levels.set(width, level); // now the youngest
  for (const oldest of levels.keys()) if (levels.size > mostLevels) levels.delete(oldest);
  level.grow(source);
  return level;
}

/** A curve is drawn over several axes, linear and logarithmic: levels for each. */
function levelsOf({ x, y, pyramid }: BucketSource): Levels {
  const all = known.get(y) ?? [];
  known.set(y, all);
  const found = all.find(({ source }) => source.x === x && source.pyramid === pyramid);
  if (found !== undefined) return found;
  const made: Levels = { source: { x, pyramid }, levels: new Map() };
  all.push(made);
  return made;
}
