// What overlap can and cannot hide, in this lane's own numbers.

import { t } from '../../state/locale.ts';
import { overlapBound } from '../../state/overlap-bound.ts';
import type { LaneTimeline } from '../../state/timeline.ts';
import { usePage } from '../page-context.ts';
import { formatSpanMs } from './span-text.ts';

/** A paragraph; nothing where no gradients travel. */
export function OverlapNote({ lane }: { readonly lane: LaneTimeline }): preact.JSX.Element | null {
  void usePage().page.timeline.revision.value; // a lane is the same object, whatever it has recorded since
  const bound = overlapBound(lane.steps());
  const hiddenMs = lane.summary()?.hiddenMs ?? 0;
  if (bound === null) return null;
  const never = formatSpanMs(bound.neverHiddenMs);
  const words =
    bound.bucketCount === 1
      ? t('timeline.overlapOne', { never })
      : t('timeline.overlapMany', { count: bound.bucketCount, never, most: formatSpanMs(bound.mostHiddenMs) });
  return (
    <p class="timeline-overlap">
      {words} {hiddenMs > 0 ? t('timeline.hidden', { hidden: formatSpanMs(hiddenMs) }) : t('timeline.hiddenNone')}
    </p>
  );
}
