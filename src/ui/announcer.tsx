// What a screen reader hears of a run: its phases at once, its progress every ten seconds. Curves move twelve times a second; nobody
// wants that read out.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isLaneOver } from '../state/lanes.ts';
import { t } from '../state/locale.ts';
import { usePage } from './page-context.ts';
import { phaseMessages } from './results/run-head.tsx';

const progressMs = 10_000;

/** The live region and the short notices. */
export function Announcer(): preact.JSX.Element {
  const { page } = usePage();
  const progress = useSignal('');
  const phase = page.run.phase.value;
  useEffect(() => {
    progress.value = '';
    if (phase !== 'running') return undefined;
    const timer = setInterval(() => {
      const total = page.run.declaration.peek()?.steps ?? 0;
      progress.value = page.run.lanes
        .peek()
        .filter((lane) => !isLaneOver(lane.phase.peek()))
        .map((lane) => t('announce.lane', { lane: lane.lane.label, done: lane.series.steps.length, total }))
        .join('; ');
    }, progressMs);
    return () => clearInterval(timer);
  }, [phase]);
  const notice = page.notice.current.value;
  return (
    <>
      <div class="visually-hidden" role="status">
        {phase === 'idle' ? '' : t('announce.phase', { phase: t(phaseMessages[phase]) })} {progress.value}
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
