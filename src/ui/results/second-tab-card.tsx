// "Another tab is training": asked before a run that would share the GPU with it, because a time that two runs shared is no time.

import { t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';

/** The question, or nothing. */
export function SecondTabCard(): preact.JSX.Element | null {
  const { page } = usePage();
  const { question, startAnyway, wait, cancel } = page.otherTabs;
  if (question.value === null) return null;
  const isWaiting = question.value === 'waiting';
  return (
    <div class="failure is-device second-tab" role="alert">
      <h3>{t('tabs.title')}</h3>
      <p>{t(isWaiting ? 'tabs.waiting' : 'tabs.text')}</p>
      <p class="card-actions">
        {isWaiting ? null : (
          <button type="button" class="button is-small" onClick={wait}>
            {t('tabs.wait')}
          </button>
        )}
        <button type="button" class="button is-small" onClick={startAnyway}>
          {t('tabs.anyway')}
        </button>
        <button type="button" class="quiet-button" onClick={cancel}>
          {t('tabs.cancel')}
        </button>
      </p>
    </div>
  );
}
