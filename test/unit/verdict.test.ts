// Plan: sentences, word for word, for numbers made up; and just as many cases in which nothing may be said: of speed after a race, with virtual
// ranks, on the CPU; of memory where 16 bits are simulated; of a difference that chance explains.

import { describe, expect, test } from 'vitest';

import { english, formatVerdict } from '../../src/cli/verdict-text.ts';
import { judge, judgeRun } from '../../src/compare/verdict.ts';
import { subjectsOf } from '../../src/compare/subject.ts';
import type { LaneResult, Manifest, StepRow } from '../../src/runner/results.ts';
import { laneResult, runResults } from '../support/lane-result.ts';

/** What is said of the second lane. */
function sentences(lanes: readonly LaneResult[], manifest: Partial<Manifest> = {}): readonly string[] {
  return judgeRun(runResults(lanes, manifest)).lanes[1]?.clauses.map((clause) => english('verdict', clause)) ?? [];
}

const markOf = (lanes: readonly LaneResult[]) => judgeRun(runResults(lanes)).lanes[1]?.mark;

const steady = (count: number, stepMs: number): readonly StepRow[] =>
  Array.from({ length: count }, (_, index) => ({ step: index + 1, loss: 1, stepMs }));

/** A lane of 60 steps of so many milliseconds each. */
const timed = (shortForm: string, stepMs: number, numbers: Partial<LaneResult> = {}): LaneResult =>
  laneResult(shortForm, { steps: 60, series: steady(60, stepMs), medianStepMs: stepMs, ...numbers });

const bytes = (peakMb: number) => ({ weights: 0, optimizer: 0, graph: 0, peak: peakMb * 1024 ** 2 });

describe('weights', () => {
  const pair = (distance: number) => [
    laneResult('1xfp32', { weightsHash: 'aa', distanceToBaseline: 0 }),
    laneResult('4xfp32', { weightsHash: 'bb', distanceToBaseline: distance }),
  ];

  test('that differ by rounding are equal', () => {
    expect(sentences(pair(3e-7))).toEqual(['equals 1xfp32 (weights differ by 3.0e-7)']);
    expect(markOf(pair(3e-7))).toBe('same');
  });

  test('are equal up to 1e-4, and above that are other weights', () => {
    expect(sentences(pair(1e-4))).toEqual(['equals 1xfp32 (weights differ by 1.0e-4)']);
    expect(sentences(pair(1.01e-4))).toEqual(['has other weights than 1xfp32 (they differ by 1.0e-4)']);
    expect(markOf(pair(0.3))).toBe('differs');
  });

  test('with the same hash are the same bits, whatever else', () => {
    const lanes = [laneResult('1xfp32', { weightsHash: 'aa' }), laneResult('2xfp32', { weightsHash: 'aa' })];
    expect(sentences(lanes)).toEqual(['has the same weights as 1xfp32, to the last bit']);
  });

  test('of which nothing is known are not spoken of', () => {
    expect(sentences([laneResult('1xfp32'), laneResult('4xfp32')])).toEqual(['has nothing that could be compared']);
    expect(markOf([laneResult('1xfp32'), laneResult('4xfp32')])).toBe('open');
  });

  test('of another run are compared by their bits alone: the distance is to the first lane of their own', () => {
    const [mine] = subjectsOf(runResults([laneResult('4xfp32', { weightsHash: 'bb', distanceToBaseline: 0 })]));
    const [other] = subjectsOf(runResults([laneResult('1xfp32', { weightsHash: 'aa', distanceToBaseline: 0 })]));
    if (mine === undefined || other === undefined) throw new Error('expected two subjects');
    expect(judge(mine, other).clauses.map(({ key }) => key)).toEqual(['nothing']);
  });
});

describe('a baseline from another run', () => {
  const [pinned] = subjectsOf(
    runResults([laneResult('1xfp32', { label: 'yesterday', weightsHash: 'aa', final: { loss: 0.5 } })], { codeHash: 'old' }),
  );
  if (pinned === undefined) throw new Error('expected a subject');

  test('is what every lane is compared with, the first too', () => {
    const lanes = [laneResult('1xfp32', { weightsHash: 'aa' }), laneResult('4xfp32', { final: { loss: 0.6 } })];
    const { lanes: said, fairness } = judgeRun(runResults(lanes), pinned);
    expect(said.map(({ name, mark, indexes }) => [name, mark, indexes])).toEqual([
      ['yesterday', 'baseline', []],
      ['1xfp32', 'same', [0]],
      ['4xfp32', 'differs', [1]],
    ]);
    expect(said[2]?.clauses.map((clause) => english('verdict', clause))[0]).toContain('yesterday with 0.5');
    expect(fairness?.find(({ id }) => id === 'program')?.status).toBe('unknown');
  });

  test('says nothing of a run that has no lanes', () => {
    expect(judgeRun(runResults([]), pinned)).toEqual({ lanes: [], fairness: null });
  });
});

