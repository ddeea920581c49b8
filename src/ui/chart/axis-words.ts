// The x axes in words, and numbers along them.

import type { PlainKey } from '../../i18n/messages-en.ts';
import type { AxisName } from '../../state/axis-name.ts';
import { t } from '../../state/locale.ts';
import { formatBytes, formatClock, formatCount } from '../number-format.ts';

/** What an axis is called. */
export const axisKeys = {
  step: 'charts.axis.step',
  samples: 'charts.axis.samples',
  epochs: 'charts.axis.epochs',
  time: 'charts.axis.time',
  modelled: 'charts.axis.modelled',
  bytes: 'charts.axis.bytes',
} as const satisfies Record<AxisName, PlainKey>;

/** A tick; empty where a whole number is meant and the tick is none. */
export function formatAxisTick(axis: AxisName, value: number): string {
  switch (axis) {
    case 'step':
    case 'samples':
      return Number.isInteger(value) ? formatCount(value) : '';
    case 'epochs':
      return String(Number(value.toPrecision(4)));
    case 'time':
    case 'modelled':
      return formatDuration(value);
    case 'bytes':
      return formatBytes(value);
  }
}

/** The place of the crosshair. */
export function formatAxisPlace(axis: AxisName, value: number): string {
  switch (axis) {
    case 'step':
      return t('chart.step', { step: formatCount(Math.round(value)) });
    case 'samples':
      return t('charts.atSamples', { count: formatCount(Math.round(value)) });
    case 'epochs':
      return t('charts.atEpochs', { count: value.toFixed(2) });
    case 'time':
      return t('charts.atTime', { time: formatDuration(value) });
    case 'modelled':
      return t('charts.atModelled', { time: formatDuration(value) });
    case 'bytes':
      return t('charts.atBytes', { bytes: formatBytes(value) });
  }
}

/** Seconds in a few digits: `12 ms`, `3.4 s`; whole ones from two minutes on as `2:05`. */
function formatDuration(seconds: number): string {
  if (seconds === 0) return '0';
  if (Math.abs(seconds) < 1) return `${Number((seconds * 1000).toPrecision(3))} ms`;
  const isClock = Math.abs(seconds) >= 120 && Number.isInteger(seconds);
  return isClock ? formatClock(seconds * 1000) : `${Number(seconds.toPrecision(Math.abs(seconds) < 100 ? 3 : 5))} s`;
}
