// What the times of all ways say: every fp16 beside our own f32, which it should never be slower than by more than a twentieth.

import { median } from '../../src/core/stats.ts';
import { measurement, type Measurement } from '../measurement.ts';
import { geometricMean } from '../training-step/compare.ts';
import type { ModelTimes } from '../training-step/measure.ts';
import type { SideName } from '../training-step/sides/side.ts';
import type { OpTimes } from './measure-ops.ts';
import { ways } from './ways.ts';

/** Of f32's time: the aim. */
const mostRatio = 1.05;

/** What was measured on one adapter. */
export interface PrecisionTimes {
  readonly adapter: string;
  readonly browser: string;
  readonly repeats: number;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly models: readonly ModelTimes[];
  readonly ops: readonly OpTimes[];
}

/** One quantity in every way: milliseconds, a value per round. */
interface Row {
  readonly name: string;
  readonly ms: ReadonlyMap<SideName, readonly number[]>;
}

function rowsOf({ models, ops }: Pick<PrecisionTimes, 'models' | 'ops'>): readonly Row[] {
  return [
    ...models.map(({ model, sides }) => ({ name: `${model}, a step`, ms: new Map(sides.map(({ side, stepMs }) => [side, stepMs])) })),
    ...ops.map(({ name, sides }) => ({ name, ms: new Map(sides.map(({ side, opMs }) => [side, opMs])) })),
  ];
}

/** A measurement per row and way; fp16 is compared with f32. */
export function measurementsOf(times: PrecisionTimes): readonly Measurement[] {
  return rowsOf(times).flatMap(({ name, ms }) =>
    [...ms].map(([way, values]) => measurement(`${name}, ${way}`, 'ms', values, way === 'fp32' ? {} : { yardstick: `${name}, fp32` })),
  );
}

/** Means of the ratios, and everything that misses the aim. */
export function notesOf(times: PrecisionTimes): readonly string[] {
  const rows = rowsOf(times);
  return ways.slice(1).flatMap((way) => {
    const ratios = rows.flatMap((row) => {
      const ratio = ratioOf(row, way);
      return ratio === null ? [] : [{ name: row.name, ratio }];
    });
    if (ratios.length === 0) return [`${way}: not on this adapter.`];
    const slower = ratios.filter(({ ratio }) => ratio > mostRatio).map(({ name, ratio }) => `${name} × ${ratio.toFixed(2)}`);
    const mean = geometricMean(ratios.map(({ ratio }) => ratio)).toFixed(2);
    return [`${way} takes × ${mean} of fp32's time in the geometric mean; above ${mostRatio}: ${slower.join(', ') || 'nothing'}.`];
  });
}

/** The tables for RESULTS.md, one per adapter. */
export function markdownOf(all: readonly PrecisionTimes[]): string {
  return all.map(tableOf).join('\n\n');
}

function tableOf(times: PrecisionTimes): string {
  const { adapter, browser, takenAt } = times;
  const columns = ['ms, median', ...ways, 'native ÷ f32', 'packed ÷ f32'];
  const rows = rowsOf(times).map((row) => [
    row.name,
    ...ways.map((way) => digits(median(row.ms.get(way) ?? []))),
    ...ways.slice(1).map((way) => ratioText(ratioOf(row, way))),
  ]);
  const lines = [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const head = `**${adapter}**: ${browser}, ${roundsOf(times)} rounds, ${takenAt.slice(0, 16).replace('T', ' ')} UTC. ${notesOf(times).join(' ')}`;
  return [head, '', ...lines].join('\n');
}

/** Rows that were measured at different times may have as many values as they were asked for then. */
function roundsOf(times: PrecisionTimes): string {
  const counts = rowsOf(times).flatMap(({ ms }) => [...ms.values()].map((values) => values.length));
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? String(least) : `${least} to ${most}`;
}

/** Median over median; null where that way was not measured. */
function ratioOf({ ms }: Row, way: SideName): number | null {
  const [values, full] = [ms.get(way), ms.get('fp32')];
  return values === undefined || full === undefined ? null : median(values) / median(full);
}

function ratioText(ratio: number | null): string {
  if (ratio === null) return '–';
  return ratio > mostRatio ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2);
}

function digits(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  return ms >= 1000 ? ms.toFixed(0) : ms.toPrecision(3);
}
