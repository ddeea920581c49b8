// What a screen reader hears of a run: its phases at once, its progress every ten seconds, and while it is paused every step. Curves
// move twelve times a second; nobody wants that read out.

import { effect, untracked, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { RunPhase } from '../runner/run-events.ts';
import type { RunState } from '../state/run.ts';
import { isLaneOver } from '../state/lanes.ts';
import { t } from '../state/locale.ts';
import { usePage } from './page-context.ts';
import { phaseMessages } from './results/run-head.tsx';

const progressMs = 10_000;

/** The live region and the short notices. */
export function Announcer(): preact.JSX.Element {
  const { page } = usePage();
  const { run } = page;
  const progress = useSignal('');
  const phase = run.phase.value;
  const phaseBefore = useRef(phase);
  const isResumed = useRef(false);
  if (phase !== phaseBefore.current) {
    isResumed.current = phase === 'running' && phaseBefore.current === 'paused';
    phaseBefore.current = phase;
  }

  useEffect(() => {
    progress.value = '';
    // While it is paused the numbers change only with a step, and each is said.
    if (phase === 'paused') {
      return effect(() => {
        void run.revision.value;
        progress.value = untracked(() => laneProgress(run));
      });
    }
    if (phase !== 'running') return undefined;
    const timer = setInterval(() => {
      progress.value = laneProgress(run);
    }, progressMs);
    return () => clearInterval(timer);
  }, [phase]);

  const notice = page.notice.current.value;
  return (
    <>
      <div class="visually-hidden" role="status">
        {announcement(phase, progress.value, isResumed.current)}
      </div>
      <div class="notice-corner" role="status">
        {notice === null ? null : (
          <div key={notice.id} class="notice">
            {notice.text}
          </div>
        )}
      </div>
    </>
  );
}

function announcement(phase: RunPhase, progress: string, isResumed: boolean): string {
  if (phase === 'idle') return '';
  if (phase === 'paused') return t('announce.paused', { lanes: progress });
  return `${isResumed ? t('announce.resumed') : t('announce.phase', { phase: t(phaseMessages[phase]) })} ${progress}`;
}

/** How far every lane is that has not ended. */
function laneProgress({ declaration, lanes }: RunState): string {
  const total = declaration.peek()?.steps ?? 0;
  return lanes
    .peek()
    .filter((lane) => !isLaneOver(lane.phase.peek()))
    .map((lane) => t('announce.lane', { lane: lane.lane.label, done: lane.series.steps.length, total }))
    .join('; ');
}
