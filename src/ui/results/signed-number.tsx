// A difference with its sign, and whether it is for the better: said by a mark and in words, and coloured besides.

import type { SignedDifference } from '../../state/history/baseline-difference.ts';
import type { PlainKey } from '../../i18n/messages-en.ts';
import { t } from '../../state/locale.ts';
import { isShare } from '../../state/metric-choice.ts';
import { formatLoss, formatPoints, unknownNumber } from '../number-format.ts';

const words: Readonly<Record<SignedDifference['verdict'], PlainKey>> = {
  better: 'table.better',
  worse: 'table.worse',
  same: 'table.sameAsBaseline',
  unknown: 'table.toBaseline',
};

const signs: Readonly<Record<SignedDifference['verdict'], string>> = { better: ' ✓', worse: ' ✗', same: '', unknown: '' };

/** How the size of a metric's difference is written: between shares in percentage points, which are no percents. */
export function writeMetricDifference(metricName: string | null): (size: number) => string {
  if (metricName === null || !isShare(metricName)) return formatLoss;
  return (size) => t('table.points', { points: formatPoints(size) });
}

/** The number; an en dash where either side is not known. `write` writes its size. */
export function SignedNumber(props: {
  readonly difference: SignedDifference | null;
  readonly write: (size: number) => string;
  /** A time of another machine: no verdict is passed on it. */
  readonly isForeignTime: boolean;
}): preact.JSX.Element {
  const { difference, write, isForeignTime } = props;
  if (difference === null) return <span class="signed">{unknownNumber}</span>;
  const { value } = difference;
  const verdict = isForeignTime ? 'unknown' : difference.verdict;
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±';
  const hint = isForeignTime ? t('table.otherMachine') : t(words[verdict]);
  return (
    <span class={`signed is-${verdict}`} title={hint}>
      {`${sign}${write(Math.abs(value))}`}
      <span aria-hidden="true">{signs[verdict]}</span>
      <span class="visually-hidden">{`, ${hint}`}</span>
    </span>
  );
}
