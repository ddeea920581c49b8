// Repeats of a lane: `4xfp32+repeat=3` is one entry of a list and three lanes of a run, which differ in their seed alone: the run's, the
// one after it, and so on. What varies between them is what chance does; a difference between lanes that is no larger is none.

import { parseSeed } from '../core/prng.ts';
import { formatLane, formatWithRepeat } from './lane.ts';
import type { Lane } from './lane.ts';

/** The lanes to run: every repeat by itself, named by its seed. Throws `config-invalid` where the last seed would be too large. */
export function expandRepeats(lanes: readonly Lane[], seed: number): readonly Lane[] {
  return lanes.flatMap((lane) => {
    const { repeat } = lane;
    if (repeat === null) return [lane];
    const group = lane.label === formatWithRepeat(lane) ? formatLane(lane) : lane.label;
    return Array.from({ length: repeat.count }, (_, index) => {
      const numbered = { ...lane, repeat: { ...repeat, group, index } };
      return { ...numbered, label: `${group} seed ${seedOf(numbered, seed)}` };
    });
  });
}

/** The list that `expandRepeats` made these lanes of. */
export function collapseRepeats(lanes: readonly Lane[]): readonly Lane[] {
  return lanes
    .filter(({ repeat }) => repeat === null || repeat.index === 0)
    .map((lane) => {
      if (lane.repeat === null) return lane;
      const { group } = lane.repeat;
      const own = formatLane(lane);
      return { ...lane, label: group === own ? formatWithRepeat(lane) : group, repeat: { ...lane.repeat, group: own } };
    });
}

/** The seed of a lane in a run with this seed. Throws `config-invalid` where it would be too large. */
export function seedOf({ repeat }: Pick<Lane, 'repeat'>, runSeed: number): number {
  return parseSeed(runSeed + (repeat?.index ?? 0));
}
