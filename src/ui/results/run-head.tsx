// The line above the lanes: what is going on, since when, and whether the page has changed since the run it shows.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { RunPhase } from '../../runner/run-events.ts';
import type { PlainKey } from '../../i18n/messages-en.ts';
import { t } from '../../state/locale.ts';
import { workerCountOf } from '../../train/lane.ts';
import { runRemarks } from '../lanes/schedule-words.ts';
import { formatClock, formatCount } from '../number-format.ts';
import { usePage } from '../page-context.ts';

/** The message that names each phase. */
export const phaseMessages: Readonly<Record<RunPhase | 'waiting', PlainKey>> = {
  idle: 'phase.idle',
  waiting: 'phase.waiting',
  starting: 'phase.starting',
  running: 'phase.running',
  paused: 'phase.paused',
  done: 'phase.done',
  failed: 'phase.failed',
  stopped: 'phase.stopped',
};

/** Title, phase and clock of the run. */
export function RunHead(): preact.JSX.Element {
  const { page } = usePage();
  const { run, otherTabs } = page;
  const phase = run.phase.value;
  const declaration = run.declaration.value;
  return (
    <header class="run-head">
      <h2>{declaration?.title ?? t('results.heading')}</h2>
      <span class={`phase is-${phase}`}>{t(phaseMessages[phase])}</span>
      <RunClock />
      {declaration === null ? null : (
        <span class="run-facts">
          {t('results.seed', { seed: declaration.seed })}
          {declaration.globalBatch === null ? null : <> · {t('results.globalBatch', { count: formatCount(declaration.globalBatch) })}</>}
          {declaration.preset === 'cpu' ? <> · {t('results.cpuPreset')}</> : null}
        </span>
      )}
      <ScheduleRemarks />
      <WhatChanged />
      {otherTabs.hasDisturbed.value ? (
        <span class="is-warning" title={t('tabs.disturbedHint')} role="status">
          {t('tabs.disturbed')}
        </span>
      ) : null}
      {page.isChanged.value ? <span class="run-stale">{t('results.stale')}</span> : null}
    </header>
  );
}

/** What differs from the run it was edited from, once it is over and kept: opens the comparison of the two. */
function WhatChanged(): preact.JSX.Element | null {
  const { page } = usePage();
  const latest = page.recorder.latest.value;
  const parentId = latest?.parentId ?? null;
  if (latest === null || parentId === null || latest.name === '' || page.run.isActive.value || page.run.input.value === null) return null;
  return (
    <button
      type="button"
      class="link"
      title={t('history.thisRunHint')}
      aria-haspopup="dialog"
      onClick={() => {
        page.comparedPair.value = [parentId, latest.id];
        page.isHistoryOpen.value = true;
      }}
    >
      {t('history.thisRun', { name: latest.name })}
    </button>
  );
}

/** How the lanes of this run share the machine, where that is not the usual way. */
function ScheduleRemarks(): preact.JSX.Element | null {
  const { page } = usePage();
  const schedule = page.run.schedule.value;
  if (schedule === null) return null;
  const workerCount = page.run.lanes.value.reduce((sum, { lane }) => sum + workerCountOf(lane), 0);
  return (
    <>
      {runRemarks(schedule, workerCount).map(({ text, isWarning }) => (
        <span key={text} class={isWarning ? 'is-warning' : 'run-facts'}>
          {text}
        </span>
      ))}
    </>
  );
}

/** Time of the run, once a second while it goes on. */
function RunClock(): preact.JSX.Element {
  const { page } = usePage();
  const { run } = page;
  const elapsedMs = useSignal(run.elapsedMs());
  const phase = run.phase.value;
  const isTicking = run.isTraining.value;
  useEffect(() => {
    elapsedMs.value = run.elapsedMs();
    if (!isTicking) return undefined;
    const timer = setInterval(() => {
      elapsedMs.value = run.elapsedMs();
    }, 1000);
    return () => clearInterval(timer);
  }, [phase, isTicking]);
  return (
    <span class="run-clock" title={t('results.clockHint')}>
      {formatClock(elapsedMs.value)}
    </span>
  );
}
