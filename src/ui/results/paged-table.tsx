// A table of any length, a page of rows at a time: a browser lays out a hundred rows in a millisecond and ten thousand in a second.

import { useSignal } from '@preact/signals';
import { t } from '../../state/locale.ts';
import { ExplainedButton } from '../explained-button.tsx';
import { NextIcon, PreviousIcon } from '../icons.tsx';
import { formatCount, formatLoss } from '../number-format.ts';

const rowsPerPage = 100;

/** What is in the table. */
export interface PagedTableProps {
  readonly columns: readonly string[];
  readonly rowCount: number;
  /** As many cells as there are columns. */
  readonly rowAt: (index: number) => readonly (string | number)[];
}

/** The table; numbers in tabular figures at the right. */
export function PagedTable({ columns, rowCount, rowAt }: PagedTableProps): preact.JSX.Element {
  const page = useSignal(0);
  const lastPage = Math.max(0, Math.ceil(rowCount / rowsPerPage) - 1);
  const at = Math.min(page.value, lastPage); // the table may have become shorter
  const from = at * rowsPerPage;
  const to = Math.min(rowCount, from + rowsPerPage);
  const rows = Array.from({ length: to - from }, (_, index) => rowAt(from + index));
  const turn = (label: string, by: 1 | -1, Icon: typeof NextIcon) => (
    <ExplainedButton
      label={label}
      hint={label}
      reason={at + by < 0 || at + by > lastPage ? t('view.rows', placesOf(from, to, rowCount)) : null}
      onPress={() => {
        page.value = at + by;
      }}
    >
      <Icon />
    </ExplainedButton>
  );
  if (rowCount === 0) return <p class="empty">{t('view.empty')}</p>;
  return (
    <>
      <div class="view-scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map((name, column) => (
                <th key={column} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={from + index}>
                {row.map((cell, column) => (
                  <td key={column} class={typeof cell === 'number' ? 'is-number' : ''}>
                    {typeof cell === 'number' ? formatCell(cell) : cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {lastPage === 0 ? null : (
        <p class="view-pages">
          {turn(t('view.previousRows'), -1, PreviousIcon)}
          <span>{t('view.rows', placesOf(from, to, rowCount))}</span>
          {turn(t('view.nextRows'), 1, NextIcon)}
        </p>
      )}
    </>
  );
}

function placesOf(from: number, to: number, rowCount: number) {
  return { from: formatCount(from + 1), to: formatCount(to), count: formatCount(rowCount) };
}

function formatCell(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : Number.isFinite(value) ? formatLoss(value) : String(value);
}
