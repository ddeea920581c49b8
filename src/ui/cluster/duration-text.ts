// Times from a microsecond to days, as a model of anything between NVLink and a mobile network gives them.

import { t } from '../../state/locale.ts';
import { formatPower, formatRate } from '../number-format.ts';

/** Three significant digits in µs, ms, s, min or h, whichever fits. */
export function formatDuration(seconds: number): string {
  if (seconds < 1e-3) return t('cluster.microseconds', { time: formatRate(seconds * 1e6) });
  if (seconds < 1) return t('cluster.milliseconds', { time: formatRate(seconds * 1e3) });
  if (seconds < 600) return t('cluster.seconds', { time: formatRate(seconds) });
  if (seconds < 36_000) return t('cluster.minutes', { time: formatRate(seconds / 60) });
  return t('cluster.hours', { time: formatRate(seconds / 3600) });
}

/** A share as a percentage without more digits than a model deserves. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  return `${percent !== 0 && Math.abs(percent) < 10 ? Number(percent.toPrecision(2)) : Math.round(percent)} %`;
}

/** A speed-up, three significant digits; what is far slower than one rank as a power of ten. */
export function formatFactor(factor: number): string {
  if (factor >= 1000) return formatRate(Math.round(factor));
  return factor < 0.01 ? formatPower(factor) : String(Number(factor.toPrecision(3)));
}

/** The same with its sign. */
export function formatTimes(factor: number): string {
  return `×${formatFactor(factor)}`;
}
