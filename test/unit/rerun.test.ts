// Plan: what is asked for to get a recorded lane again, through the text that a run takes; and records that are none.

import { describe, expect, test } from 'vitest';

import { readResults } from '../../src/compare/read-results.ts';
import { rerunOf, rerunsOf } from '../../src/compare/rerun.ts';
import { formatLane, parseLaneList } from '../../src/train/lane.ts';
import { laneResult, runResults } from '../support/lane-result.ts';

const lanes = [
  laneResult('1xfp32'),
  laneResult('4xfp16+ring+lossScale=off', { label: 'a, b+c' }),
  laneResult('1xfp32', { label: '1xfp32 seed 43', seed: 43, repeat: { group: '1xfp32', index: 1, count: 2 } }),
];
const { manifest } = runResults(lanes);

describe('a recorded lane', () => {
  test('is asked for by its short form, its name, its own seed and the steps of the run', () => {
    const reruns = lanes.map((lane) => rerunOf({ manifest, lane }));
    expect(reruns.map(({ seed, steps }) => [seed, steps])).toEqual([
      [42, 10],
      [42, 10],
      [43, 10],
    ]);
    const again = reruns.flatMap((rerun) => parseLaneList(rerun.lanes));
    expect(again.map(formatLane)).toEqual(lanes.map(({ shortForm }) => shortForm));
    expect(again.map(({ label }) => label)).toEqual(lanes.map(({ label }) => label));
  });

  test('of a program that decides itself how long it trains is not told', () => {
    const [lane = laneResult('1xfp32')] = lanes;
    expect(rerunOf({ manifest: { ...manifest, steps: null }, lane })).toEqual({ lanes: '1xfp32', seed: 42, kernelVariants: {} });
  });

  test('takes the implementations of kernels that it ran with, and of those only what is one', () => {
    const [lane = laneResult('1xfp32')] = lanes;
    const recorded = { 'matMul/nn-large': 'stock', 'matMul/nt-large': 'fetch(1)', 'no-such/nn-large': 'stock', 'matMul/a b': 'tall' };
    expect(rerunOf({ manifest: { ...manifest, kernelVariants: recorded }, lane }).kernelVariants).toEqual({ 'matMul/nn-large': 'stock' });
    const file = JSON.parse(JSON.stringify(runResults(lanes, { kernelVariants: recorded }))) as unknown;
    expect(readResults(file).manifest.kernelVariants).toEqual({ 'matMul/nn-large': 'stock' });
  });

  test('is run together with those of the same seed', () => {
    const reruns = rerunsOf(manifest, lanes);
    expect(reruns.map(({ rerun }) => rerun.seed)).toEqual([42, 43]);
    expect(reruns.map((each) => each.lanes.map(({ label }) => label))).toEqual([['1xfp32', 'a, b+c'], ['1xfp32 seed 43']]);
    expect(parseLaneList(reruns[0]?.rerun.lanes ?? '').map(({ label }) => label)).toEqual(['1xfp32', 'a, b+c']);
  });
});

describe('a results file', () => {
  const file = (): Record<string, unknown> => JSON.parse(JSON.stringify(runResults(lanes))) as Record<string, unknown>; // of our own making

  test('is what was written', () => {
    expect(readResults(file())).toEqual(runResults(lanes));
  });

  test('from before lanes had seeds of their own has the run’s in all', () => {
    const { seed: _seed, repeat: _repeat, ...old } = laneResult('1xfp32');
    expect(readResults({ ...file(), lanes: [old] }).lanes[0]).toMatchObject({ seed: 42, repeat: null });
  });

  test.each([
    [null, 'results: expected an object, got null.'],
    [{ schemaVersion: 2 }, 'schemaVersion: expected 1, got 2.'],
    [{ schemaVersion: 1 }, 'manifest: expected an object, got undefined.'],
    [{ ...file(), manifest: { ...manifest, seed: null } }, 'manifest.seed: expected a number, got null.'],
    [{ ...file(), lanes: {} }, 'lanes: expected a list, got {}.'],
    [{ ...file(), lanes: [3] }, 'lanes[0]: expected an object, got 3.'],
    [{ ...file(), lanes: [{ ...lanes[0], label: 1 }] }, 'lanes[0].label: expected a text, got 1.'],
    [
      { ...file(), lanes: [{ ...lanes[0], series: [{ step: 1 }, { loss: 2 }] }] },
      'lanes[0].series[1].step: expected a number, got {"loss":2}.',
    ],
  ])('that is none is refused by the place: %#', (value, message) => {
    expect(() => readResults(value)).toThrow(message);
  });
});
