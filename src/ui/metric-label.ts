// What a metric is called on screen: the ones the trainer itself measures have names in every language, what a program logs keeps
// the name the program gave it.

import type { PlainKey } from '../i18n/messages-en.ts';
import { t } from '../state/locale.ts';

const known: Readonly<Record<string, PlainKey>> = {
  loss: 'metric.loss',
  testLoss: 'metric.testLoss',
  testAccuracy: 'metric.testAccuracy',
};

/** The metric's name for people. */
export function metricLabel(name: string): string {
  const key = Object.hasOwn(known, name) ? known[name] : undefined; // the program chose the name
  return key === undefined ? name : t(key);
}