describe('accuracy', () => {
  const reached = (shortForm: string, testAccuracy: number, testSampleCount: number | null = 2000) =>
    laneResult(shortForm, { final: { loss: 0.1, testLoss: 0.2, testAccuracy }, testSampleCount });

  test('that a test set of its size cannot tell apart shows no difference', () => {
    expect(sentences([reached('1xfp32', 0.955), reached('1xfp16', 0.953)])).toEqual([
      'shows no difference in accuracy (95.30 %, 1xfp32 95.50 %; 2,000 test samples tell 1.3 points or more)',
    ]);
  });

  test('that differs by more is told with what chance leaves, and that it was one seed', () => {
    expect(sentences([reached('1xfp32', 0.951), reached('1xfp16', 0.912)])).toEqual([
      'reached 91.20 % accuracy, 1xfp32 95.10 %: more than 2,000 test samples leave to chance (1.6 points), though with one seed each',
    ]);
    expect(markOf([reached('1xfp32', 0.951), reached('1xfp16', 0.912)])).toBe('differs');
  });

  test('on a test set of unknown size is told without a judgement', () => {
    const lanes = [reached('1xfp32', 0.951, null), reached('1xfp16', 0.912, null)];
    expect(sentences(lanes)[0]).toContain('on how many test samples is not known');
    expect(markOf(lanes)).toBe('open');
  });

  test('is not spoken of where weights are equal, which makes it equal', () => {
    const [a, b] = [reached('1xfp32', 0.95), reached('4xfp32', 0.95)];
    expect(sentences([a, { ...b, distanceToBaseline: 2e-6 }])).toEqual(['equals 1xfp32 (weights differ by 2.0e-6)']);
  });

  test('that is missing leaves the loss, which is equal to rounding or told as it is', () => {
    const lost = (loss: number) => laneResult('1xfp32', { final: { loss } });
    expect(sentences([lost(0.5), lost(0.5)])).toEqual(['ended with the same loss, 0.5']);
    expect(sentences([lost(0.5), lost(0.500001)])).toEqual(['ended with the same loss, 0.5, but for rounding (2.0e-6 of it)']);
    expect(sentences([lost(0.5), lost(0.6)])).toEqual([
      'ended with a loss of 0.6, 1xfp32 with 0.5; one seed each, so that chance is not ruled out',
    ]);
  });
});

describe('the target', () => {
  const toTarget = (step: number | null) => ({ metric: 'testAccuracy', value: 0.95, step, trainMs: null });
  const pair = (step: number | null, baselineStep: number | null) => [
    laneResult('1xfp32', { steps: 300, toTarget: toTarget(baselineStep) }),
    laneResult('4xfp32', { steps: 300, toTarget: toTarget(step) }),
  ];

  test.each([
    [120, 140, ['reached 95 % after 120 steps, 1xfp32 after 140']],
    [140, 140, ['reached 95 % at the same evaluation as 1xfp32, after 140 steps']],
    [120, null, ['reached 95 % after 120 steps, 1xfp32 not in 300']],
    [null, 140, ['did not reach 95 % in 300 steps, 1xfp32 did after 140']],
    [null, null, ['has nothing that could be compared']],
  ])('reached after %s steps, and by the baseline after %s', (step, baselineStep, expected) => {
    expect(sentences(pair(step, baselineStep))).toEqual(expected);
  });
});

