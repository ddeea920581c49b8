// A failure, as a card that stays: what happened, the user's own line with its number (a click goes there), what to do, and all of it
// to copy. Codes decide the words and the look; the message is the runner's.

import { t } from '../../state/locale.ts';
import type { ShownFailure } from '../../state/run.ts';
import { CloseIcon, CopyIcon } from '../icons.tsx';
import { usePage } from '../page-context.ts';
import { failureWords } from './failure-kind.ts';

/** One failure. */
export function FailureCard({ shown }: { readonly shown: ShownFailure }): preact.JSX.Element {
  const { page, verbs } = usePage();
  const { failure } = shown;
  const { kind, title, advice } = failureWords(failure.code);
  const place = failure.place;
  return (
    <div class={`failure is-${kind}`} role="alert">
      <header>
        <h3>{t(title)}</h3>
        <FailureSource shown={shown} />
        <button
          type="button"
          class="icon-button"
          onClick={() => verbs.copy(failureReport(shown, page.program.open.value.fileName))}
          title={t('failure.copy')}
          aria-label={t('failure.copy')}
        >
          <CopyIcon />
        </button>
        <button
          type="button"
          class="icon-button"
          onClick={() => page.run.dismissFailure(shown)}
          title={t('failure.dismiss')}
          aria-label={t('failure.dismiss')}
        >
          <CloseIcon />
        </button>
      </header>
      <p class="failure-message">{failure.message}</p>
      {place === null ? null : (
        <button type="button" class="source-line" onClick={() => verbs.showPlace(place.line, place.column)} title={t('failure.showLine')}>
          <span class="source-line-number">{place.line}</span>
          <code>{place.text.trim()}</code>
        </button>
      )}
      <p class="failure-advice">{failure.hint ?? t(advice)}</p>
      {failure.stack === '' ? null : (
        <details class="failure-stack">
          <summary>{t('failure.stack')}</summary>
          <pre>{failure.stack}</pre>
        </details>
      )}
    </div>
  );
}

function FailureSource({ shown }: { readonly shown: ShownFailure }): preact.JSX.Element | null {
  const { lane, rank } = shown.failure;
  if (lane === null) return null;
  return <span class="failure-source">{rank === null ? t('failure.inLane', { lane }) : t('failure.inRank', { lane, rank })}</span>;
}

/** The failure as text, for a message to somebody. */
function failureReport({ failure }: ShownFailure, fileName: string): string {
  const where = failure.place === null ? '' : `\n${fileName}:${failure.place.line}:${failure.place.column}\n  ${failure.place.text.trim()}`;
  const lane = failure.lane === null ? '' : ` (${failure.lane}${failure.rank === null ? '' : `, rank ${failure.rank}`})`;
  return `${failure.code}${lane}: ${failure.message}${where}\n\n${failure.stack}`.trim();
}
