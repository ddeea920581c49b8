// Signed differences of a lane's numbers to the baseline's, and whether each is for the better. Which way is better is known for what the
// page itself measures; for a metric that a program names it is guessed from the name where that is plain, and else not said.

import { driftLimit } from '../../compare/drift.ts';
import type { LaneSummary } from '../lane-summary.ts';
import type { RunBody, RunHead } from './run-record.ts';

/** A number against the baseline's. */
export interface SignedDifference {
  readonly value: number;
  readonly verdict: 'better' | 'worse' | 'same' | 'unknown';
}

/** What the results table compares, by the key of its column. */
export type ComparedColumn = 'loss' | 'metric' | 'rate' | 'step' | 'graph' | 'peak' | 'sent';

/** Columns that only compare between runs of one machine. */
const times: ReadonlySet<ComparedColumn> = new Set(['rate', 'step']);

type Direction = 'smaller' | 'larger' | null;

const directions: Readonly<Record<Exclude<ComparedColumn, 'metric'>, Direction>> = {
  loss: 'smaller',
  rate: 'larger',
  step: 'smaller',
  graph: 'smaller',
  peak: 'smaller',
  sent: 'smaller',
};

/** The numbers of a row that are compared. */
export type ComparedNumbers = Readonly<Record<ComparedColumn, number | null>>;

/** A lane's, as the table shows them. */
export function numbersOfSummary(row: LaneSummary): ComparedNumbers {
  const { loss, metric, samplesPerSecond, medianStepMs, bytes, bytesSent } = row;
  return {
    loss,
    metric,
    rate: samplesPerSecond,
    step: medianStepMs,
    graph: bytes?.graph ?? null,
    peak: bytes?.peak ?? null,
    sent: bytesSent,
  };
}

/** A kept run's. */
export function numbersOfResult(result: RunBody['result'], metricName: string | null): ComparedNumbers {
  const { final, samplesPerSecond, medianStepMs, bytes, bytesSent } = result;
  return {
    loss: final['loss'] ?? null,
    metric: metricName !== null && Object.hasOwn(final, metricName) ? (final[metricName] ?? null) : null,
    rate: samplesPerSecond,
    step: medianStepMs,
    graph: bytes?.graph ?? null,
    peak: bytes?.peak ?? null,
    sent: bytesSent,
  };
}

/** `of` minus `baseline` in one column; null where either is not known. */
export function differenceIn(
  column: ComparedColumn,
  of: ComparedNumbers,
  baseline: ComparedNumbers,
  metricName: string | null,
): SignedDifference | null {
  const [a, b] = [of[column], baseline[column]];
  if (a === null || b === null) return null;
  const value = a - b;
  const direction = column === 'metric' ? directionOf(metricName ?? '') : directions[column];
  if (value === 0) return { value, verdict: 'same' };
  if (direction === null) return { value, verdict: 'unknown' };
  // The same work takes now more and now less time: within that, neither is better.
  if (times.has(column) && a < b * driftLimit && b < a * driftLimit) return { value, verdict: 'same' };
  return { value, verdict: value < 0 === (direction === 'smaller') ? 'better' : 'worse' };
}

/** Whether a column holds times, and one of the runs came from a file: another machine's, which no verdict is passed on. */
export function isForeignTime(column: ComparedColumn, ...heads: readonly RunHead[]): boolean {
  return times.has(column) && heads.some(({ origin }) => origin === 'imported');
}

/** Which way a metric is better, where its name says so. */
export function directionOf(metricName: string): Direction {
  if (/loss|error|perplexity|mse|mae|rmse/iu.test(metricName)) return 'smaller';
  return /acc|precision|recall|f1|auc|score/iu.test(metricName) ? 'larger' : null;
}