describe('what a lane cost', () => {
  test('is told as a ratio, of memory and of time', () => {
    const lanes = [timed('1xfp32', 20, { bytes: bytes(100) }), timed('1xfp16', 38, { bytes: bytes(58), skippedSteps: 3 })];
    expect(sentences(lanes)).toEqual(['needed 0.58 × the memory of 1xfp32', 'took 1.9 × the time per step of 1xfp32', 'skipped 3 steps']);
  });

  test('with other ranks is told together with what they share', () => {
    const lanes = [timed('1xfp32', 20, { bytes: bytes(100) }), timed('4xfp32', 38, { bytes: bytes(50) })];
    expect(sentences(lanes)).toEqual([
      'needed 0.5 × the memory of 1xfp32 on each rank',
      'took 1.9 × the time per step of 1xfp32, with 4 ranks sharing this one machine',
    ]);
  });

  test('is about the same within what one lane’s own times drift by', () => {
    expect(sentences([timed('1xfp32', 20), timed('1xfp16', 21.9)])).toEqual(['took about the same time per step']);
    expect(sentences([timed('1xfp32', 20), timed('1xfp16', 22.1)])).toEqual(['took 1.1 × the time per step of 1xfp32']);
  });

  test('is not told from a handful of steps', () => {
    const few = (shortForm: string, medianStepMs: number) => laneResult(shortForm, { steps: 49, medianStepMs });
    expect(sentences([few('1xfp32', 20), few('1xfp16', 80)])).toEqual(['has nothing that could be compared']);
  });

  const says = (lanes: readonly LaneResult[], manifest: Partial<Manifest> = {}) => sentences(lanes, manifest).join('; ');

  test.each([
    ['after a race', [timed('1xfp32', 20), timed('1xfp16', 80)], { schedule: 'race' }, 'has no time that compares: raced'],
    ['on the CPU', [timed('1xfp32', 20), timed('4xfp32', 80)], { backend: 'cpu', preset: 'cpu' }, 'has no time that compares: the device'],
    ['with virtual ranks', [timed('1xfp32', 20), timed('4xfp32+virtual', 80)], {}, 'has no time that compares: virtual ranks'],
    [
      'with a straggler on purpose',
      [timed('4xfp32', 20), timed('4xfp32+fault=delay:1@50ms', 80)],
      {},
      'has no time that compares: a straggler on purpose',
    ],
  ] as const)('is not compared %s', (_, lanes, manifest, expected) => {
    expect(says(lanes, manifest)).toBe(expected);
  });

  test('makes no claim for 16 bits that are simulated, neither of speed nor of memory', () => {
    const lanes = [timed('1xfp32', 20, { bytes: bytes(100) }), timed('1xfp16', 80, { bytes: bytes(58), f16: 'simulated' })];
    expect(says(lanes)).toBe('has no time that compares: FP16 is not the same kind, or simulated');
  });

  test('is not compared where the baseline’s own times drifted', () => {
    const drifting = [...steady(60, 20), ...steady(60, 26)];
    expect(says([timed('1xfp32', 20, { series: drifting }), timed('1xfp16', 40)])).toBe('has no time that compares: times drifted');
  });

  test('is silent about memory that nobody counted', () => {
    // What the first lane's device holds from testing itself is no memory of that lane.
    expect(says([timed('1xfp32', 20, { bytes: bytes(0.13) }), timed('1xfp16', 20, { bytes: bytes(0.01) })])).not.toContain('memory');
    expect(says([timed('1xfp32', 20, { bytes: null }), timed('1xfp16', 20, { bytes: bytes(5) })])).not.toContain('memory');
  });
});

describe('an unfair comparison', () => {
  test('is called that before anything else, and its time is not told', () => {
    const lanes = [timed('1xfp32', 20), timed('1xfp32+batch=512', 80)];
    expect(sentences(lanes)).toEqual(['is not a fair comparison with 1xfp32: global batch differs, learning rate differs']);
    expect(markOf(lanes)).toBe('unfair');
  });

  test('names what was done by hand, broken or lost', () => {
    const byHand = [laneResult('1xfp32'), laneResult('4xfp32', { learningRateChanges: [{ step: 5, learningRate: 1 }] })];
    expect(sentences(byHand)[0]).toBe('is not a fair comparison with 1xfp32: learning rate differs');
    expect(sentences([laneResult('1xfp32'), laneResult('4xfp32+break=sum')])[0]).toContain(': broken on purpose');
    const lost = laneResult('4xfp32+elastic', { membershipChanges: [{ step: 3, lostRank: 1, worldSize: 3 }] });
    expect(sentences([laneResult('1xfp32'), lost])[0]).toContain(': ranks were lost');
  });
});

describe('a lane that did not come to its end', () => {
  test('is not compared, nor is anything with it', () => {
    const failed = laneResult('1xfp32', { state: 'failed', steps: 4 });
    expect(sentences([laneResult('1xfp32'), failed])).toEqual(['failed after 4 steps: nothing to compare']);
    expect(sentences([failed, laneResult('4xfp32')])).toEqual(['has nothing to be compared with: 1xfp32 did not come to its end']);
    const stopped = laneResult('1xfp32', { state: 'stopped', steps: 4 });
    expect(sentences([laneResult('1xfp32'), stopped])).toEqual(['was stopped after 4 steps: nothing to compare']);
  });

  test('says when its loss was no number, or its ranks came apart', () => {
    expect(sentences([laneResult('1xfp32'), laneResult('1xfp16', { final: { loss: null } })])).toEqual([
      'ended with a loss that is no finite number',
    ]);
    expect(sentences([laneResult('4xfp32'), laneResult('4xfp32', { replicasAgree: false })])).toEqual([
      'ended with different weights on its ranks',
    ]);
  });
});

