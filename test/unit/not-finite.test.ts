// What a null of a lane's rows was: from what the ranks logged into results, through a kept run and its file, to the charts and to a re-run.

import { describe, expect, it } from 'vitest';
import { readResults } from '../../src/compare/read-results.ts';
import { verifyLane } from '../../src/compare/verify.ts';
import { LaneRecord } from '../../src/runner/lane-record.ts';
import type { LaneResult } from '../../src/runner/results.ts';
import { packRows, unpackSeries } from '../../src/state/history/packed-series.ts';
import { readRunFile, writeRunFile } from '../../src/state/history/run-file.ts';
import { noMarks } from '../../src/state/history/run-record.ts';
import { parseLane } from '../../src/train/lane.ts';
import { fakeManifest, fakeRecord } from '../support/fake-records.ts';
import { runResults } from '../support/lane-result.ts';

/** A lane that logs its norm in every other step, and diverges. */
function diverged(lastLoss = NaN): LaneResult {
  const record = new LaneRecord(parseLane('1xfp32', 'lane'), {
    kind: 'program',
    title: 'Diverged',
    seed: 1,
    steps: null,
    globalBatch: null,
    target: null,
    lanes: [],
    claims: [],
  });
  const stepMs = [1, 1];
  record.add({ type: 'steps', batch: { step: [1, 2], loss: [2, NaN], stepMs, metrics: { norm: [null, Infinity] } } });
  record.add({ type: 'steps', batch: { step: [3, 4], loss: [NaN, lastLoss], stepMs, metrics: { norm: [null, -Infinity] } } });
  record.add({ type: 'eval', point: { step: 4, values: { testLoss: NaN, testAccuracy: 0.5 } } });
  record.phase = 'done';
  return record.toResult();
}

const laneOf = ({ series, evals, ...result }: LaneResult) => ({ result, series: packRows(series), evals: packRows(evals) });

describe('values that are no finite number', () => {
  it('are told from those that were not logged, as what they are, consecutive steps together', () => {
    const { series, notFinite } = diverged();
    expect(series.map(({ loss, norm }) => [loss, norm])).toEqual([
      [2, null],
      [null, null],
      [null, null],
      [null, null],
    ]);
    expect(notFinite).toEqual([
      { table: 'series', metric: 'norm', value: 'Infinity', fromStep: 2, toStep: 2 },
      { table: 'series', metric: 'norm', value: '-Infinity', fromStep: 4, toStep: 4 },
      { table: 'series', metric: 'loss', value: 'NaN', fromStep: 2, toStep: 4 },
      { table: 'evals', metric: 'testLoss', value: 'NaN', fromStep: 4, toStep: 4 },
    ]);
  });

  it('are gaps in the chart of a kept run, counted as in the run itself, and what was not logged is passed over', () => {
    const { steps, evals } = unpackSeries(laneOf(diverged()));
    expect([...(steps.nonFiniteRows('loss')?.view() ?? [])]).toEqual([1, 2, 3]);
    expect([...(steps.nonFiniteRows('norm')?.view() ?? [])]).toEqual([1, 3]);
    expect(steps.metric('norm')?.at(3)).toBe(-Infinity);
    expect([...(evals.nonFiniteRows('testLoss')?.view() ?? [])]).toEqual([0]);
    const { result, ...columns } = laneOf({ ...diverged(), notFinite: null });
    expect(unpackSeries({ result, ...columns }).steps.nonFiniteRows('loss')).toBeNull(); // of an older page: nobody knows
  });

  it('survive a file, also one from before they were told', () => {
    const record = fakeRecord(1);
    const kept = { ...record, body: { ...record.body, ...laneOf(diverged()) } };
    const read = (one: typeof record) => {
      const reading = readRunFile(writeRunFile(one, noMarks(one.head.id)));
      return reading.kind === 'run' ? reading.record.body.result.notFinite : reading;
    };
    expect(read(kept)).toEqual(diverged().notFinite);
    const { notFinite: _notFinite, ...older } = kept.body.result;
    expect(read({ ...kept, body: { ...kept.body, result: older } })).toBeNull();
  });

  it('are compared when a run is verified, unless its record is from before they were told', () => {
    const verify = (recorded: LaneResult, again: LaneResult) =>
      verifyLane({ manifest: fakeManifest, lane: recorded }, { manifest: fakeManifest, lane: again }).first;
    const older = { ...diverged(), notFinite: null };
    expect(verify(diverged(), diverged())).toBeNull();
    expect(verify(diverged(), diverged(Infinity))).toEqual({ step: 4, name: 'loss', recorded: 'NaN', again: 'Infinity' });
    expect(verify(older, diverged(Infinity))).toBeNull();
    expect(verify(older, diverged(7))).toEqual({ step: 4, name: 'loss', recorded: 'unknown', again: 7 });
    expect(verify({ ...diverged(), notFinite: [] }, diverged())).toMatchObject({ step: 2, recorded: null, again: 'NaN' });
  });

  it('are read from a results.json of either age; a list that is none is refused by its place', () => {
    const file = runResults([diverged()]);
    const { notFinite: _notFinite, ...older } = diverged();
    expect(readResults(file).lanes[0]?.notFinite).toEqual(diverged().notFinite);
    expect(readResults({ ...file, lanes: [older] }).lanes[0]?.notFinite).toBeNull();
    expect(() => readResults({ ...file, lanes: [{ ...older, notFinite: [{ table: 'series', metric: 1 }] }] })).toThrow(
      'lanes[0].notFinite[0].metric: expected a text, got 1.',
    );
  });
});
