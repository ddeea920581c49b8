// A lane's options as its short form says them, for a kept run: read without judging, because a later version of the page may have written it.

import type { LaneResult } from '../runner/results.ts';

/** The options of a lane's short form by name: `4xfp16+ring+accum=2` has `allReduce: ring` and `accum: 2`. */
export function laneOptionsOf({ shortForm, allReduce }: Pick<LaneResult, 'shortForm' | 'allReduce'>): ReadonlyMap<string, string> {
  const [, ...options] = shortForm.split('+');
  return new Map(
    options.map((option): readonly [string, string] => {
      const [key = '', value] = option.split(/=(.*)/su);
      return value === undefined && key === allReduce ? ['allReduce', key] : [key, value ?? 'on'];
    }),
  );
}
