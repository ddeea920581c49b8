// Checks what a replica says about the inside of a step. Sizes are bounded as they are made (train/phase-view.ts), with room to spare.

import { isRecord } from '../core/is-record.ts';
import { phaseNames } from '../train/telemetry.ts';
import type { PhaseName, PhaseView, WeightInfo } from '../train/telemetry.ts';

const mostWeights = 1000;
const mostAxes = 8;
const mostBins = 256;
const mostCells = 128 * 128;
const mostNameLength = 200;

/** The weights of a model, or null where it is no list of them. */
export function parseWeights(value: unknown): readonly WeightInfo[] | null {
  if (!Array.isArray(value)) return null;
  return (value as readonly unknown[]).slice(0, mostWeights).flatMap((item) => {
    if (!isRecord(item) || typeof item['name'] !== 'string') return [];
    const shape = toNumbers(item['shape'], mostAxes);
    return shape === null ? [] : [{ name: item['name'].slice(0, mostNameLength), shape }];
  });
}

/** A phase of a step, or null where it is none. */
export function parsePhaseView(value: unknown): PhaseView | null {
  if (!isRecord(value)) return null;
  const { phase, weight } = value;
  if (typeof phase !== 'string' || !(phaseNames as readonly string[]).includes(phase) || typeof weight !== 'string') return null;
  const shape = toNumbers(value['shape'], mostAxes);
  const histogram = parseHistogram(value['histogram']);
  const heatmap = parseHeatmap(value['heatmap']);
  const scalars = ['step', 'rank', 'smallest', 'largest', 'mean', 'deviation', 'zeroCount', 'nonFiniteCount', 'valueCount'] as const;
  const numbers = scalars.map((name) => value[name]);
  if (shape === null || histogram === null || heatmap === null || !isNumbers(numbers)) return null;
  const [step = 0, rank = 0, smallest = 0, largest = 0, mean = 0, deviation = 0, zeroCount = 0, nonFiniteCount = 0, valueCount = 0] =
    numbers;
  return {
    phase: phase as PhaseName, // one of phaseNames, as was just asked
    weight: weight.slice(0, mostNameLength),
    shape,
    step,
    rank,
    smallest,
    largest,
    mean,
    deviation,
    zeroCount,
    nonFiniteCount,
    valueCount,
    histogram,
    heatmap,
  };
}

function parseHistogram(value: unknown): PhaseView['histogram'] | null {
  if (!isRecord(value)) return null;
  const { from, to } = value;
  const counts = toNumbers(value['counts'], mostBins);
  return typeof from === 'number' && typeof to === 'number' && counts !== null ? { from, to, counts } : null;
}

function parseHeatmap(value: unknown): PhaseView['heatmap'] | null {
  if (!isRecord(value)) return null;
  const { rows, columns } = value;
  const values = toNumbers(value['values'], mostCells);
  if (values === null || typeof rows !== 'number' || typeof columns !== 'number' || rows * columns !== values.length) return null;
  return { rows, columns, values };
}

function toNumbers(value: unknown, most: number): readonly number[] | null {
  return Array.isArray(value) && value.length <= most && isNumbers(value) ? value : null;
}

function isNumbers(values: readonly unknown[]): values is readonly number[] {
  return values.every((value) => typeof value === 'number');
}
