// Lanes that repeat one configuration with other seeds belong together: a chart draws their mean and how far apart they are, instead of
// as many lines. A lane that stands alone is a group of one.

import type { Lane } from '../train/lane.ts';
import type { LaneState } from './lanes.ts';

/** Lanes that differ in their seed only; `count` is how many there will be. */
export interface RepeatGroup {
  readonly label: string;
  readonly lanes: readonly LaneState[];
  readonly count: number;
}

/** By lane, the place of its group among the groups: repeats share one colour, dash and marker, as the list they were expanded from does. */
export function styleIndexes(lanes: readonly Lane[]): readonly number[] {
  const keys = lanes.map(({ repeat }, index) => (repeat === null ? `lane ${index}` : `group ${repeat.group}`));
  const groups = [...new Set(keys)];
  return keys.map((key) => groups.indexOf(key));
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
