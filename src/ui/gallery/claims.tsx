// What the program claims and what became of it in this run: a sentence each, with a mark that a screen reader says in words.

import type { ClaimResult } from '../../runner/results.ts';
import { inLocale, t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';
import '../styles/card.css';

/** The claims of the run on screen; nothing before its end, or where the program makes none. */
export default function Claims(): preact.JSX.Element | null {
  const { page } = usePage();
  const claims = page.run.results.value?.claims ?? [];
  if (claims.length === 0) return null;
  return (
    <ul class="claims" aria-label={t('claims.label')} title={t('claims.judgedHint')}>
      {claims.map((claim) => (
        <Verdict key={claim.text.en} claim={claim} />
      ))}
    </ul>
  );
}

function Verdict({ claim: { text, holds } }: { readonly claim: ClaimResult }): preact.JSX.Element {
  const kind = holds === null ? 'open' : holds ? 'holds' : 'fails';
  return (
    <li class={`is-${kind}`}>
      <span class="claim-mark" aria-hidden="true">
        {{ open: '–', holds: '✓', fails: '✗' }[kind]}
      </span>
      <span>
        {inLocale(text)} <span class="claim-verdict">{t(`claims.${kind}`)}</span>
      </span>
    </li>
  );
}
