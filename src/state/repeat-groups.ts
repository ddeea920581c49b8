// Lanes that repeat one configuration with other seeds belong together: a chart draws their mean and how far apart they are, instead of
// as many lines. A lane that stands alone is a group of one.

import type { LaneState } from './lanes.ts';

/** Lanes that differ in their seed only; `count` is how many there will be. */
export interface RepeatGroup {
  readonly label: string;
  readonly lanes: readonly LaneState[];
  readonly count: number;
}

/** The lanes in groups, in the order of each group's first lane. */
export function groupRepeats(lanes: readonly LaneState[]): readonly RepeatGroup[] {
  const groups = new Map<string, RepeatGroup>();
  for (const lane of lanes) {
    const { repeat } = lane.lane;
    const key = repeat === null ? `lane ${lane.index}` : `group ${repeat.group}`;
    const known = groups.get(key);
    if (known !== undefined) groups.set(key, { ...known, lanes: [...known.lanes, lane] });
    else groups.set(key, { label: repeat?.group ?? lane.lane.label, lanes: [lane], count: repeat?.count ?? 1 });
  }
  return [...groups.values()];
}
