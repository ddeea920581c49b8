// The list of kept runs by program, newest first, fifty at a time: hundreds of them open as fast as a few. Above it what narrows it down,
// and what can be done with those that are selected.

import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { filterRuns, groupRuns, tagsInUse } from '../../state/history/run-filter.ts';
import type { RunFilter } from '../../state/history/run-filter.ts';
import { t } from '../../state/locale.ts';
import { ExplainedButton } from '../explained-button.tsx';
import { formatCount } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { RunRow } from './run-row.tsx';

const pageLength = 50;
const noFilter: RunFilter = { text: '', tag: '', isStarredOnly: false };

/** What is looked at in the list. */
export interface ListView {
  readonly selected: Signal<ReadonlySet<string>>;
  /** The run whose details are open. */
  readonly expanded: Signal<string | null>;
}

/** Tools and list. */
export function RunBrowser(): preact.JSX.Element {
  const { page } = usePage();
  const { history } = page;
  const filter = useSignal(noFilter);
  const limit = useSignal(pageLength);
  const view: ListView = { selected: useSignal<ReadonlySet<string>>(new Set()), expanded: useSignal<string | null>(null) };
  const heads = history.heads.value;
  const matching = filterRuns(heads, history.marks.value, filter.value);
  const shown = Math.min(limit.value, matching.length);
  return (
    <>
      {heads.length === 0 ? null : <FilterBar filter={filter} />}
      <SelectionBar view={view} />
      <div class="history-list" aria-busy={history.isReading.value} tabIndex={-1}>
        {matching.length === 0 ? <EmptyList hasRuns={heads.length > 0} /> : null}
        {groupRuns(matching, limit.value).map((group) => {
          const count = matching.filter(({ programId }) => programId === group.programId).length;
          return (
            <section key={group.programId}>
              <h3>{t('history.group', { title: group.title, count: formatCount(count) })}</h3>
              <ul>
                {group.heads.map((head) => (
                  <RunRow key={head.id} head={head} view={view} />
                ))}
              </ul>
            </section>
          );
        })}
        {shown < matching.length ? (
          <button
            type="button"
            class="quiet-button history-more"
            onClick={() => {
              limit.value += pageLength;
            }}
          >
            {t('history.more', {
              count: formatCount(Math.min(pageLength, matching.length - shown)),
              total: formatCount(matching.length),
            })}
          </button>
        ) : null}
      </div>
    </>
  );
}

function EmptyList({ hasRuns }: { readonly hasRuns: boolean }): preact.JSX.Element {
  const { page } = usePage();
  if (hasRuns) return <p class="empty">{t('history.noneMatch')}</p>;
  return <p class="empty">{t(page.history.isReading.value ? 'history.reading' : 'history.empty')}</p>;
}

function FilterBar({ filter }: { readonly filter: Signal<RunFilter> }): preact.JSX.Element {
  const { page } = usePage();
  const { text, tag, isStarredOnly } = filter.value;
  const tags = tagsInUse(page.history.heads.value, page.history.marks.value);
  const change = (more: Partial<RunFilter>): void => {
    filter.value = { ...filter.value, ...more };
  };
  return (
    <div class="history-filter" role="search">
      <input
        type="text"
        aria-label={t('history.filter')}
        placeholder={t('history.filterHint')}
        value={text}
        onInput={(event) => change({ text: event.currentTarget.value })}
      />
      {tags.length === 0 ? null : (
        <select aria-label={t('history.tagFilter')} value={tag} onChange={(event) => change({ tag: event.currentTarget.value })}>
          <option value="">{t('history.allTags')}</option>
          {tags.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      )}
      <label class="toggle">
        <input type="checkbox" checked={isStarredOnly} onChange={(event) => change({ isStarredOnly: event.currentTarget.checked })} />{' '}
        {t('history.starredOnly')}
      </label>
    </div>
  );
}

/** What can be done with the selected runs, and the way back from the last deletion. */
function SelectionBar({ view }: { readonly view: ListView }): preact.JSX.Element {
  const { page } = usePage();
  const { history } = page;
  const selected = history.heads.value.filter(({ id }) => view.selected.value.has(id));
  const removed = history.removed.value;
  return (
    <div class="history-selection">
      {selected.length === 0 ? null : (
        <>
          <span>{t('history.selected', { count: formatCount(selected.length) })}</span>
          <ExplainedButton
            class="quiet-button"
            label={t('history.compare')}
            hint={t('history.comparison')}
            reason={selected.length === 2 ? null : t('history.compareNeedsTwo')}
            onPress={() => {
              const [later, earlier] = selected;
              if (later !== undefined && earlier !== undefined) page.comparedPair.value = [earlier.id, later.id];
            }}
          >
            {t('history.compare')}
          </ExplainedButton>
          <button
            type="button"
            class="quiet-button"
            onClick={() => {
              history.remove(selected.map(({ id }) => id));
              view.selected.value = new Set();
            }}
          >
            {t('history.delete')}
          </button>
          <button
            type="button"
            class="quiet-button"
            onClick={() => {
              view.selected.value = new Set();
            }}
          >
            {t('history.clear')}
          </button>
        </>
      )}
      <span class="history-undo" role="status">
        {removed.length === 0 ? null : (
          <>
            {t('history.deleted', { count: formatCount(removed.length) })}{' '}
            <button type="button" class="link" onClick={history.restore}>
              {t('history.undo')}
            </button>
          </>
        )}
      </span>
    </div>
  );
}
