// A chart as a table: a row per step, columns per curve, fifty rows at a time. It follows the run like the chart does.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Curve } from '../../state/chart-curves.ts';
import { t } from '../../state/locale.ts';
import { formatCount } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { axisKeys, formatAxisPlace } from './axis-words.ts';
import { curveColumns } from './curve-columns.ts';
import type { CurveColumn } from './curve-columns.ts';
import type { PanelDrawing } from './panel-drawing.ts';
import { StepRows } from './step-rows.ts';

const rowsPerPage = 50;

/** The curves of a panel in numbers. */
export function ChartTable({ drawing, title }: { readonly drawing: PanelDrawing; readonly title: string }): preact.JSX.Element {
  const { page } = usePage();
  const { charts, run } = page;
  for (const signal of [run.revision, charts.smoothing, page.overlay, page.hiddenLanes]) void signal.value;
  const axis = charts.axis.value;
  const { curves } = drawing.takeCurves();
  const rows = useMemo(() => new StepRows(curves.length), [curves]);
  rows.update(curves.map(({ step }) => step));
  const place = useSignal(0);
  const lastPage = Math.max(0, Math.ceil(rows.length / rowsPerPage) - 1);
  const at = Math.min(place.value, lastPage);
  const from = at * rowsPerPage;
  const to = Math.min(rows.length, from + rowsPerPage);
  const columns = curves.map((curve) => curveColumns(curve, axis));
  const words = drawing.numbers();
  const go = (next: number) => () => {
    place.value = next;
  };
  return (
    <div class="chart-table">
      <div class="chart-table-scroll" tabIndex={0} role="group" aria-label={title}>
        <table class="data-table">
          <caption class="visually-hidden">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t('charts.stepColumn')}</th>
              {curves.flatMap((curve, index) =>
                (columns[index] ?? []).map(({ kind }) => (
                  <th key={`${index} ${kind}`} scope="col">
                    {columnName(curve, kind, charts.smoothing.value, t(axisKeys[axis]))}
                  </th>
                )),
              )}
            </tr>
          </thead>
          <tbody>
            {rows.slice(from, to).map(({ step, rows: rowOf }) => (
              <tr key={step}>
                <th scope="row">{formatCount(step)}</th>
                {columns.flatMap((list, index) =>
                  list.map(({ kind, column }) => {
                    const row = rowOf[index] ?? null;
                    const value = row === null ? NaN : column.at(row);
                    const text = kind === 'x' ? formatAxisPlace(axis, value) : words.value(value);
                    return <td key={`${index} ${kind}`}>{row === null ? '' : Number.isFinite(value) ? text : '–'}</td>;
                  }),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="chart-table-foot" role="group" aria-label={t('charts.pages')}>
        <PageButton label={t('charts.first')} face="«" isOff={at === 0} onPress={go(0)} />
        <PageButton label={t('charts.previous')} face="‹" isOff={at === 0} onPress={go(at - 1)} />
        <span>{t('charts.page', { from: formatCount(Math.min(from + 1, to)), to: formatCount(to), count: formatCount(rows.length) })}</span>
        <PageButton label={t('charts.next')} face="›" isOff={at === lastPage} onPress={go(at + 1)} />
        <PageButton label={t('charts.last')} face="»" isOff={at === lastPage} onPress={go(lastPage)} />
      </div>
    </div>
  );
}

function PageButton(props: {
  readonly label: string;
  readonly face: string;
  readonly isOff: boolean;
  readonly onPress: () => void;
}): preact.JSX.Element {
  return (
    <button type="button" class="quiet-button" aria-label={props.label} title={props.label} disabled={props.isOff} onClick={props.onPress}>
      {props.face}
    </button>
  );
}

/** A column's heading: the lane's name, and what of it is meant where there is more than one number. */
function columnName({ label, kind: curveKind }: Curve, kind: CurveColumn['kind'], smoothing: number, axis: string): string {
  switch (kind) {
    case 'x':
      return `${label}, ${axis}`;
    case 'raw':
      return curveKind === 'repeats' ? t('charts.meanOf', { lane: label }) : label;
    case 'smoothed':
      return t('charts.smoothed', { name: label, beta: smoothing });
    case 'low':
      return t('charts.least', { lane: label });
    case 'high':
      return t('charts.most', { lane: label });
  }
}
