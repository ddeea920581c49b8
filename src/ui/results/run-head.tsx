// The line above the lanes: what is going on, since when, and whether the page has changed since the run it shows.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { RunPhase } from '../../runner/run-events.ts';
import type { PlainKey } from '../../i18n/messages-en.ts';
import { t } from '../../state/locale.ts';
import { formatClock, formatCount } from '../number-format.ts';
import { usePage } from '../page-context.ts';

/** The message that names each phase. */
export const phaseMessages: Readonly<Record<RunPhase | 'waiting', PlainKey>> = {
  idle: 'phase.idle',
  waiting: 'phase.waiting',
  starting: 'phase.starting',
  running: 'phase.running',
  done: 'phase.done',
  failed: 'phase.failed',
  stopped: 'phase.stopped',
};

/** Title, phase and clock of the run. */
export function RunHead(): preact.JSX.Element {
  const { page } = usePage();
  const { run, program, seed } = page;
  const phase = run.phase.value;
  const declaration = run.declaration.value;
  const input = run.input.value;
  const isStale =
    input !== null &&
    !run.isActive.value &&
    (input.programId !== program.open.value.id || input.source !== program.source.value || input.seed !== seed.override.value);
  return (
    <header class="run-head">
      <h2>{declaration?.title ?? t('results.heading')}</h2>
      <span class={`phase is-${phase}`}>{t(phaseMessages[phase])}</span>
      {Number.isNaN(run.startedAtMs.value) ? null : <RunClock />}
      {declaration === null ? null : (
        <span class="run-facts">
          {t('results.seed', { seed: declaration.seed })}
          {declaration.globalBatch === null ? null : <> · {t('results.globalBatch', { count: formatCount(declaration.globalBatch) })}</>}
          {declaration.preset === 'cpu' ? <> · {t('results.cpuPreset')}</> : null}
        </span>
      )}
      {isStale ? <span class="run-stale">{t('results.stale')}</span> : null}
    </header>
  );
}

/** Wall-clock time of the run, once a second while it lasts. */
function RunClock(): preact.JSX.Element {
  const { page } = usePage();
  const { startedAtMs, endedAtMs, isActive } = page.run;
  const nowMs = useSignal(page.clock.now());
  const isTicking = isActive.value;
  useEffect(() => {
    nowMs.value = page.clock.now();
    if (!isTicking) return undefined;
    const timer = setInterval(() => {
      nowMs.value = page.clock.now();
    }, 1000);
    return () => clearInterval(timer);
  }, [isTicking]);
  const untilMs = Number.isNaN(endedAtMs.value) ? nowMs.value : endedAtMs.value;
  return (
    <span class="run-clock" title={t('results.clockHint')}>
      {formatClock(untilMs - startedAtMs.value)}
    </span>
  );
}
