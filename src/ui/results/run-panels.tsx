// What a run shows as it goes: its lanes, their curves, the table, and at the end the verdict. Loaded ahead of the first run.

import { usePage } from '../page-context.ts';
import { lazy } from '../lazy.tsx';
import { ChartSeparator } from '../separator.tsx';
import Charts from './charts.tsx';
import { LaneStrip } from './lane-strip.tsx';
import { ResultsTable } from './results-table.tsx';

const VerdictPanel = lazy(() => import('../verdict/verdict-panel.tsx'));

/** The panels of the run on screen. */
export default function RunPanels(): preact.JSX.Element {
  const { page } = usePage();
  return (
    <>
      <LaneStrip />
      <Charts key={String(page.presentation.isLarge.value)} />
      <ChartSeparator />
      <ResultsTable />
      <VerdictPanel />
    </>
  );
}
