// Repeats of a lane in the table: a row per group, with the mean of what they reached and, below it, from the least to the most; the repeats
// themselves come with a press.

import type { Signal } from '@preact/signals';
import { mean } from '../../core/stats.ts';
import type { LaneState } from '../../state/lanes.ts';
import type { LaneSummary } from '../../state/lane-summary.ts';
import { t } from '../../state/locale.ts';
import { foldSummaries } from '../../state/repeat-summary.ts';
import { Swatch } from '../lanes/swatch.tsx';

interface Row {
  readonly lane: LaneState;
  readonly summary: LaneSummary;
}

interface RepeatRowsProps {
  readonly rows: readonly Row[];
  readonly columns: readonly { readonly key: string; readonly write: (row: LaneSummary, lane: LaneState) => preact.ComponentChildren }[];
  /** The groups whose repeats are shown. */
  readonly open: Signal<ReadonlySet<string>>;
}

/** Whether a lane has a row of its own: it was run once, or its group is open. */
export function hasOwnRow({ lane }: LaneState, open: ReadonlySet<string>): boolean {
  return lane.repeat === null || open.has(lane.repeat.group);
}

/** A row per group of repeats; nothing where no lane is repeated. */
export function RepeatRows({ rows, columns, open }: RepeatRowsProps): preact.JSX.Element | null {
  const groups = [...new Set(rows.flatMap(({ lane: { lane } }) => (lane.repeat === null ? [] : [lane.repeat.group])))];
  if (groups.length === 0) return null;
  return (
    <tbody class="repeat-rows">
      {groups.map((group) => {
        const repeats = rows.filter(({ lane: { lane } }) => lane.repeat?.group === group);
        const [first] = repeats;
        if (first === undefined) return null;
        const isOpen = open.value.has(group);
        const summaries = repeats.map(({ summary }) => summary);
        const [middle, least, most] = [
          mean,
          (values: readonly number[]) => Math.min(...values),
          (values: readonly number[]) => Math.max(...values),
        ].map((fold) => foldSummaries(summaries, fold)) as [LaneSummary, LaneSummary, LaneSummary]; // as many as folds
        return (
          <tr key={group}>
            <th scope="row">
              <Swatch index={first.lane.styleIndex} /> {group}{' '}
              <button
                type="button"
                class="quiet-button"
                aria-expanded={isOpen}
                title={t('table.repeatsHint')}
                onClick={() => {
                  open.value = new Set(isOpen ? [...open.value].filter((each) => each !== group) : [...open.value, group]);
                }}
              >
                {t('table.repeats', { count: repeats.length })}
              </button>
            </th>
            {columns.map(({ key, write }) => {
              const [low, high] = [write(least, first.lane), write(most, first.lane)];
              const isSpread = typeof low === 'string' && typeof high === 'string' && low !== high;
              return (
                <td key={key}>
                  {write(middle, first.lane)}
                  {isSpread ? <small>{t('table.spread', { least: low, most: high })}</small> : null}
                </td>
              );
            })}
          </tr>
        );
      })}
    </tbody>
  );
}
