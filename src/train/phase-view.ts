// What one phase of a training step looked like for one weight of the model: a histogram and a small heat-map, made in the worker, so
// that a picture of a large tensor crosses to the page as a few hundred numbers.

import type { PhaseName, PhaseView } from './telemetry.ts';

const binCount = 41;
/** Rows and columns of the heat-map at most; a cell of a larger tensor shows its value of largest magnitude. */
export const mostHeatmapSide = 48;

/** Where a tensor comes from. */
export interface PhaseSource {
  readonly phase: PhaseName;
  readonly step: number;
  readonly rank: number;
  readonly weight: string;
  readonly shape: readonly number[];
}

/** Sums up a tensor's values. */
export function toPhaseView(source: PhaseSource, values: Float32Array): PhaseView {
  const finite = values.filter((value) => Number.isFinite(value));
  const [smallest, largest] = range(finite);
  const mean = finite.length === 0 ? 0 : sum(finite, (value) => value) / finite.length;
  const variance = finite.length === 0 ? 0 : sum(finite, (value) => (value - mean) ** 2) / finite.length;
  return {
    ...source,
    shape: [...source.shape],
    smallest,
    largest,
    mean,
    deviation: Math.sqrt(variance),
    zeroCount: values.reduce((count, value) => (value === 0 ? count + 1 : count), 0),
    nonFiniteCount: values.length - finite.length,
    valueCount: values.length,
    histogram: toHistogram(finite, smallest, largest),
    heatmap: toHeatmap(values, source.shape),
  };
}

/** Equal bins, symmetric around zero where values lie on both sides of it, so that zero is the middle of a bin. */
function toHistogram(values: Float32Array, smallest: number, largest: number): PhaseView['histogram'] {
  const isSigned = smallest < 0 && largest > 0;
  const reach = Math.max(Math.abs(smallest), Math.abs(largest));
  const [from, to] = isSigned ? [-reach, reach] : [smallest, largest];
  const counts = Array.from({ length: binCount }, () => 0);
  const width = to - from;
  for (const value of values) {
    const bin = width === 0 ? 0 : Math.min(binCount - 1, Math.floor(((value - from) / width) * binCount));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { from, to, counts };
}

/** As a matrix: the last axis across, all others down; a vector is one row. */
function toHeatmap(values: Float32Array, shape: readonly number[]): PhaseView['heatmap'] {
  const width = shape.at(-1) ?? 1;
  const height = width === 0 ? 0 : values.length / width;
  const rows = Math.min(mostHeatmapSide, height);
  const columns = Math.min(mostHeatmapSide, width);
  const cells = Array.from({ length: rows * columns }, () => 0);
  for (const [at, value] of values.entries()) {
    const row = Math.floor((Math.floor(at / width) * rows) / height);
    const cell = row * columns + Math.floor(((at % width) * columns) / width);
    if (Math.abs(value) >= Math.abs(cells[cell] ?? 0) || Number.isNaN(value)) cells[cell] = value;
  }
  return { rows, columns, values: cells };
}

function range(values: Float32Array): readonly [number, number] {
  if (values.length === 0) return [0, 0];
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  }
  return [smallest, largest];
}

function sum(values: Float32Array, of: (value: number) => number): number {
  let total = 0;
  for (const value of values) total += of(value);
  return total;
}
