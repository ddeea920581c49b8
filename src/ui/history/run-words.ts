// What a kept run is called on screen, when it was, and which of its metrics stands for it.

import type { RunHead } from '../../state/history/run-record.ts';
import { locale, t } from '../../state/locale.ts';
import { isShare } from '../../state/metric-choice.ts';
import { metricLabel } from '../metric-label.ts';
import { formatLoss, formatShare } from '../number-format.ts';

/** What differs from its parent, or that nothing does. */
export function runName({ name, parentId }: RunHead): string {
  if (name !== '') return name;
  return t(parentId === null ? 'history.first' : 'history.same');
}

/** A name that tells it from its siblings: `4xfp16, lr 1e-3 → 1e-4`. */
export function fullRunName(head: RunHead): string {
  return t('history.fullName', { lane: head.label, name: runName(head) });
}

/** Day and time in the reader's locale. */
export function runTime({ createdAt }: RunHead): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(createdAt));
}

/** The metric that a run is judged by: test accuracy, else what the program measured, else the test loss. */
export function mainMetric(final: RunHead['final']): { readonly name: string; readonly value: number | null } | null {
  const names = Object.keys(final).filter((name) => name !== 'loss');
  const name = ['testAccuracy', ...names.filter((one) => one !== 'testLoss'), 'testLoss'].find((one) => names.includes(one));
  return name === undefined ? null : { name, value: final[name] ?? null };
}

/** A metric's value as people read it. */
export function writeMetric(name: string, value: number | null): string {
  return isShare(name) ? formatShare(value) : formatLoss(value);
}

/** `93.75% Test accuracy`. */
export function metricText(final: RunHead['final']): string {
  const metric = mainMetric(final);
  return metric === null ? '' : `${writeMetric(metric.name, metric.value)} ${metricLabel(metric.name)}`;
}
