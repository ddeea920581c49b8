// What each kind of panel is called and how its numbers are written.

import type { PlainKey } from '../../i18n/messages-en.ts';
import type { PanelKind } from '../../state/chart-panels.ts';
import { isShare } from '../../state/metric-choice.ts';
import { formatLoss, formatRate, formatShare } from '../number-format.ts';

/** A panel's name. */
export const panelKeys = {
  loss: 'chart.loss',
  metric: 'charts.metric',
  throughput: 'charts.throughput',
  stepTime: 'charts.stepTime',
  phases: 'charts.phases',
  memory: 'charts.memory',
  lossScale: 'charts.lossScale',
  gradientNorm: 'charts.gradientNorm',
} as const satisfies Record<PanelKind, PlainKey>;

/** How a panel writes numbers. */
export interface NumberWords {
  readonly value: (value: number) => string;
  readonly tick: (value: number) => string;
  /** Of a logarithmic axis: loss scales are powers of two. */
  readonly logBase: 2 | 10;
}

/** For a kind of panel and, where it shows one, a metric. */
export function numberWords(kind: PanelKind, metric: string): NumberWords {
  if (kind === 'throughput' || kind === 'stepTime') return { value: formatRate, tick: formatTick, logBase: 10 };
  if (kind === 'lossScale') return { value: formatScale, tick: formatScale, logBase: 2 };
  return kind === 'metric' && isShare(metric)
    ? { value: formatShare, tick: formatShareTick, logBase: 10 }
    : { value: formatLoss, tick: formatTick, logBase: 10 };
}

/** Loss scales are powers of two, mostly, and say so where they would not be written out. */
function formatScale(value: number): string {
  const exponent = Math.log2(value);
  const isWrittenOut = Math.abs(exponent) < 20;
  return Number.isInteger(exponent) && !isWrittenOut ? `2${superscript(exponent)}` : formatTick(value);
}

function superscript(whole: number): string {
  return String(whole).replace(/[-\d]/gu, (sign) => (sign === '-' ? '⁻' : ('⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)] ?? '')));
}

/** Ticks need only the digits that tell them apart. */
function formatTick(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6)
    ? Number(value.toPrecision(2)).toExponential().replace('e+', 'e')
    : String(Number(value.toPrecision(6)));
}

function formatShareTick(value: number): string {
  return `${Number((value * 100).toPrecision(4))}%`;
}
