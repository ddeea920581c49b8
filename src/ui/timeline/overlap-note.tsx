// What overlap can and cannot hide, in this lane's own numbers.

import { t } from '../../state/locale.ts';
import { overlapBound } from '../../state/overlap-bound.ts';
import type { LaneTimeline } from '../../state/timeline.ts';
import { formatSpanMs } from './span-text.ts';

/** A paragraph; nothing where no gradients travel. */
export function OverlapNote({ lane }: { readonly lane: LaneTimeline }): preact.JSX.Element | null {
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
