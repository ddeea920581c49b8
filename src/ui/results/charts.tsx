// The panels of curves, as the reader has arranged them, under the line of what they share.

import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { listMetrics } from '../../state/metric-choice.ts';
import type { MetricChoice } from '../../state/metric-choice.ts';
import { ChartPanel } from '../chart/chart-panel.tsx';
import { ChartTools } from '../chart/chart-tools.tsx';
import { MemoryPanel } from '../chart/memory-panel.tsx';
import { lazy } from '../lazy.tsx';
import { usePage } from '../page-context.ts';
import '../styles/charts.css';

const PhasePanel = lazy(() => import('../timeline/phase-panel.tsx'));

/** The charts of the run. */
export default function Charts(): preact.JSX.Element {
  const { page } = usePage();
  const { run, charts } = page;
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
  return (
    <div class="charts-room">
      <ChartTools />
      <div class="charts">
        {charts.panels.list.value.map((panel) =>
          panel.kind === 'memory' ? (
            <MemoryPanel key={panel.id} panel={panel} />
          ) : panel.kind === 'phases' ? (
            <PhasePanel key={panel.id} panel={panel} />
          ) : (
            <ChartPanel key={panel.id} panel={panel} metrics={metrics} />
          ),
        )}
      </div>
    </div>
  );
}
