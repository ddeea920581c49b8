// Plan: every item of the checklist, once as it should be and once not, within a run and between two; the line that sums it up.

import { describe, expect, test } from 'vitest';

import { checkAll, checkFairness, fairnessIds, summaryOf } from '../../src/compare/fairness.ts';
import type { FairnessId } from '../../src/compare/fairness.ts';
import { subjectsOf } from '../../src/compare/subject.ts';
import type { Subject } from '../../src/compare/subject.ts';
import type { LaneResult, Manifest } from '../../src/runner/results.ts';
import { laneResult, runResults } from '../support/lane-result.ts';

function subject(lane: LaneResult, manifest: Partial<Manifest> = {}): Subject {
  const [only] = subjectsOf(runResults([lane], manifest));
  if (only === undefined) throw new Error('subject: expected one.');
  return only;
}

/** The items that are not as they should be, with their findings. */
function amiss(a: Subject, b: Subject): Readonly<Record<string, readonly string[]>> {
  const items = checkFairness(a, b).filter(({ status }) => status !== 'ok');
  return Object.fromEntries(items.map(({ id, findings }) => [id, findings.map(({ key }) => key)]));
}

const half = (count: number, stepMs: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ step: from + index + 1, loss: 1, stepMs }));
const long = (numbers: Partial<LaneResult> = {}) => laneResult('1xfp32', { series: half(120, 20), ...numbers });

describe('a comparison', () => {
  test('of two lanes of a run that differ in nothing that counts is fair in every point', () => {
    const [a, b] = subjectsOf(runResults([long(), long({ label: 'b' })]));
    if (a === undefined || b === undefined) throw new Error('expected two');
    const items = checkFairness(b, a);
    expect(summaryOf(items)).toEqual({ key: 'all', ok: 12, count: 12, unknown: 0 });
    const rare = new Set<FairnessId>(['f16', 'virtual', 'straggler']);
    expect(items.map(({ id }) => id)).toEqual(fairnessIds.filter((id) => !rare.has(id)));
  });

  test.each<[string, LaneResult, Partial<Manifest>, Readonly<Record<string, readonly string[]>>]>([
    ['another seed', long({ seed: 7 }), {}, { seed: ['seed.differs'] }],
    ['another text', long(), { codeHash: 'beef' }, { program: ['program.changed'], data: ['data.unknown'] }],
    ['a text nobody kept', long(), { codeHash: null }, { program: ['program.unknown'], data: ['data.unknown'] }],
    ['more steps', long({ steps: 11 }), {}, { steps: ['steps.differs'] }],
    ['another batch of the program', long(), { globalBatch: 64 }, { globalBatch: ['globalBatch.differs'] }],
    ['a loop of its own', long(), { globalBatch: null }, { globalBatch: ['globalBatch.unknown'] }],
    ['a change by hand', long({ learningRateChanges: [{ step: 3, learningRate: 1 }] }), {}, { learningRate: ['learningRate.byHand'] }],
    ['a race', long(), { schedule: 'race' }, { schedule: ['schedule.race'] }],
    [
      'another adapter',
      long(),
      { adapter: { vendor: 'nvidia', architecture: '', device: '', description: '' } },
      { device: ['device.differs'] },
    ],
    ['an adapter of the same name that can do more', long(), { features: ['shader-f16'] }, { device: ['device.differs'] }],
    ['another browser', long(), { userAgent: 'other' }, { device: ['device.differs'] }],
    ['another autotune table', long(), { kernelVariants: { 'matMul/nn-large': 'stock' } }, { kernelVariants: ['kernelVariants.differs'] }],
    ['the CPU', long(), { backend: 'cpu' }, { device: ['device.cpu'] }],
    ['a mistake on purpose', { ...long(), shortForm: '4xfp32+break=sum' }, {}, { breakers: ['breakers.on'] }],
    ['a late rank', { ...long(), shortForm: '4xfp32+fault=delay:1@50ms' }, {}, { straggler: ['straggler.on'] }],
    ['virtual ranks', { ...long(), shortForm: '4xfp32+virtual', virtual: true }, {}, { virtual: ['virtual.on'] }],
    ['simulated 16 bits', { ...long(), precision: 'fp16', f16: 'simulated' }, {}, { f16: ['f16.simulated'] }],
    ['drifting times', long({ series: [...half(60, 20), ...half(60, 23, 60)] }), {}, { drift: ['drift.moved'] }],
    ['too few steps', long({ series: half(109, 20) }), {}, { drift: ['drift.unknown'] }],
    ['options of another version', { ...long(), shortForm: '1xfp32+colour=red' }, {}, {}],
  ])('with %s says so', (_, lane, manifest, expected) => {
    expect(amiss(subject(lane, manifest), subject(long()))).toEqual(expected);
  });

  test('whose adapter the browser hides leaves the device open between runs, not within one', () => {
    const adapter = { vendor: '', architecture: '', device: '', description: '' };
    expect(amiss(subject(long(), { adapter }), subject(long(), { adapter }))).toEqual({ device: ['device.unknown'] });
    const [a, b] = subjectsOf(runResults([long(), long()], { adapter }));
    if (a === undefined || b === undefined) throw new Error('expected two');
    expect(amiss(b, a)).toEqual({});
  });

  test('with the same change by hand in both is fair', () => {
    const changed = long({ learningRateChanges: [{ step: 3, learningRate: 1 }] });
    expect(amiss(subject(changed), subject(changed))).toEqual({});
  });

  test('of a larger batch scales the learning rate, unless told not to', () => {
    const larger = { ...long(), shortForm: '1xfp32+batch=128' };
    expect(Object.keys(amiss(subject(larger), subject(long())))).toEqual(['globalBatch', 'learningRate']);
    const unscaled = { ...long(), shortForm: '1xfp32+batch=128+lrScaling=none' };
    expect(Object.keys(amiss(subject(unscaled), subject(long())))).toEqual(['globalBatch']);
  });

  test('of repeats takes how far their times are apart', () => {
    const repeat = (index: number, medianStepMs: number) =>
      long({ medianStepMs, seed: 42 + index, repeat: { group: '1xfp32', index, count: 2 } });
    const [apart] = subjectsOf(runResults([repeat(0, 20), repeat(1, 23)]));
    const [near] = subjectsOf(runResults([repeat(0, 20), repeat(1, 21)]));
    if (apart === undefined || near === undefined) throw new Error('expected two');
    expect(amiss(apart, near)).toEqual({ drift: ['drift.moved'] });
    expect(amiss(near, near)).toEqual({});
  });
});

describe('the line that sums a checklist up', () => {
  const line = (lane: LaneResult, manifest: Partial<Manifest> = {}) =>
    summaryOf(checkFairness(subject(lane, manifest), subject(long()))).key;

  test('tells an unfair comparison from one of which only the cost is spoiled, and from one that is not wholly known', () => {
    expect(line(long())).toBe('all');
    expect(line(long({ seed: 1 }), { schedule: 'race' })).toBe('not');
    expect(line(long(), { schedule: 'race' })).toBe('costs');
    expect(line(long(), { codeHash: 'beef' })).toBe('open');
  });

  test('of several lanes names a finding about the baseline once', () => {
    const [baseline, ...others] = subjectsOf(runResults([long({ series: [...half(60, 20), ...half(60, 40, 60)] }), long(), long()]));
    if (baseline === undefined) throw new Error('expected a baseline');
    const drift = checkAll(others, baseline).find(({ id }) => id === 'drift');
    expect(drift?.findings.map(({ params }) => params['lane'])).toEqual(['1xfp32']);
  });
});
