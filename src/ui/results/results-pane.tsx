// The right-hand side: failures first, because they need somebody; then lanes, charts and table, the question they answer, and what the
// program said.

import { useEffect } from 'preact/hooks';
import { t } from '../../state/locale.ts';
import { LaneBar } from '../lanes/lane-bar.tsx';
import { usePage } from '../page-context.ts';
import { resultsPaneId } from '../page-verbs.ts';
import { lazy } from '../lazy.tsx';
import { TabsSeparator } from '../separator.tsx';
import { FailureCard } from './failure-card.tsx';
import { RunHead } from './run-head.tsx';
import { SecondTabCard } from './second-tab-card.tsx';
import { SilentNotice } from './silent-notice.tsx';
import { Tabs } from './tabs.tsx';
import { Welcome } from './welcome.tsx';

const loadRunPanels = () => import('./run-panels.tsx');
const RunPanels = lazy(loadRunPanels);
const ProgramCard = lazy(() => import('../gallery/program-card.tsx'));
const Claims = lazy(() => import('../gallery/claims.tsx'));

/** The results of the current run, or what there will be. */
export function ResultsPane(): preact.JSX.Element {
  const { page, verbs } = usePage();
  const { run, problems } = page;
  useEffect(() => {
    loadRunPanels().catch(() => undefined); // ahead of the first run, which says so if they still cannot be loaded
  }, []);
  const hasRun = run.input.value !== null;
  const hasLanes = run.lanes.value.length > 0;
  const isClusterOpen = page.chosenTab.value === 'cluster';
  return (
    <main class="results-pane" id={resultsPaneId} tabIndex={-1}>
      {problems.wasRefused.value ? (
        <div class="refused" role="alert">
          <p>{t('problem.refused', { count: problems.stoppingCount.value })}</p>
          <button
            type="button"
            class="quiet-button"
            onClick={() => {
              const first = problems.list.value.find(({ stopsRun }) => stopsRun);
              if (first !== undefined) verbs.showPlace(first.line, first.column);
            }}
          >
            {t('problem.showFirst')}
          </button>
        </div>
      ) : null}
      <SecondTabCard />
      <div class="run-line">
        {hasRun ? <RunHead /> : null}
        <LaneBar />
      </div>
      <SilentNotice />
      {run.failures.value.map((shown) => (
        <FailureCard key={shown.failure.code + shown.failure.message} shown={shown} />
      ))}
      {hasLanes ? <RunPanels /> : null}
      {hasRun || isClusterOpen ? (
        <ProgramCard key={page.program.open.value.id} fallback={null} />
      ) : (
        <Welcome>
          <ProgramCard key={page.program.open.value.id} fallback={t('welcome.text')} />
        </Welcome>
      )}
      {hasLanes ? <Claims /> : null}
      {hasRun || isClusterOpen || problems.list.value.length > 0 ? (
        <>
          <TabsSeparator paneId={resultsPaneId} />
          <Tabs />
        </>
      ) : null}
    </main>
  );
}
