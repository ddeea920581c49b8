// Plan: a record compared with a re-run that is the same, that differs in one loss, one metric, one evaluation or the weights alone, that ended
// elsewhere, that ran elsewhere; and records that somebody had a hand in, of which only the beginning can be repeated.

import { describe, expect, test } from 'vitest';

import { english } from '../../src/cli/verdict-text.ts';
import { elsewhereTolerance, isConfirmed, verifyLane, verifySentences } from '../../src/compare/verify.ts';
import type { RecordedLane } from '../../src/compare/verify.ts';
import type { LaneResult, Manifest } from '../../src/runner/results.ts';
import { laneResult, runResults } from '../support/lane-result.ts';

/** Forty steps of a loss that falls, times that are never the same twice, and two evaluations. */
const recorded = laneResult('4xfp32', {
  steps: 40,
  series: Array.from({ length: 40 }, (_, index) => ({
    step: index + 1,
    loss: 2 / (index + 1),
    stepMs: index * 1.37,
    gradNorm: 3 - index / 40,
  })),
  evals: [
    { step: 20, testLoss: 0.3, testAccuracy: 0.9 },
    { step: 40, testLoss: 0.2, testAccuracy: 0.95 },
  ],
  weightsHash: '0a1b2c3d',
});

const again: LaneResult = { ...recorded, series: recorded.series.map((row) => ({ ...row, stepMs: row.stepMs + 5 })), medianStepMs: 99 };

const place = (lane: LaneResult, manifest: Partial<Manifest> = {}): RecordedLane => ({ lane, manifest: runResults([], manifest).manifest });
const verify = (record: LaneResult, rerun: LaneResult, manifest: Partial<Manifest> = {}) =>
  verifyLane(place(record), place(rerun, manifest));
const words = (...args: Parameters<typeof verify>) => verifySentences(verify(...args)).map((sentence) => english('verify', sentence));

/** The lane with one number of a step in the place of what it was. */
const doctored = (lane: LaneResult, step: number, change: Readonly<Record<string, number | null>>): LaneResult => ({
  ...lane,
  series: lane.series.map((row) => (row.step === step ? { ...row, ...change } : row)),
});

describe('a lane that is run again', () => {
  test('with the same numbers is bit-identical, however long it took', () => {
    expect(verify(recorded, again)).toMatchObject({ outcome: 'identical', steps: 40, isWhole: true, first: null, furthest: 0 });
    expect(words(recorded, again)).toEqual(['bit-identical in all 40 steps']);
  });

  test('is caught at the step where its record was doctored, by the last digit', () => {
    const loss = (recorded.series[16]?.loss ?? 0) * (1 + Number.EPSILON);
    const verification = verify(doctored(recorded, 17, { loss }), again);
    expect(verification).toMatchObject({ outcome: 'differs', first: { step: 17, name: 'loss' } });
    expect(isConfirmed(verification)).toBe(false);
    expect(words(doctored(recorded, 17, { loss: 1 }), again)).toEqual([
      'first differs at step 17: loss 0.11764705882352941, recorded 1',
      'losses differ by 0.88 at most',
    ]);
  });

  test('is caught where a step was taken out of the record, or evaluations were', () => {
    expect(verify({ ...recorded, series: recorded.series.filter(({ step }) => step !== 9) }, again).first).toMatchObject({
      step: 9,
      recorded: null,
    });
    expect(verify({ ...recorded, evals: [] }, again).first).toMatchObject({ step: 20, name: 'testLoss', recorded: null, again: 0.3 });
  });

  test('says no more steps are the same than the record has', () => {
    const bare = { ...recorded, series: [], evals: [] };
    expect(verify(bare, bare)).toMatchObject({ outcome: 'identical', steps: 0 });
  });

  test('names the earliest of several differences, a loss before a metric of the same step', () => {
    const record = doctored(doctored(recorded, 30, { loss: 9 }), 12, { gradNorm: 9 });
    expect(verify(record, again).first).toMatchObject({ step: 12, name: 'gradNorm' });
    expect(verify(doctored(recorded, 12, { gradNorm: 9, loss: 9 }), again).first).toMatchObject({ step: 12, name: 'loss' });
  });

  test('takes a loss that was not finite for what it is', () => {
    const broken = doctored(recorded, 5, { loss: null });
    expect(verify(broken, broken).outcome).toBe('identical');
    expect(words(broken, again)[0]).toBe('first differs at step 5: loss 0.4, recorded –');
    expect(verify(recorded, broken, { userAgent: 'other' }).outcome).toBe('differs');
  });

  test('is compared in its evaluations and in what it logged, also where one of them logged more', () => {
    const evals = recorded.evals.map((row) => (row.step === 40 ? { ...row, testAccuracy: 0.96 } : row));
    expect(verify({ ...recorded, evals }, again).first).toEqual({ step: 40, name: 'testAccuracy', recorded: 0.96, again: 0.95 });
    expect(verify(recorded, doctored(again, 3, { extra: 1 })).first).toMatchObject({ step: 3, name: 'extra', recorded: null });
    expect(verify(recorded, { ...again, evals: again.evals.slice(0, 1) }).first).toMatchObject({ step: 40, recorded: 0.2, again: null });
  });

  test('with other weights and the same losses says just that', () => {
    expect(words(recorded, { ...again, weightsHash: 'ffffffff' })).toEqual(['all losses are the same, the weights at the end are not']);
  });

  test('that ends earlier or fails has ended elsewhere', () => {
    const short = { ...again, steps: 12, series: again.series.slice(0, 12), state: 'failed' as const };
    const error = { code: 'x', message: 'no more', hint: null, lane: null, rank: null, place: null, stack: '' };
    expect(verify(recorded, { ...short, error }).outcome).toBe('ended');
    expect(words(recorded, { ...short, error })).toEqual(['ended elsewhere: failed after 12 steps, recorded 40: no more']);
    expect(words(recorded, { ...short, state: 'stopped' })).toEqual(['ended elsewhere: after 12 steps, recorded 40']);
  });
});

