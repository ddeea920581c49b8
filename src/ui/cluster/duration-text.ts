// Times from a microsecond to days, as a model of anything between NVLink and a mobile network gives them.

import { t } from '../../state/locale.ts';
import { formatRate } from '../number-format.ts';

/** Three significant digits in µs, ms, s, min or h, whichever fits. */
export function formatDuration(seconds: number): string {
  if (seconds < 1e-3) return t('cluster.microseconds', { time: formatRate(seconds * 1e6) });
  if (seconds < 10) return t('cluster.milliseconds', { time: formatRate(seconds * 1e3) });
  if (seconds < 600) return t('cluster.seconds', { time: formatRate(seconds) });
  if (seconds < 36_000) return t('cluster.minutes', { time: formatRate(seconds / 60) });
  return t('cluster.hours', { time: formatRate(seconds / 3600) });
}

/** A share as a percentage without more digits than a model deserves. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  return `${percent !== 0 && Math.abs(percent) < 10 ? Number(percent.toPrecision(2)) : Math.round(percent)} %`;
}

/** A speed-up, three significant digits. */
export function formatTimes(factor: number): string {
  return `×${factor >= 1000 ? formatRate(Math.round(factor)) : Number(factor.toPrecision(3))}`;
}
