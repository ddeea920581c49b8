// Which steps a view is about: the newest ones while it follows, and the one that is looked at.

import type { TimelineStep } from '../../state/timeline.ts';
import type { GanttView } from './gantt-view.ts';

/** Steps in view while it follows. */
const followedSteps = 3;
/** A gap longer than this share of a step is another lane's turn, or a pause. */
const longestGap = 0.5;

/** The last complete steps that follow on each other, with a little room around. */
export function newestView(steps: readonly TimelineStep[], worldSize: number): GanttView {
  const complete = steps.filter(({ ranks }) => ranks.length === worldSize);
  const last = complete.at(-1);
  if (last === undefined) return { fromMs: 0, toMs: 1 };
  let first = last;
  for (const step of complete.slice(-followedSteps, -1).toReversed()) {
    const gapMs = first.startMs - step.endMs;
    if (gapMs > (first.endMs - first.startMs) * longestGap) break;
    first = step;
  }
  const room = Math.max(0.05, (last.endMs - first.startMs) * 0.02);
  return { fromMs: first.startMs - room, toMs: last.endMs + room };
}

/** The chosen step, else the first complete one that begins in view, else the one that is under way there. */
export function stepInView(
  steps: readonly TimelineStep[],
  { fromMs, toMs }: GanttView,
  chosen: number | null,
  worldSize: number,
): TimelineStep | null {
  const own = steps.find(({ step }) => step === chosen);
  if (own !== undefined) return own;
  const complete = steps.filter(({ ranks }) => ranks.length === worldSize);
  return (
    complete.find(({ startMs }) => startMs >= fromMs && startMs < toMs) ??
    complete.findLast(({ startMs }) => startMs < toMs) ??
    steps.at(-1) ??
    null
  );
}
