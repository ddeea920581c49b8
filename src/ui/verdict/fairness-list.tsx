// The checklist: in a line whether the comparison was fair, and opened, what was looked at.

import { summaryOf } from '../../compare/fairness.ts';
import type { FairnessItem } from '../../compare/fairness.ts';
import { t } from '../../state/locale.ts';
import { findingText } from './said-text.ts';

const signs: Readonly<Record<FairnessItem['status'], string>> = { ok: '✓', differs: '!', unknown: '?' };

/** The checklist of a comparison, closed at first. */
export function FairnessList({ items }: { readonly items: readonly FairnessItem[] }): preact.JSX.Element {
  const { key, ok, count, unknown } = summaryOf(items);
  return (
    <details class={`fairness is-${key}`}>
      <summary>{t(`fair.${key}`, { ok, count, unknown })}</summary>
      <dl>
        {items.map(({ id, status, findings }) => (
          <div key={id} class={`is-${status}`}>
            <dt>
              <span class="verdict-mark" aria-hidden="true">
                {signs[status]}
              </span>
              {t(`fair.${id}`)}
              <span class="visually-hidden">, {t(`fair.status.${status}`)}</span>
            </dt>
            <dd>{status === 'ok' ? t(`fair.${id}.ok`) : worst(findings, status).map(findingText).join(' ')}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** What is not known of one lane matters little where another is known to be amiss. */
function worst(findings: FairnessItem['findings'], status: FairnessItem['status']): FairnessItem['findings'] {
  return findings.filter((finding) => finding.status === status);
}
