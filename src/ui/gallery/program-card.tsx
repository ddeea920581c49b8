// The card of the open program: the question, what most people answer, where to look; what happens instead only for those who ask. Open
// before the first run, a line afterwards. It is read from the program's text, so an edited card is the edited one, and a program without
// a card has none.

import { useComputed, useSignal } from '@preact/signals';
import { inLocale, t } from '../../state/locale.ts';
import { readProgramCard } from '../../state/program-card.ts';
import { usePage } from '../page-context.ts';
import '../styles/card.css';

/** The card; without one, `fallback`. */
export default function ProgramCard({ fallback }: { readonly fallback: string | null }): preact.JSX.Element | null {
  const { page } = usePage();
  const card = useComputed(() => readProgramCard(page.program.source.value)).value;
  const hasRun = page.run.input.value !== null;
  /** What somebody chose; null follows the run. */
  const isOpen = useSignal<boolean | null>(null);
  if (card === null) return fallback === null ? null : <p class="welcome-text">{fallback}</p>;
  return (
    <details
      class="program-card"
      open={isOpen.value ?? !hasRun}
      onToggle={({ currentTarget: { open } }) => {
        if (open !== (isOpen.value ?? !hasRun)) isOpen.value = open;
      }}
    >
      <summary>
        <span class="card-label">{t('card.question')}</span>
        <span class="card-question">{inLocale(card.question)}</span>
        <span class="card-cost" title={t('card.secondsHint')}>
          {t('card.seconds', { seconds: card.seconds })}
        </span>
      </summary>
      <dl>
        <dt>{t('card.usualAnswer')}</dt>
        <dd class="card-usual">{inLocale(card.usualAnswer)}</dd>
        <dt>{t('card.lookAt')}</dt>
        <dd>{inLocale(card.lookAt)}</dd>
      </dl>
      <details class="card-reveal" key={card.id}>
        <summary>{t('card.reveal')}</summary>
        <p>{inLocale(card.claim)}</p>
        <p>
          <span class="card-label">{t('card.misconception')}</span> {inLocale(card.misconception)}
        </p>
      </details>
    </details>
  );
}
