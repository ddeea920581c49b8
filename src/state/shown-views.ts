// What the program showed with `show.*`, per lane. A view shown again under the same title replaces the old one in its place, so a
// heatmap updated every hundred steps is one picture that changes, not a hundred pictures.

import type { ShownView } from '../train/telemetry.ts';
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
  show(lane: number, view: ShownView): void;
  clear(): void;
}

/** More than this many are not kept: the oldest goes first. */
export const mostShownViews = 200;

/** No views yet. */
export function createShownViews(clock: FrameClock): ShownViewsState {
  const frames = createFrameRevision(clock);
  let views: LaneView[] = [];
  return {
    revision: frames.revision,
    list: () => views,
    show(lane, view) {
      const at = views.findIndex((known) => known.lane === lane && known.view.kind === view.kind && known.view.title === view.title);
      if (at === -1) views.push({ lane, view });
      else views[at] = { lane, view };
      if (views.length > mostShownViews) views.shift();
      frames.touch();
    },
    clear() {
      views = [];
      frames.flush();
    },
  };
}
