// A confusion matrix as what it is, a table: a row for what each sample is, a column for what it was taken for, a cell's tint for its share of
// the row. Many classes are a picture instead, with the same tints.

import { t } from '../../state/locale.ts';
import type { ShownView } from '../../train/telemetry.ts';
import { formatCount, formatShare } from '../number-format.ts';
import { HeatmapView } from './view-pixels.tsx';

type Confusion = Extract<ShownView, { readonly kind: 'confusion' }>;

/** Beyond this many classes their numbers would not fit. */
const mostNamedClasses = 24;

/** The matrix, and how much of it lies on the diagonal. */
export function ConfusionView({ view }: { readonly view: Confusion }): preact.JSX.Element {
  const { labels, counts } = view;
  const size = labels.length;
  const at = (row: number, column: number): number => counts[row * size + column] ?? 0;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const right = labels.reduce((sum, _, index) => sum + at(index, index), 0);
  const summary = (
    <p class="view-range">{t('view.accuracy', { share: total === 0 ? '–' : formatShare(right / total), count: formatCount(total) })}</p>
  );
  if (size > mostNamedClasses) {
    return (
      <>
        <HeatmapView view={{ kind: 'heatmap', title: view.title, rows: size, columns: size, values: counts }} />
        {summary}
      </>
    );
  }
  return (
    <>
      <div class="view-scroll" tabIndex={0}>
        <table class="confusion" aria-label={view.title}>
          <thead>
            <tr>
              <th scope="col" class="confusion-corner">
                {t('view.actual')} ↓ {t('view.predicted')} →
              </th>
              {labels.map((label, column) => (
                <th key={column} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.map((actual, row) => {
              const rowTotal = labels.reduce((sum, _, column) => sum + at(row, column), 0);
              return (
                <tr key={row}>
                  <th scope="row">{actual}</th>
                  {labels.map((predicted, column) => {
                    const count = at(row, column);
                    const share = rowTotal === 0 ? 0 : count / rowTotal;
                    return (
                      <td
                        key={column}
                        class={row === column ? 'is-right' : ''}
                        style={{ '--share': `${Math.round(share * 100)}%` }}
                        title={t('view.cell', { actual, predicted, count: formatCount(count) })}
                      >
                        {count === 0 ? '' : formatCount(count)}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {summary}
    </>
  );
}
