// The line above a panel: its name or the metric it shows, a logarithmic axis, the table, and behind a button what is needed less often.

import { t } from '../../state/locale.ts';
import type { ChartPanelSpec } from '../../state/chart-panels.ts';
import type { MetricChoice } from '../../state/metric-choice.ts';
import { metricLabel } from '../metric-label.ts';
import { usePage } from '../page-context.ts';
import { ChartMenu } from './chart-menu.tsx';

/** What can be saved of a panel. */
export type ExportKind = 'png' | 'svg' | 'csv';

/** A panel's heading. */
export function PanelHeading(props: {
  readonly panel: ChartPanelSpec;
  readonly title: string;
  /** Metrics that can be chosen, where the panel shows one. */
  readonly metrics: readonly MetricChoice[];
  readonly metric: string;
  readonly isTable: boolean;
  readonly onTable: (isTable: boolean) => void;
  /** Null where there is nothing to save. */
  readonly onExport: ((kind: ExportKind) => void) | null;
}): preact.JSX.Element {
  const { page } = usePage();
  const { panels } = page.charts;
  const { panel, title, metrics, onExport } = props;
  const list = panels.list.value;
  const place = list.findIndex(({ id }) => id === panel.id);
  const hasAxis = panel.kind !== 'memory' && panel.kind !== 'phases';
  return (
    <header class="chart-heading">
      {panel.kind !== 'metric' || metrics.length < 2 ? (
        <h3>{title}</h3>
      ) : (
        <select
          class="metric-choice"
          aria-label={t('chart.chooseMetric')}
          value={props.metric}
          onChange={(event) => panels.change(panel.id, { metric: event.currentTarget.value })}
        >
          {metrics.map(({ name }) => (
            <option key={name} value={name}>
              {metricLabel(name)}
            </option>
          ))}
        </select>
      )}
      <span class="chart-tools-right">
        {hasAxis ? (
          <>
            <Toggle
              hint={t('chart.logHint')}
              label={t('chart.log')}
              isOn={panel.isLogarithmic}
              onChange={(isLogarithmic) => panels.change(panel.id, { isLogarithmic })}
            />
            <Toggle hint={t('charts.tableHint')} label={t('charts.table')} isOn={props.isTable} onChange={props.onTable} />
          </>
        ) : null}
        <ChartMenu label={t('charts.options', { name: title })} face="⋯">
          {onExport === null ? null : (
            <div class="chart-menu-row" role="group" aria-label={t('charts.export')}>
              <span>{t('charts.export')}</span>
              {(['png', 'svg', 'csv'] as const).map((kind) => (
                <button key={kind} type="button" class="quiet-button" onClick={() => onExport(kind)}>
                  {t(`charts.${kind}`)}
                </button>
              ))}
            </div>
          )}
          <button type="button" disabled={place <= 0} onClick={() => panels.move(panel.id, -1)}>
            {t('charts.earlier')}
          </button>
          <button type="button" disabled={place === list.length - 1} onClick={() => panels.move(panel.id, 1)}>
            {t('charts.later')}
          </button>
          <button type="button" onClick={() => panels.remove(panel.id)}>
            {t('charts.remove')}
          </button>
        </ChartMenu>
      </span>
    </header>
  );
}

function Toggle(props: {
  readonly label: string;
  readonly hint: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}): preact.JSX.Element {
  return (
    <label class="toggle" title={props.hint}>
      <input type="checkbox" checked={props.isOn} onChange={(event) => props.onChange(event.currentTarget.checked)} /> {props.label}
    </label>
  );
}
