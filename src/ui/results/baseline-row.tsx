// The pinned baseline in the results table: its own numbers in a row, and in every lane's row the signed difference to it.

import { differenceIn, isForeignTime, numbersOfResult, numbersOfSummary } from '../../state/history/baseline-difference.ts';
import type { ComparedColumn } from '../../state/history/baseline-difference.ts';
import type { KeptRun } from '../../state/history/compared-runs.ts';
import type { LaneSummary } from '../../state/lane-summary.ts';
import { t } from '../../state/locale.ts';
import { isShare } from '../../state/metric-choice.ts';
import { CloseIcon } from '../icons.tsx';
import { formatBytes, formatLoss, formatRate, formatShare } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { SignedNumber, writeMetricDifference } from './signed-number.tsx';

type Write = (value: number | null) => string;

const writers: Readonly<Record<Exclude<ComparedColumn, 'metric'>, Write>> = {
  loss: formatLoss,
  rate: formatRate,
  step: formatRate,
  graph: formatBytes,
  peak: formatBytes,
  sent: formatBytes,
};

function isCompared(column: string): column is ComparedColumn {
  return column === 'metric' || Object.hasOwn(writers, column);
}

function writerOf(column: ComparedColumn, metricName: string | null): Write {
  if (column !== 'metric') return writers[column];
  return metricName !== null && isShare(metricName) ? formatShare : formatLoss;
}

/** Under a lane's number: how far it is from the baseline's. Nothing in columns that are not compared. */
export function BaselineCell(props: {
  readonly column: string;
  readonly row: LaneSummary;
  readonly baseline: KeptRun;
  readonly metricName: string | null;
}): preact.JSX.Element | null {
  const { column, row, baseline, metricName } = props;
  if (!isCompared(column)) return null;
  const difference = differenceIn(column, numbersOfSummary(row), numbersOfResult(baseline.result, metricName), metricName);
  if (difference === null) return null;
  const write = column === 'metric' ? writeMetricDifference(metricName) : writers[column];
  return (
    <small>
      <SignedNumber difference={difference} write={write} isForeignTime={isForeignTime(column, baseline.head)} />
    </small>
  );
}

/** The baseline's own row, with a way to let go of it. */
export function BaselineRow(props: {
  readonly baseline: KeptRun;
  readonly columns: readonly string[];
  readonly metricName: string | null;
}): preact.JSX.Element {
  const { page } = usePage();
  const { baseline, columns, metricName } = props;
  const { head, result } = baseline;
  const numbers = numbersOfResult(result, metricName);
  return (
    <tr class="baseline-row">
      <th scope="row" title={head.name}>
        {t('table.baselineRow')} <small>{head.label}</small>
        <button
          type="button"
          class="icon-button"
          title={t('table.baselineUnpin')}
          aria-label={t('table.baselineUnpin')}
          onClick={() => page.comparedRuns.toggleBaseline(head.id)}
        >
          <CloseIcon />
        </button>
      </th>
      {columns.map((column) => (
        <td key={column}>{isCompared(column) ? writerOf(column, metricName)(numbers[column]) : null}</td>
      ))}
    </tr>
  );
}
