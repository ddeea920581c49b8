// "Not answering": a lane, or the program itself, has said nothing for a while. It may be a long step or an endless loop; the page
// cannot know, says so, and offers the one thing that surely helps.

import { t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';

/** The notice, or nothing. */
export function SilentNotice(): preact.JSX.Element | null {
  const { page, verbs } = usePage();
  const { run } = page;
  if (!run.isActive.value) return null;
  const silent = run.lanes.value.filter((lane) => lane.silentMs.value > 0);
  const longestMs = Math.max(run.silentMs.value, ...silent.map((lane) => lane.silentMs.value));
  if (longestMs === 0) return null;
  const who = silent.length === 0 ? t('silent.program') : silent.map(({ lane }) => lane.label).join(', ');
  return (
    <div class="silent" role="status">
      <p>{t('silent.text', { who, seconds: Math.round(longestMs / 1000) })}</p>
      <button type="button" class="quiet-button" onClick={verbs.stop}>
        {t('run.stop')}
      </button>
    </div>
  );
}