describe('repeats', () => {
  const repeats = (group: string, accuracies: readonly number[]): readonly LaneResult[] =>
    accuracies.map((testAccuracy, index) =>
      laneResult(group, {
        label: `${group} seed ${42 + index}`,
        seed: 42 + index,
        repeat: { group, index, count: accuracies.length },
        final: { loss: 0.1, testAccuracy },
        testSampleCount: 2000,
      }),
    );
  const said = (own: readonly number[], others: readonly number[]) =>
    sentences([...repeats('1xfp32', others), ...repeats('1xfp16', own)]).join('; ');

  test('whose spreads overlap show no difference', () => {
    expect(said([0.95, 0.96, 0.94], [0.945, 0.955, 0.965])).toBe(
      'reached accuracy 95.00 % (94.00 % to 96.00 %), 1xfp32 95.50 % (94.50 % to 96.50 %): a difference inside the spread of 3 seeds, no difference shown',
    );
  });

  test('that are apart with three seeds each prove nothing yet: chance does that once in ten times', () => {
    expect(said([0.95, 0.96, 0.94], [0.91, 0.92, 0.93])).toContain('3 seeds are few, and chance alone does that with p = 0.1');
  });

  test('that are apart with four seeds each are a difference: 2 of the 70 orders', () => {
    expect(said([0.95, 0.96, 0.94, 0.97], [0.91, 0.92, 0.93, 0.9])).toContain('more than 4 seeds leave to chance (p = 0.029)');
  });

  test('of five seeds are judged by Welch’s test, whose p SciPy knows', () => {
    expect(said([0.951, 0.953, 0.949, 0.955, 0.952], [0.944, 0.947, 0.941, 0.949, 0.943])).toContain('(p = 0.0042)');
    expect(said([0.1, 0.2, 0.3, 0.4, 0.5], [0.2, 0.3, 0.4, 0.5, 0.6])).toContain('no difference shown');
  });

  test('a lane that was run once has a value, no spread', () => {
    const lanes = [...repeats('1xfp32', [0.9, 0.92]), laneResult('1xfp16', { final: { loss: 0.1, testAccuracy: 0.91 } })];
    expect(sentences([...lanes.slice(0, 2), ...lanes.slice(2)])[0]).toBe(
      'reached accuracy 91.00 %, 1xfp32 91.00 % (90.00 % to 92.00 %): a difference inside the spread of 2 seeds, no difference shown',
    );
  });

  test('whose weights differ and whose spreads are apart by chance alone are left open', () => {
    const [a, b] = [repeats('1xfp32', [0.9, 0.92]), repeats('1xfp16', [0.95, 0.96])];
    expect(markOf([...a, ...b.map((lane) => ({ ...lane, distanceToBaseline: 0.3 }))])).toBe('open');
  });

  test('against a lane that was run once are compared as seeds, and are a fair comparison', () => {
    const lanes = [laneResult('1xfp32', { final: { loss: 0.1, testAccuracy: 0.9 } }), ...repeats('1xfp16', [0.95, 0.96, 0.94])];
    const [, verdict] = judgeRun(runResults(lanes)).lanes;
    expect(verdict?.indexes).toEqual([1, 2, 3]);
    expect(verdict?.mark).toBe('open'); // one of four is the least: one order in two
    expect(verdict?.clauses.map(({ key }) => key)).toEqual(['seeds.few']);
  });

  test('are compared seed by seed where their weights are known', () => {
    const [first, ...others] = repeats('1xfp32', [0.9, 0.9]);
    const four = repeats('4xfp32', [0.9, 0.9]).map((lane, index) => ({ ...lane, distanceToBaseline: [2e-7, 4e-7][index] ?? null }));
    if (first === undefined) throw new Error('expected a lane');
    expect(sentences([first, ...others, ...four])).toEqual(['equals 1xfp32 (weights differ by 4.0e-7)']);
  });
});

describe('in the terminal', () => {
  test('there is a line for every lane but the first, and one on fairness with what is not known', () => {
    const lanes = [laneResult('1xfp32', { distanceToBaseline: 0 }), laneResult('4xfp32', { distanceToBaseline: 3e-7 })];
    expect(formatVerdict(runResults(lanes))).toEqual([
      '✓ 4xfp32 equals 1xfp32 (weights differ by 3.0e-7).',
      'Fair as far as is known: 11 of 12, 1 not known',
    ]);
  });

  test('what made a comparison unfair is told below', () => {
    expect(formatVerdict(runResults([laneResult('1xfp32'), laneResult('1xfp32+batch=64+lrScaling=none')]))).toEqual([
      '! 1xfp32+batch=64+lrScaling=none is not a fair comparison with 1xfp32: global batch differs.',
      'Not a fair comparison: 10 of 12',
      '  Global batch: 1xfp32+batch=64+lrScaling=none: 64 samples per step. 1xfp32: 32.',
    ]);
  });

  test('a run of one lane has nothing to judge', () => {
    expect(formatVerdict(runResults([laneResult('1xfp32')]))).toEqual([]);
    expect(formatVerdict(runResults([]))).toEqual([]);
  });
});
