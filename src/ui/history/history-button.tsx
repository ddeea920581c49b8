// The way to the kept runs, in the top bar: how many there are, and a mark while some of them are not saved.

import { useEffect } from 'preact/hooks';
import { t } from '../../state/locale.ts';
import { HistoryIcon } from '../icons.tsx';
import { formatCount } from '../number-format.ts';
import { usePage } from '../page-context.ts';

/** The button. Says once what keeps runs from being saved. */
export function HistoryButton(): preact.JSX.Element {
  const { page } = usePage();
  const { history, isHistoryOpen, comparedPair } = page;
  const count = history.heads.value.length;
  const isInTrouble = history.unsaved.value.size > 0;
  useEffect(() => {
    if (isInTrouble) page.notice.say(t('history.troubleNotice'));
  }, [isInTrouble]);
  return (
    <button
      type="button"
      class="quiet-button history-button"
      title={t('history.openHint', { count: formatCount(count) })}
      aria-haspopup="dialog"
      onClick={() => {
        comparedPair.value = null;
        isHistoryOpen.value = true;
      }}
    >
      <HistoryIcon /> {t('history.open')}
      {count > 0 ? (
        <span class={`count${isInTrouble ? ' is-warning' : ''}`}>{`${formatCount(count)}${isInTrouble ? ' !' : ''}`}</span>
      ) : null}
    </button>
  );
}
