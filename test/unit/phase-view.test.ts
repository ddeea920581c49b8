// Plan: the picture of a tensor agrees with its values, counted and summed by hand; forged pictures do not pass.

import { describe, expect, test } from 'vitest';
import { createPrng } from '../../src/core/prng.ts';
import { parseReplicaMessage } from '../../src/runner/checked-telemetry.ts';
import { mostHeatmapSide, toPhaseView } from '../../src/train/phase-view.ts';
import type { PhaseView } from '../../src/train/telemetry.ts';

const view = (shape: readonly number[], values: readonly number[]): PhaseView =>
  toPhaseView({ phase: 'gradient', step: 3, rank: 1, weight: 'dense/kernel', shape }, Float32Array.from(values));

describe('a phase view', () => {
  test('of a small matrix holds its values, its moments and its counts', () => {
    const seen = view([2, 3], [1, -2, 0, 4, 0, 3]);
    expect(seen.heatmap).toEqual({ rows: 2, columns: 3, values: [1, -2, 0, 4, 0, 3] });
    expect(seen).toMatchObject({ smallest: -2, largest: 4, mean: 1, zeroCount: 2, nonFiniteCount: 0, valueCount: 6, step: 3, rank: 1 });
    expect(seen.deviation).toBeCloseTo(Math.sqrt((0 + 9 + 1 + 9 + 1 + 4) / 6), 12);
  });

  test('has a histogram that counts every finite value once, with zero in the middle bin where signs differ', () => {
    const prng = createPrng(5);
    const values = Array.from({ length: 1000 }, () => prng.normal());
    const { histogram } = view([1000], values);
    expect(histogram.from).toBe(-histogram.to);
    expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(1000);
    const width = (histogram.to - histogram.from) / histogram.counts.length;
    const middle = histogram.counts.length >> 1;
    const expected = values.filter((value) => Math.fround(value) >= -width / 2 && Math.fround(value) < width / 2).length;
    expect(histogram.counts[middle]).toBe(expected);
  });

  test('of one repeated value, of nothing finite and of no value at all is still a picture', () => {
    expect(view([4], [2, 2, 2, 2]).histogram).toMatchObject({ from: 2, to: 2 });
    expect(view([4], [2, 2, 2, 2]).histogram.counts[0]).toBe(4);
    expect(view([2], [Number.NaN, Number.POSITIVE_INFINITY])).toMatchObject({ nonFiniteCount: 2, mean: 0, deviation: 0 });
    expect(view([0, 3], []).heatmap).toEqual({ rows: 0, columns: 3, values: [] });
  });

  test('of a large tensor shows the value of largest magnitude in each cell, sign kept, and NaN where there is one', () => {
    const side = mostHeatmapSide * 4;
    const values = Array.from({ length: side * side }, () => 0.5);
    values[5 * side + 9] = -7; // cell (1, 2)
    values[side * side - 1] = Number.NaN; // the last cell
    const { heatmap } = view([side, side], values);
    expect([heatmap.rows, heatmap.columns]).toEqual([mostHeatmapSide, mostHeatmapSide]);
    expect(heatmap.values[1 * mostHeatmapSide + 2]).toBe(-7);
    expect(heatmap.values.at(-1)).toBeNaN();
    expect(heatmap.values[0]).toBe(0.5);
  });

  test('of a convolution has output channels across and all else down', () => {
    const { heatmap } = view([2, 2, 1, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(heatmap).toMatchObject({ rows: 4, columns: 3 });
    expect(heatmap.values.slice(0, 3)).toEqual([1, 2, 3]);
  });
});

describe('what a replica says about the inside of a step', () => {
  const good = view([2, 3], [1, -2, 0, 4, 0, 3]);
  const parse = (event: unknown) => {
    const message = parseReplicaMessage({ type: 'events', events: [event] });
    return message?.type === 'events' ? message.events : null;
  };

  test('passes as it is', () => {
    expect(parse({ type: 'inside', view: good })).toEqual([{ type: 'inside', view: good }]);
    const weights = [{ name: 'dense/kernel', shape: [2, 3] }];
    expect(parse({ type: 'weights', weights })).toEqual([{ type: 'weights', weights }]);
  });

  test.each([
    ['an unknown phase', { ...good, phase: 'constructor' }],
    ['text for a number', { ...good, mean: '<b>' }],
    ['a heat-map of the wrong size', { ...good, heatmap: { rows: 2, columns: 2, values: [1] } }],
    ['a histogram without end', { ...good, histogram: { from: 0, to: 1, counts: Array.from({ length: 1e5 }, () => 1) } }],
    ['no shape', { ...good, shape: null }],
  ])('is dropped with %s', (_what, forged) => {
    expect(parse({ type: 'inside', view: forged })).toEqual([]);
  });

  test('weights that are none are left out', () => {
    expect(parse({ type: 'weights', weights: [{ name: 7 }, { name: 'a', shape: ['x'] }, { name: 'b', shape: [1] }] })).toEqual([
      { type: 'weights', weights: [{ name: 'b', shape: [1] }] },
    ]);
  });
});
