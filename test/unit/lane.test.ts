// Plan: the short form and the object form mean the same, format ∘ parse is the identity, and every bad lane is refused with its place.

import { describe, expect, test } from 'vitest';
import { formatLane, formatLaneList, parseLane, parseLaneList, parseLanes } from '../../src/train/lane.ts';

describe('lanes', () => {
  test('the short form and the object form of a lane are the same lane', () => {
    expect(parseLane('4xfp16', 'lane')).toEqual(parseLane({ worldSize: 4, precision: 'fp16' }, 'lane'));
    expect(parseLane('1xfp16+lossScale=1024', 'lane')).toEqual(parseLane({ worldSize: 1, precision: 'fp16', lossScale: 1024 }, 'lane'));
  });

  test.each(['1xfp32', '4xfp16', '1xfp16+lossScale=off', '64xfp16+lossScale=128', '4xfp32+ring', '3xfp16+tree+lossScale=off'])(
    'formatting what was parsed gives %s back',
    (text) => {
      expect(formatLane(parseLane(text, 'lane'))).toBe(text);
    },
  );

  test.each([
    ['1xfp32, 4xfp16+lossScale=off'],
    ['1xfp32, 1xfp32, 1xfp32'],
    ['1xfp32+label=one worker, 4xfp32+label=四个'],
    ['1xfp32+label=a%2Cb %2B 50%25 %3D c'],
    ['1xfp32+label=1xfp32 (2)'],
  ])('formatting the list %s after parsing gives it back', (text) => {
    expect(formatLaneList(parseLaneList(text))).toBe(text);
  });

  test('a list with labels of any kind is the same list after formatting and parsing', () => {
    const lane = { worldSize: 1, precision: 'fp32' } as const;
    const labels = ['plain', 'a, b', 'x+y=z', '100%', '%2C', ' spaces ', 'plain', '1xfp32', '1xfp32', '1xfp32 (2)'];
    const lanes = parseLanes(labels.map((label) => ({ ...lane, label })));
    expect(parseLaneList(formatLaneList(lanes))).toEqual(lanes);
  });

  test('a label that is wrongly escaped is refused with its place', () => {
    expect(() => parseLaneList('1xfp32+label=50%')).toThrow('lanes[0].label: expected a text with , + = and % written as');
  });

  test('fp16 scales the loss dynamically unless told otherwise, fp32 never does', () => {
    expect(parseLane('1xfp16', 'lane').lossScale).toBe('dynamic');
    expect(parseLane('1xfp32', 'lane').lossScale).toBe('off');
  });

  test('two lanes of the same shape get labels that differ', () => {
    expect(parseLaneList('1xfp32, 1xfp32').map((lane) => lane.label)).toEqual(['1xfp32', '1xfp32 (2)']);
  });

  test.each([
    [{ worldSize: 0, precision: 'fp32' }, 'lanes[0].worldSize: expected a whole number from 1 to 64, got 0.'],
    [{ worldSize: 2.5, precision: 'fp32' }, 'lanes[0].worldSize'],
    [{ worldSize: 65, precision: 'fp32' }, 'lanes[0].worldSize'],
    [{ worldSize: 1, precision: 'fp64' }, 'lanes[0].precision: expected one of fp32, fp16, got "fp64".'],
    [{ worldSize: 1, precision: 'fp32', colour: 'red' }, 'lanes[0].colour: unknown lane option'],
    [{ worldSize: 1, precision: 'fp32', lossScale: 8 }, 'lanes[0].lossScale: a loss scale belongs to fp16 lanes'],
    [{ worldSize: 1, precision: 'fp16', lossScale: -1 }, 'lanes[0].lossScale'],
    [{ worldSize: 4, precision: 'fp32', allReduce: 'star' }, 'lanes[0].allReduce: expected one of direct, ring, tree, naive'],
    [{ worldSize: 1, precision: 'fp16', label: ' ' }, 'lanes[0].label'],
    ['four', 'lanes[0]: expected a lane such as 1xfp32 or 4xfp16, got "four".'],
    [null, 'lanes[0]: expected an object'],
  ])('%j is refused with its place', (lane, message) => {
    expect(() => parseLanes([lane])).toThrow(message);
  });

  test('a program needs at least one lane', () => {
    expect(() => parseLanes([])).toThrow('lanes: expected at least one lane');
  });
});
