// Running a lane again from the page: the button, how far it is, and what came of it. The run on screen stays what it is.

import { isConfirmed, verifySentences } from '../../compare/verify.ts';
import type { RunHead } from '../../state/history/run-record.ts';
import type { LaneVerification, VerifiedKey } from '../../state/verification.ts';
import { t } from '../../state/locale.ts';
import { ExplainedButton } from '../explained-button.tsx';
import { formatCount } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { verifyText } from './said-text.ts';
import '../styles/verdict.css';

interface VerifiedLanes {
  /** Places in the run. */
  readonly indexes: readonly number[];
}

/** What a line is about. */
export interface VerifiedLane {
  readonly key: VerifiedKey;
  readonly label: string;
  readonly steps: number;
}

/** Runs the lanes again, or stops that; nothing where none of them came to its end. */
export function VerifyButton({ name, indexes }: VerifiedLanes & { readonly name: string }): preact.JSX.Element | null {
  const { page, verbs } = usePage();
  const lanes = page.run.results.value?.lanes ?? [];
  const done = indexes.filter((index) => lanes[index]?.state === 'done');
  if (done.length === 0) return null;
  const isRunning = indexes.some((index) => page.verification.lanes.value.get(index)?.kind === 'running');
  return <StartOrStop name={name} isRunning={isRunning} onStart={() => verbs.verify(done)} />;
}

/** The same for a kept run. */
export function VerifyKeptButton({ head }: { readonly head: RunHead }): preact.JSX.Element | null {
  const { page, verbs } = usePage();
  if (head.state !== 'done') return null;
  const isRunning = page.verification.lanes.value.get(head.id)?.kind === 'running';
  return <StartOrStop name={head.label} isRunning={isRunning} onStart={() => verbs.verifyKept(head)} />;
}

function StartOrStop(props: { readonly name: string; readonly isRunning: boolean; readonly onStart: () => void }): preact.JSX.Element {
  const { page, verbs } = usePage();
  const { name, isRunning, onStart } = props;
  if (isRunning) {
    return (
      <button type="button" class="quiet-button" onClick={verbs.stopVerifying}>
        {t('verify.stop')}
      </button>
    );
  }
  return (
    <ExplainedButton
      class="quiet-button"
      label={`${t('verify.start')} ${name}`}
      hint={t('verify.startHint', { lane: name })}
      reason={page.run.isActive.value || page.verification.isBusy.value ? t('run.verifyBusy') : null}
      onPress={onStart}
    >
      {t('verify.start')}
    </ExplainedButton>
  );
}

/** What came of it, a line per lane; its name where there are several. */
export function VerifyLines({ keys }: { readonly keys: readonly VerifiedLane[] }): preact.JSX.Element {
  const { page } = usePage();
  const lines = keys.flatMap((lane) => {
    const state = page.verification.lanes.value.get(lane.key);
    return state === undefined ? [] : [{ ...lane, state }];
  });
  const write = ({ key, label, steps, state }: (typeof lines)[number]): preact.JSX.Element => (
    <p key={key} class={`verify-line is-${standingOf(state)}`}>
      {keys.length > 1 ? `${label}: ` : ''}
      {textOf(state, steps)}
    </p>
  );
  return (
    <>
      {lines.filter(({ state }) => state.kind === 'running').map(write)}
      {/* Only how it ended is announced: a count of steps would be read out without end. */}
      <div role="status">{lines.filter(({ state }) => state.kind !== 'running').map(write)}</div>
    </>
  );
}

function standingOf(state: LaneVerification): 'good' | 'bad' | 'open' {
  if (state.kind === 'refused') return 'bad';
  return state.kind !== 'done' ? 'open' : isConfirmed(state.verification) ? 'good' : 'bad';
}

function textOf(state: LaneVerification, steps: number): string {
  switch (state.kind) {
    case 'running':
      return t('verify.progress', { done: formatCount(state.doneSteps), count: formatCount(steps) });
    case 'stopped':
      return t('verify.stopped');
    case 'refused':
      return t('verify.refused', { message: state.message });
    case 'done':
      return `${t('verify.result')} ${verifySentences(state.verification).map(verifyText).join(t('verdict.between'))}${t('verdict.end')}`;
  }
}
