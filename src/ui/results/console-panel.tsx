// The program's console: level, lane and rank of every line, repeats counted, filtered by level. It follows the end as long as one is
// at the end, and holds still while one reads further up.

import { useEffect, useRef } from 'preact/hooks';
import type { ConsoleEntry } from '../../state/console.ts';
import { t } from '../../state/locale.ts';
import type { Lane } from '../../train/lane.ts';
import type { ConsoleLevel } from '../../train/telemetry.ts';
import { laneStyle } from '../chart/lane-style.ts';
import { formatCount } from '../number-format.ts';
import { usePage } from '../page-context.ts';

const levels: readonly ConsoleLevel[] = ['error', 'warn', 'info', 'log', 'debug'];
/** Lines drawn at once; a browser lays out this many without being noticed. */
const drawnEntries = 300;

/** The console. */
export function ConsolePanel(): preact.JSX.Element {
  const { page } = usePage();
  const revision = page.console.revision.value;
  const list = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  const hidden = page.console.hiddenLevels.value;
  const entries = page.console.entries().filter(({ level }) => !hidden.has(level));
  const drawn = entries.slice(-drawnEntries);
  const lanes = page.run.lanes.value;
  const theme = page.theme.theme.value;
  const sourceOf = ({ lane }: ConsoleEntry): Omit<RowProps, 'entry'> =>
    lane === null
      ? { lane: null, colour: '' }
      : { lane: lanes[lane]?.lane ?? null, colour: laneStyle(lanes[lane]?.styleIndex ?? lane, theme).colour };
  const left = page.console.droppedCount() + entries.length - drawn.length;

  useEffect(() => {
    if (isAtEnd.current && list.current !== null) list.current.scrollTop = list.current.scrollHeight;
  }, [revision, hidden]);

  return (
    <div class="console">
      <div class="console-tools">
        <LevelFilter />
        <button type="button" class="quiet-button" onClick={page.console.clear}>
          {t('console.clear')}
        </button>
      </div>
      <LostNotice />
      <ol
        class="console-lines"
        ref={list}
        tabIndex={0}
        aria-label={t('console.label')}
        onScroll={({ currentTarget: box }) => {
          isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
        }}
      >
        {left > 0 ? <li class="console-left">{t('console.earlier', { count: formatCount(left) })}</li> : null}
        {drawn.length === 0 ? (
          <li class="empty">{t(page.console.entries().length === 0 ? 'console.empty' : 'console.allHidden')}</li>
        ) : null}
        {drawn.map((entry) => (
          <ConsoleRow key={entry.id} entry={entry} {...sourceOf(entry)} />
        ))}
      </ol>
    </div>
  );
}

/** What a flood has cost; the lines that are here are samples of it. */
function LostNotice(): preact.JSX.Element | null {
  const { page } = usePage();
  void page.console.revision.value;
  const { lineCount, viewCount } = page.console.lost();
  if (lineCount + viewCount === 0) return null;
  return (
    <p class="console-lost" title={t('console.lostHint')}>
      {lineCount === 0 ? null : t('console.lostLines', { count: formatCount(lineCount) })}
      {lineCount > 0 && viewCount > 0 ? ' ' : ''}
      {viewCount === 0 ? null : t('console.lostViews', { count: formatCount(viewCount) })}
    </p>
  );
}

function LevelFilter(): preact.JSX.Element {
  const { page } = usePage();
  const hidden = page.console.hiddenLevels;
  return (
    <div class="level-filter" role="group" aria-label={t('console.levels')}>
      {levels.map((level) => (
        <button
          key={level}
          type="button"
          class={`level is-${level}`}
          aria-pressed={!hidden.value.has(level)}
          onClick={() => {
            const next = new Set(hidden.value);
            if (!next.delete(level)) next.add(level);
            hidden.value = next;
          }}
        >
          {t(`console.level.${level}`)}
        </button>
      ))}
    </div>
  );
}

/** Takes what it needs as it is: hundreds of rows that each follow the page's state would cost more than their text. */
function ConsoleRow({ entry, lane, colour }: RowProps): preact.JSX.Element {
  return (
    <li class={`console-line is-${entry.level}`}>
      {lane === null ? null : (
        <span class="console-source" style={{ '--lane': colour }}>
          {lane.label}
          {lane.worldSize > 1 ? ` · ${rankText(entry.ranks)}` : ''}
        </span>
      )}
      <span class="console-text">{entry.text}</span>
      {entry.repeatCount > 1 ? (
        <span class="count" title={t('console.repeated', { count: formatCount(entry.repeatCount) })}>
          ×{formatCount(entry.repeatCount)}
        </span>
      ) : null}
    </li>
  );
}

interface RowProps {
  readonly entry: ConsoleEntry;
  /** Null where the line belongs to the whole run. */
  readonly lane: Lane | null;
  readonly colour: string;
}

/** `rank 2`, `ranks 0–3`, `ranks 0, 2`. */
function rankText(ranks: readonly number[]): string {
  const first = ranks[0] ?? 0;
  const last = ranks.at(-1) ?? first;
  if (ranks.length === 1) return t('console.rank', { rank: first });
  const isRun = last - first === ranks.length - 1;
  return t('console.ranks', { ranks: isRun ? `${first}–${last}` : ranks.join(', ') });
}
