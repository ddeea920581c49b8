// What keeps runs from being saved, and what to do about it: it stays until that is over.

import { t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';

/** The card; nothing while all is well. */
export function TroubleCard(): preact.JSX.Element | null {
  const { page } = usePage();
  const { history } = page;
  const trouble = history.trouble.value;
  if (trouble === null) return null;
  return (
    <div class="history-trouble" role="alert">
      <p>{t(`history.trouble.${trouble}`)}</p>
      <button type="button" class="quiet-button" onClick={() => void history.retry()}>
        {t('history.retry')}
      </button>
    </div>
  );
}