describe('on another device, browser or version', () => {
  const near = { ...again, weightsHash: 'ffffffff', series: again.series.map((row) => ({ ...row, loss: (row.loss ?? 0) * (1 + 1e-5) })) };

  test('the same bits are the same bits', () => {
    expect(words(recorded, again, { userAgent: 'other' })).toEqual(['bit-identical in all 40 steps']);
  });

  test('losses within the tolerance confirm the record, and the answer says how far they are and why', () => {
    const verification = verify(recorded, near, { userAgent: 'other', backend: 'webgl' });
    expect(verification).toMatchObject({ outcome: 'within', places: ['device', 'browser'], first: { step: 1, name: 'loss' } });
    expect(isConfirmed(verification)).toBe(true);
    expect(words(recorded, near, { versions: { lockstep: '9', tfjs: '0' } })).toEqual([
      'within tolerance in all 40 steps (losses differ by 1.0e-5 at most)',
      'with another version, whose bits may differ',
    ]);
  });

  test('losses beyond it do not, nor does anything in the same place', () => {
    expect(verify(recorded, near).outcome).toBe('differs');
    const far = { ...again, series: again.series.map((row) => ({ ...row, loss: (row.loss ?? 0) * (1 + 2 * elsewhereTolerance.fp32) })) };
    expect(verify(recorded, far, { features: ['shader-f16'] }).outcome).toBe('differs');
  });
});

describe('a record that somebody had a hand in', () => {
  test('is compared up to there', () => {
    const changed = { ...recorded, learningRateChanges: [{ step: 16, learningRate: 1 }] };
    const other = doctored(again, 17, { loss: 5 });
    expect(verify(changed, other)).toMatchObject({ outcome: 'identical', steps: 16, isWhole: false });
    expect(words(changed, other)[0]).toContain('bit-identical for 16 steps; then');
    expect(verify(changed, doctored(again, 16, { loss: 5 }))).toMatchObject({ outcome: 'differs', first: { step: 16 } });
  });

  test('is compared up to the loss of a rank', () => {
    const lost = { ...recorded, membershipChanges: [{ step: 8, lostRank: 1, worldSize: 3 }] };
    expect(verify(lost, { ...again, state: 'failed', steps: 9, series: again.series.slice(0, 9) })).toMatchObject({
      outcome: 'identical',
      steps: 8,
    });
  });
});
