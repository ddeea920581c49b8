// Where everything of the Gantt lies, top to bottom: pinned steps first, each shifted in time so that it begins where the step it is compared
// with begins, then the lane itself. A rank has a row per track that something happened on; its height does not depend on what is in view,
// so that nothing jumps while one zooms.

import type { RankStep } from '../../runner/rank-steps.ts';
import { placeSpans, trackNames, type PlacedSpan, type TrackName } from '../../runner/span-tracks.ts';
import type { TimelineStep } from '../../state/timeline.ts';

/** Steps that are drawn together. */
export interface GanttGroup {
  /** Null for the lane itself where nothing is pinned. */
  readonly title: string | null;
  readonly isPinned: boolean;
  readonly worldSize: number;
  readonly steps: readonly TimelineStep[];
  /** Added to every time. */
  readonly shiftMs: number;
}

/** One row of one rank. Sizes in CSS pixels. */
export interface GanttRow {
  readonly rank: number;
  readonly track: TrackName;
  readonly row: number;
  readonly top: number;
  /** Whether it is the rank's first. */
  readonly isFirst: boolean;
}

/** A group in its place. */
export interface PlacedGroup extends GanttGroup {
  readonly top: number;
  readonly height: number;
  readonly rows: readonly GanttRow[];
}

export const rowHeight = 15;
const rowGap = 1;
const rankGap = 6;
const groupGap = 10;
const titleHeight = 18;
export const axisHeight = 34;

const placed = new WeakMap<RankStep, readonly PlacedSpan[]>();

/** The spans of a rank's step in their tracks; worked out once. */
export function placedSpansOf(rankStep: RankStep): readonly PlacedSpan[] {
  const known = placed.get(rankStep) ?? placeSpans(rankStep.spans);
  placed.set(rankStep, known);
  return known;
}

/** Places groups below each other; the whole height comes with them. */
export function placeGroups(groups: readonly GanttGroup[]): { readonly groups: readonly PlacedGroup[]; readonly height: number } {
  let top = axisHeight;
  const placedGroups = groups.map((group): PlacedGroup => {
    const groupTop = top;
    if (group.title !== null) top += titleHeight;
    const rowCounts = countRows(group.steps);
    const rows: GanttRow[] = [];
    for (let rank = 0; rank < group.worldSize; rank++) {
      let isFirst = true;
      for (const track of trackNames) {
        for (let row = 0; row < (rowCounts.get(track) ?? 0); row++) {
          rows.push({ rank, track, row, top, isFirst });
          isFirst = false;
          top += rowHeight + rowGap;
        }
      }
      top += rankGap;
    }
    const height = top - groupTop;
    top += groupGap;
    return { ...group, top: groupTop, height, rows };
  });
  return { groups: placedGroups, height: top };
}

/** Rows that each track needs, the same for every rank; a lane always has one to compute on. */
function countRows(steps: readonly TimelineStep[]): ReadonlyMap<TrackName, number> {
  const counts = new Map<TrackName, number>([['compute', 1]]);
  for (const { ranks } of steps) {
    for (const rankStep of ranks) {
      for (const { track, row } of placedSpansOf(rankStep)) counts.set(track, Math.max(counts.get(track) ?? 0, row + 1));
    }
  }
  return counts;
}
