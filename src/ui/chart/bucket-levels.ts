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

  /** Takes the rows that have come since the last time. */
  grow({ x, y, pyramid, gaps }: BucketSource): void {
    const count = Math.min(x.length, y.length);
    const places = x.buffer;
    const values = y.buffer;
    const perWidth = 1 / this.width;
    for (; this.#takenRows < count; this.#takenRows += 1) {
      const value = values[this.#takenRows] ?? NaN;
      if (!pyramid.has(value)) continue;
      const bucket = Math.floor((places[this.#takenRows] ?? NaN) * perWidth);
      if (bucket === this.index.last()) this.#widen(value);
      else this.#begin(bucket, value, gaps);
    }
  }

  #widen(value: number): void {
    const at = this.index.length - 1;
    if (value < this.min.at(at)) this.min.set(at, value);
    if (value > this.max.at(at)) this.max.set(at, value);
  }

  #begin(bucket: number, value: number, gaps: Column | null): void {
    const passed = gaps === null ? 0 : lowerBound(gaps, this.#takenRows, this.#takenGaps);
    this.gapBefore.push(passed > this.#takenGaps ? 1 : 0);
    this.#takenGaps = passed;
    this.index.push(bucket);
    this.min.push(value);
    this.max.push(value);
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
