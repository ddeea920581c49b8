// The smallest and the largest value of any stretch of a column, without walking it: extremes of blocks of 8 rows, of 8 blocks, of 8 of
// those, and so on. It grows with its column, so that a chart of 100,000 steps costs what its pixels cost and not what its rows do.

import { Column } from './column.ts';

/** Extremes of a stretch; an empty one has `min` above `max`. */
export interface Extremes {
  min: number;
  max: number;
}

const blockShift = 3;
const blockSize = 1 << blockShift;

interface Level {
  readonly min: Column;
  readonly max: Column;
}

const known = new WeakMap<Column, { readonly all: MinMaxPyramid; readonly positive: MinMaxPyramid }>();

/** The pyramid of a column, made once for all who ask; `isPositiveOnly`: for a logarithmic axis. */
export function pyramidOf(column: Column, isPositiveOnly: boolean): MinMaxPyramid {
  const pyramids = known.get(column) ?? { all: new MinMaxPyramid(column), positive: new MinMaxPyramid(column, true) };
  known.set(column, pyramids);
  return isPositiveOnly ? pyramids.positive : pyramids.all;
}

/** Over one column. What is not finite counts as absent, and so does what is not positive where `isPositiveOnly`. */
export class MinMaxPyramid {
  readonly #column: Column;
  /** Values above this and below infinity are drawn; others count as absent. */
  readonly least: number;
  /** Level 0 has an entry per full block of rows, each further one per full block of the one below. */
  readonly #levels: Level[] = [];
  #counted = 0;
  #leftOut = 0;

  constructor(column: Column, isPositiveOnly = false) {
    this.#column = column;
    this.least = isPositiveOnly ? 0 : -Infinity;
  }

  /** Widens `into` by the values of rows `from <= row < to`. */
  widen(into: Extremes, from: number, to: number): void {
    this.#grow();
    this.#widenLevel(into, 0, Math.max(0, from), Math.min(to, this.#column.length));
  }

  /** Whether a value is drawn at all. */
  has(value: number): boolean {
    return value > this.least && value < Infinity;
  }

  /** How many finite values are left out because they are not positive. */
  leftOutCount(): number {
    if (this.least < 0) return 0;
    for (; this.#counted < this.#column.length; this.#counted += 1) {
      const value = this.#column.at(this.#counted);
      if (value <= 0 && value > -Infinity) this.#leftOut += 1;
    }
    return this.#leftOut;
  }

  /** Entries of level `level` (0: the rows themselves): whole blocks are left to the level above. */
  #widenLevel(into: Extremes, level: number, from: number, to: number): void {
    const firstBlock = (from + blockSize - 1) >> blockShift;
    const lastBlock = to >> blockShift;
    if (firstBlock >= lastBlock) {
      this.#widenEntries(into, level, from, to);
      return;
    }
    this.#widenEntries(into, level, from, firstBlock << blockShift);
    this.#widenLevel(into, level + 1, firstBlock, lastBlock);
    this.#widenEntries(into, level, lastBlock << blockShift, to);
  }

  #widenEntries(into: Extremes, level: number, from: number, to: number): void {
    if (level === 0) this.#widenRows(into, from, to);
    else if (from < to) widenBlocks(into, this.#level(level - 1), from, to);
  }

  #widenRows(into: Extremes, from: number, to: number): void {
    const values = this.#column.buffer;
    const { least } = this;
    let { min, max } = into;
    for (let row = from; row < to; row += 1) {
      const value = values[row] ?? NaN;
      if (!(value > least && value < Infinity)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    into.min = min;
    into.max = max;
  }

  /** Takes the blocks that have become full since the last time. */
  #grow(): void {
    let entryCount = this.#column.length;
    for (let level = 0; entryCount >= blockSize; level += 1) {
      const { min, max } = this.#level(level);
      const fullCount = entryCount >> blockShift;
      for (let block = min.length; block < fullCount; block += 1) {
        const extremes: Extremes = { min: Infinity, max: -Infinity };
        this.#widenEntries(extremes, level, block << blockShift, (block + 1) << blockShift);
        min.push(extremes.min);
        max.push(extremes.max);
      }
      entryCount = fullCount;
    }
  }

  #level(index: number): Level {
    const known = this.#levels[index];
    if (known !== undefined) return known;
    const made = { min: new Column(), max: new Column() };
    this.#levels.push(made);
    return made;
  }
}

function widenBlocks(into: Extremes, level: Level, from: number, to: number): void {
  const mins = level.min.buffer;
  const maxs = level.max.buffer;
  let { min, max } = into;
  for (let block = from; block < to; block += 1) {
    const [low, high] = [mins[block] ?? Infinity, maxs[block] ?? -Infinity];
    if (low < min) min = low;
    if (high > max) max = high;
  }
  into.min = min;
  into.max = max;
}
