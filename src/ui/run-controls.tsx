// Run or Stop, Pause or Resume, one step, back to the beginning.

import { t } from '../state/locale.ts';
import { ExplainedButton } from './explained-button.tsx';
import { PauseIcon, PlayIcon, ResetIcon, StepIcon, StopIcon } from './icons.tsx';
import { usePage } from './page-context.ts';
import { runButtonId } from './page-verbs.ts';
import { pauseKeys, resetKeys, runKeys, stepKeys } from './shortcuts.ts';

/** The controls of the run. */
export function RunControls(): preact.JSX.Element {
  return (
    <div class="run-controls">
      <RunButton />
      <PauseButton />
      <StepButton />
      <ResetButton />
    </div>
  );
}

function RunButton(): preact.JSX.Element {
  const { page, verbs } = usePage();
  return page.run.isActive.value ? (
    <button type="button" id={runButtonId} class="button is-stop" onClick={verbs.stop} title={t('run.stopHint')}>
      <StopIcon /> {t('run.stop')}
    </button>
  ) : (
    <button type="button" id={runButtonId} class="button is-primary" onClick={verbs.run} title={t('run.startHint', { keys: runKeys })}>
      <PlayIcon /> {t('run.start')}
    </button>
  );
}

function PauseButton(): preact.JSX.Element {
  const { page, verbs } = usePage();
  const { run } = page;
  const isPaused = run.phase.value === 'paused';
  const isPausing = run.isPausing.value;
  const hint = isPausing ? t('run.pausing') : t(isPaused ? 'run.resumeHint' : 'run.pauseHint', { keys: pauseKeys });
  return (
    <ExplainedButton
      label={t(isPaused ? 'run.resume' : 'run.pause')}
      hint={hint}
      reason={run.isActive.value ? null : t('run.nothingToPause')}
      onPress={verbs.pauseOrResume}
      class={`icon-button${isPaused || isPausing ? ' is-on' : ''}`}
    >
      {isPaused ? <PlayIcon /> : <PauseIcon />}
    </ExplainedButton>
  );
}

function StepButton(): preact.JSX.Element {
  const { page, verbs } = usePage();
  return (
    <ExplainedButton
      label={t('run.step')}
      hint={t(page.run.isActive.value ? 'run.stepHint' : 'run.stepStartHint', { keys: stepKeys })}
      reason={null}
      onPress={verbs.step}
    >
      <StepIcon />
    </ExplainedButton>
  );
}

function ResetButton(): preact.JSX.Element {
  const { page, verbs } = usePage();
  const { run } = page;
  const hasRun = run.isActive.value || run.input.value !== null;
  return (
    <ExplainedButton
      label={t('run.reset')}
      hint={t('run.resetHint', { keys: resetKeys })}
      reason={hasRun ? null : t('run.nothingToReset')}
      onPress={verbs.reset}
    >
      <ResetIcon />
    </ExplainedButton>
  );
}
