// The two charts: the loss at every step, and what is measured on the test set. Both share the crosshair and the stretch of steps.

import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { t } from '../../state/locale.ts';
import { isShare, listMetrics, suitableMetric } from '../../state/metric-choice.ts';
import type { MetricChoice } from '../../state/metric-choice.ts';
import { ChartPanel } from '../chart/chart-panel.tsx';
import { metricLabel } from '../metric-label.ts';
import { formatLoss, formatShare } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { LearningRateField } from './learning-rate-field.tsx';

/** The charts of the run. */
export default function Charts(): preact.JSX.Element {
  const { page } = usePage();
  const { run, charts } = page;
  const lanes = run.lanes.value;
  // A list of metrics as text, so that this component renders when it changes and not at every step.
  const metricNames = useMemo(
    () =>
      computed(() => {
        void run.revision.value;
        return JSON.stringify(listMetrics(run.lanes.value));
      }),
    [],
  );
  // What `listMetrics` returned, read back.
  const metrics = JSON.parse(metricNames.value) as readonly MetricChoice[];
  const second = metrics.find(({ name }) => name === charts.chosenMetric.value) ??
    suitableMetric(metrics, run.declaration.value?.target ?? null) ?? { name: 'testAccuracy', source: 'evals' as const };
  const isLogarithmic = charts.isLossLogarithmic.value;
  const zoomed = charts.zoom.value !== null;
  return (
    <div class="charts">
      <ChartPanel
        lanes={lanes}
        metric="loss"
        source="steps"
        isLogarithmic={isLogarithmic}
        hasRateMarks
        label={t('chart.loss')}
        formatValue={formatLoss}
        formatTick={formatTick}
        heading={
          <>
            <h3>{t('chart.loss')}</h3>
            {zoomed ? (
              <button
                type="button"
                class="quiet-button"
                onClick={() => {
                  charts.zoom.value = null;
                }}
              >
                {t('chart.resetZoom')}
              </button>
            ) : null}
            <LearningRateField />
            <label class="toggle" title={t('chart.logHint')}>
              <input
                type="checkbox"
                checked={isLogarithmic}
                onChange={(event) => {
                  charts.isLossLogarithmic.value = event.currentTarget.checked;
                }}
              />{' '}
              {t('chart.log')}
            </label>
          </>
        }
      />
      <ChartPanel
        lanes={lanes}
        metric={second.name}
        source={second.source}
        isLogarithmic={false}
        hasRateMarks={false}
        label={metricLabel(second.name)}
        formatValue={isShare(second.name) ? formatShare : formatLoss}
        formatTick={isShare(second.name) ? formatShareTick : formatTick}
        heading={
          <>
            {metrics.length < 2 ? (
              <h3>{metricLabel(second.name)}</h3>
            ) : (
              <select
                class="metric-choice"
                aria-label={t('chart.chooseMetric')}
                value={second.name}
                onChange={(event) => {
                  charts.chosenMetric.value = event.currentTarget.value;
                }}
              >
                {metrics.map(({ name }) => (
                  <option key={name} value={name}>
                    {metricLabel(name)}
                  </option>
                ))}
              </select>
            )}
          </>
        }
      />
    </div>
  );
}

/** Ticks need only the digits that tell them apart. */
function formatTick(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5)
    ? Number(value.toPrecision(2)).toExponential().replace('e+', 'e')
    : String(Number(value.toPrecision(4)));
}

function formatShareTick(value: number): string {
  return `${Number((value * 100).toPrecision(4))}%`;
}
