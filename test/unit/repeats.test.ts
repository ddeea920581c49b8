// Plan: a list says how often a lane is run; a run has each repeat as a lane with a seed of its own; both ways lead back.

import { describe, expect, test } from 'vitest';

import { formatLane, formatLaneList, parseLane, parseLaneList } from '../../src/train/lane.ts';
import { collapseRepeats, expandRepeats, seedOf } from '../../src/train/repeats.ts';

describe('repeats of a lane', () => {
  test('are lanes that differ in their name and their seed alone', () => {
    const lanes = expandRepeats(parseLaneList('1xfp32, 4xfp16+ring+repeat=3'), 42);
    expect(lanes.map(({ label }) => label)).toEqual(['1xfp32', '4xfp16+ring seed 42', '4xfp16+ring seed 43', '4xfp16+ring seed 44']);
    expect(lanes.map(formatLane)).toEqual(['1xfp32', '4xfp16+ring', '4xfp16+ring', '4xfp16+ring']);
    expect(lanes.map(({ repeat }) => repeat)).toEqual([null, ...[0, 1, 2].map((index) => ({ group: '4xfp16+ring', index, count: 3 }))]);
    expect(lanes.map((lane) => seedOf(lane, 42))).toEqual([42, 42, 43, 44]);
  });

  test.each(['1xfp32', '1xfp32, 4xfp32+repeat=16', '2xfp16+lossScale=8+repeat=2+label=two, 1xfp32', '1xfp32+repeat=2, 1xfp32+repeat=2'])(
    'the list %s is there again after its lanes were run',
    (text) => {
      const lanes = parseLaneList(text);
      expect(formatLaneList(lanes)).toBe(text);
      expect(collapseRepeats(expandRepeats(lanes, 7))).toEqual(lanes);
    },
  );

  test('a label names the group too, so that it is drawn apart from a lane that is otherwise the same', () => {
    const lanes = expandRepeats(parseLaneList('1xfp32, 1xfp32+repeat=2+label=seeds'), 0);
    expect(lanes.map(({ label, repeat }) => [label, repeat?.group])).toEqual([
      ['1xfp32', undefined],
      ['seeds seed 0', 'seeds'],
      ['seeds seed 1', 'seeds'],
    ]);
  });

  test('a lane that is run once is no repeat', () => {
    expect(parseLane('1xfp32+repeat=1', 'lane')).toEqual(parseLane('1xfp32', 'lane'));
  });

  test('the object form says the same', () => {
    expect(parseLane({ worldSize: 4, precision: 'fp32', repeat: 3 }, 'lane')).toEqual(parseLane('4xfp32+repeat=3', 'lane'));
  });

  test.each(['0', '17', '2.5', 'often'])('%s times is refused', (count) => {
    expect(() => parseLane(`1xfp32+repeat=${count}`, 'lane')).toThrow(/lane\.repeat: expected a whole number from 1 to 16/u);
  });

  test('a seed that has no successor is refused before anything is run', () => {
    const lanes = parseLaneList('1xfp32+repeat=2');
    expect(() => expandRepeats(lanes, Number.MAX_SAFE_INTEGER)).toThrow(/seed: expected a whole number/u);
  });
});
