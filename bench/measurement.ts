// A measured quantity: all its values, a summary, and how it compares with its yardstick, which was measured in the same run on the
// same machine. The ratio is what can be compared between machines; the milliseconds are this machine's.

import { cpus } from 'node:os';
import { median } from '../src/core/stats.ts';

/** One quantity over all repeats. */
export interface Measurement {
  readonly name: string;
  readonly unit: 'ms' | 'KB' | 'tasks';
  readonly values: readonly number[];
  /** The most the median may be, where that was promised. */
  readonly limit: number | null;
  /** Name of the measurement it is compared with. */
  readonly yardstick: string | null;
}

/** What every benchmark is called with. */
export interface BenchOptions {
  readonly repeats: number;
  readonly adapter: string;
  /** Where a benchmark can choose. */
  readonly browser: string;
  /** Run only the part of this name. */
  readonly only: string | null;
  readonly say: (line: string) => void;
}

/** What every benchmark answers: a table for people, plain data for programs. */
export interface BenchReport {
  readonly text: string;
  readonly data: unknown;
  /** For RESULTS.md, where the benchmark has a section of its own there. */
  readonly markdown?: string;
}

/** Where the numbers were taken. */
export interface BenchPlace {
  readonly benchmark: string;
  readonly adapter: string;
  readonly browser: string;
  readonly repeats: number;
}

/** A measurement without limit or yardstick, unless given. */
export function measurement(
  name: string,
  unit: Measurement['unit'],
  values: readonly number[],
  more: Partial<Pick<Measurement, 'limit' | 'yardstick'>> = {},
): Measurement {
  return { name, unit, values, limit: more.limit ?? null, yardstick: more.yardstick ?? null };
}

/** The table and the data of a benchmark. */
export function reportOf(place: BenchPlace, measurements: readonly Measurement[], notes: readonly string[] = []): BenchReport {
  const summaries = measurements.map((one) => summaryOf(one, measurements));
  const machine = { cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length, node: process.version, platform: process.platform };
  const head = `${place.benchmark}: ${place.repeats} repeats, ${place.browser}, ${place.adapter}, ${machine.cores} × ${machine.cpu}`;
  const rows = [
    ['', 'median', 'min', 'max', '', 'limit', 'against its yardstick'],
    ...summaries.map((one) => [
      one.name,
      format(one.median),
      format(one.min),
      format(one.max),
      one.unit,
      one.limit === null ? '' : `${format(one.limit)} ${one.isWithinLimit ? 'kept' : 'MISSED'}`,
      one.ratio === null ? '' : `× ${format(one.ratio)} of ${one.yardstick}`,
    ]),
  ];
  const text = [head, '', ...aligned(rows), ...(notes.length === 0 ? [] : ['', ...notes])].join('\n');
  return { text, data: { schemaVersion: 1, ...place, machine, takenAt: new Date().toISOString(), measurements: summaries, notes } };
}

function summaryOf(one: Measurement, all: readonly Measurement[]) {
  const middle = median(one.values);
  const other = all.find(({ name }) => name === one.yardstick);
  const yardstickMedian = other === undefined ? Number.NaN : median(other.values);
  return {
    ...one,
    median: middle,
    min: Math.min(...one.values),
    max: Math.max(...one.values),
    isWithinLimit: one.limit === null ? null : middle <= one.limit,
    ratio: yardstickMedian > 0 ? middle / yardstickMedian : null,
  };
}

function format(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/** Columns padded to one width; names to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const isNumber = (column: number): boolean => column >= 1 && column <= 3;
  return rows.map((row) =>
    row
      .map((cell, column) => (isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
