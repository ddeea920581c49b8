// Lanes of the run on screen that somebody has put aside: they go on training and keep their row, dimmed, but their curves are not drawn.
// Another run with the same lanes keeps them aside; other lanes begin all in sight.

import { effect, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { LaneState } from './lanes.ts';

/** Indices of hidden lanes; none at first. `lanes` are those of the run, whose names say whether another run has the same. */
export function createHiddenLanes(lanes: ReadonlySignal<readonly LaneState[]>): Signal<ReadonlySet<number>> {
  const hidden = signal<ReadonlySet<number>>(new Set());
  let namesBefore = '';
  effect(() => {
    const names = lanes.value.map(({ lane }) => lane.label).join('\n');
    if (names === '' || names === namesBefore) return;
    namesBefore = names;
    if (hidden.peek().size > 0) hidden.value = new Set();
  });
  return hidden;
}

/** Hides a lane, or shows it again. The last lane in sight stays there. Returns whether anything changed. */
export function toggleHidden(hidden: Signal<ReadonlySet<number>>, lane: number, laneCount: number): boolean {
  const next = new Set(hidden.peek());
  if (!next.delete(lane)) next.add(lane);
  if (next.size >= laneCount) return false;
  hidden.value = next;
  return true;
}
