// What overflowed, step by step: the first tensor with an infinity or a NaN, by name, and whether the step was skipped for it.

import { t } from '../../state/locale.ts';
import type { Overflow } from '../../train/number-lines.ts';
import { formatCount } from '../number-format.ts';

const shownCount = 20;

const kindSentences = {
  activation: 'precision.activationOf',
  signal: 'precision.signalOf',
  weight: 'precision.weightOf',
  gradient: 'precision.gradientOf',
} as const satisfies Record<Overflow['kind'], string>;

/** The newest overflows of a lane; nothing where there were none. */
export function OverflowTable({ overflows }: { readonly overflows: readonly Overflow[] }): preact.JSX.Element | null {
  if (overflows.length === 0) return null;
  const shown = overflows.slice(-shownCount).reverse();
  return (
    <div class="precision-scroll" role="region" aria-label={t('precision.overflows')} tabIndex={0}>
      <table class="data-table precision-overflows">
        <caption>{t('precision.overflows')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('precision.step')}</th>
            <th scope="col">{t('precision.first')}</th>
            <th scope="col">{t('precision.then')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ step, kind, name, isSkipped }) => (
            <tr key={`${step} ${kind} ${name}`}>
              <th scope="row">{formatCount(step)}</th>
              <td>{t(kindSentences[kind], { name })}</td>
              <td>{t(isSkipped ? 'precision.skipped' : 'precision.counted')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {overflows.length > shown.length ? (
        <p class="precision-note">{t('precision.more', { count: formatCount(overflows.length - shown.length) })}</p>
      ) : null}
    </div>
  );
}
