// One kept run in the list: what it was, what came of it, and the two ways to lay it beside the current one. Its details fold out below.

import type { RunHead } from '../../state/history/run-record.ts';
import { t } from '../../state/locale.ts';
import { ChevronIcon, StarIcon } from '../icons.tsx';
import { formatCount, formatLoss } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { Swatch } from '../lanes/swatch.tsx';
import type { ListView } from './run-browser.tsx';
import { RunDetails } from './run-details.tsx';
import { fullRunName, metricText, runName, runTime } from './run-words.ts';

/** The row. */
export function RunRow({ head, view }: { readonly head: RunHead; readonly view: ListView }): preact.JSX.Element {
  const { page } = usePage();
  const { history, comparedRuns } = page;
  const { id } = head;
  const marks = history.marks.value.get(id);
  const isStarred = marks?.isStarred === true;
  const isSelected = view.selected.value.has(id);
  const isExpanded = view.expanded.value === id;
  const run = fullRunName(head);
  return (
    <li class={`history-run${isSelected ? ' is-selected' : ''}`} id={`run-${id}`}>
      <input
        type="checkbox"
        aria-label={t('history.select', { run })}
        checked={isSelected}
        onChange={() => {
          const next = new Set(view.selected.value);
          if (!next.delete(id)) next.add(id);
          view.selected.value = next;
        }}
      />
      <button
        type="button"
        class={`icon-button history-star${isStarred ? ' is-on' : ''}`}
        aria-label={t('history.star', { run })}
        aria-pressed={isStarred}
        onClick={() => history.mark(id, { isStarred: !isStarred })}
      >
        <StarIcon isFilled={isStarred} />
      </button>
      <div class="history-what">
        <strong class={head.name === '' ? 'is-plain' : ''}>{runName(head)}</strong>
        <span class="history-facts">
          <Swatch index={head.laneIndex} /> {head.label} · <time dateTime={head.createdAt}>{runTime(head)}</time> <RunChips head={head} />
          {(marks?.tags ?? []).map((tag) => (
            <span key={tag} class="chip is-tag">
              {tag}
            </span>
          ))}
        </span>
        {marks === undefined || marks.note === '' ? null : <span class="history-note">{marks.note}</span>}
      </div>
      <dl class="history-numbers">
        <div>
          <dt>{t('history.column.loss')}</dt>
          <dd>{formatLoss(head.final['loss'] ?? null)}</dd>
        </div>
        <div class="history-metric">
          <dt>{t('history.column.metric')}</dt>
          <dd>{metricText(head.final)}</dd>
        </div>
        <div>
          <dt>{t('history.column.steps')}</dt>
          <dd>{formatCount(head.steps)}</dd>
        </div>
      </dl>
      <span class="history-beside" role="group" aria-label={`${t('history.column.compare')}: ${run}`}>
        <button
          type="button"
          class="quiet-button"
          title={t('history.overlayHint')}
          aria-pressed={comparedRuns.overlaidIds.value.has(id)}
          onClick={() => comparedRuns.toggleOverlay(id)}
        >
          {t('history.overlay')}
        </button>
        <button
          type="button"
          class="quiet-button"
          title={t('history.baselineHint')}
          aria-pressed={comparedRuns.baselineId.value === id}
          onClick={() => comparedRuns.toggleBaseline(id)}
        >
          {t('history.baseline')}
        </button>
      </span>
      <button
        type="button"
        class="icon-button history-fold"
        aria-label={t('history.details', { run })}
        aria-expanded={isExpanded}
        onClick={() => {
          view.expanded.value = isExpanded ? null : id;
        }}
      >
        <ChevronIcon />
      </button>
      {isExpanded ? <RunDetails head={head} view={view} /> : null}
    </li>
  );
}

/** What is special about a run: that it did not end well, came from a file, or is not saved. */
export function RunChips({ head }: { readonly head: RunHead }): preact.JSX.Element {
  const { page } = usePage();
  return (
    <>
      {head.state === 'done' ? null : (
        <span class={`chip${head.state === 'failed' ? ' is-bad' : ''}`}>{t(`history.state.${head.state}`)}</span>
      )}
      {head.origin === 'here' ? null : (
        <span class="chip" title={t('history.importedHint')}>
          {t('history.imported')}
        </span>
      )}
      {page.history.unsaved.value.has(head.id) ? (
        <span class="chip is-bad" title={t('history.unsavedHint')}>
          {t('history.unsaved')}
        </span>
      ) : null}
    </>
  );
}
