// What the program showed with `show.*`, per lane. A view shown again under the same title replaces the old one in its place, so a
// heatmap updated every hundred steps is one picture that changes, not a hundred pictures.

import type { ShownView } from '../train/telemetry.ts';
import { valueCountOf } from '../train/view-size.ts';
import { createFrameRevision } from './frame-revision.ts';
import type { FrameClock, FrameRevision } from './frame-revision.ts';

/** A view and the lane that showed it. */
export interface LaneView {
  readonly lane: number;
  readonly view: ShownView;
}

/** Views of the current run, in the order of their first appearance. */
export interface ShownViewsState {
  readonly revision: FrameRevision['revision'];
  list(): readonly LaneView[];
  /** Views that are no longer kept. */
  droppedCount(): number;
  show(lane: number, view: ShownView): void;
  clear(): void;
}

/** More than this many, or than so many values in all of them, are not kept: the oldest goes first. */
export const mostShownViews = 200;
const mostShownValues = 4_000_000;

/** No views yet. */
export function createShownViews(clock: FrameClock): ShownViewsState {
  const frames = createFrameRevision(clock);
  let views: LaneView[] = [];
  let valueCount = 0;
  let dropped = 0;
  return {
    revision: frames.revision,
    list: () => views,
    droppedCount: () => dropped,
    show(lane, view) {
      const at = views.findIndex((known) => known.lane === lane && known.view.kind === view.kind && known.view.title === view.title);
      const before = views[at];
      if (before === undefined) views.push({ lane, view });
      else views[at] = { lane, view };
      valueCount += valueCountOf(view) - (before === undefined ? 0 : valueCountOf(before.view));
      while (views.length > mostShownViews || (valueCount > mostShownValues && views.length > 1)) {
        const oldest = views.shift();
        valueCount -= oldest === undefined ? 0 : valueCountOf(oldest.view);
        dropped += 1;
      }
      frames.touch();
    },
    clear() {
      views = [];
      valueCount = 0;
      dropped = 0;
      frames.flush();
    },
  };
}
