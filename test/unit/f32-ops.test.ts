// Ops of an fp16 lane that stayed f32: what a rank reports stands in the lane's result, and in a run that somebody keeps as a file.

import { expect, it } from 'vitest';
import { readResults } from '../../src/compare/read-results.ts';
import { LaneRecord } from '../../src/runner/lane-record.ts';
import type { LaneReport } from '../../src/runner/lane-run.ts';
import type { LaneResult } from '../../src/runner/results.ts';
import { readRunFile, writeRunFile } from '../../src/state/history/run-file.ts';
import { noMarks } from '../../src/state/history/run-record.ts';
import { parseLane } from '../../src/train/lane.ts';
import { fakeRecord } from '../support/fake-records.ts';
import { runResults } from '../support/lane-result.ts';

const report: LaneReport = {
  step: 1,
  messageCount: 0,
  weightsHash: null,
  weights: [],
  bytes: null,
  f16: 'native',
  f32Ops: ['unsortedSegmentSum'],
  execution: 'captured',
  lossScale: null,
  skippedSteps: 0,
  testSampleCount: null,
  bytesSent: 0,
  bytesSentTo: [0],
  replicasAgree: true,
  links: null,
};

function resultOf(laneReport: LaneReport | null): LaneResult {
  const declaration = { kind: 'program', title: '', seed: 1, steps: null, globalBatch: null, target: null, lanes: [], claims: [] } as const;
  const record = new LaneRecord(parseLane('1xfp16', 'lane'), declaration);
  record.report = laneReport;
  record.phase = 'done';
  return record.toResult();
}

it('a lane says what its first rank reports, and nothing before it has reported', () => {
  expect(resultOf(report).f32Ops).toEqual(['unsortedSegmentSum']);
  expect(resultOf(null).f32Ops).toEqual([]);
});

it('is read from a results.json of either age', () => {
  const lane = resultOf(report);
  const { f32Ops: _f32Ops, ...older } = lane;
  const file = runResults([lane]);
  expect(readResults(file).lanes[0]?.f32Ops).toEqual(['unsortedSegmentSum']);
  expect(readResults({ ...file, lanes: [older] }).lanes[0]?.f32Ops).toEqual([]);
});

it('survives a file; one of before it was told has none', () => {
  const record = fakeRecord(1);
  const { series: _series, evals: _evals, ...result } = resultOf(report);
  const { f32Ops: _f32Ops, ...older } = result;
  const read = (kept: object) => {
    const reading = readRunFile(
      writeRunFile({ ...record, body: { ...record.body, result: kept as typeof result } }, noMarks(record.head.id)),
    );
    return reading.kind === 'run' ? reading.record.body.result.f32Ops : reading;
  };
  expect(read(result)).toEqual(['unsortedSegmentSum']);
  expect(read(older)).toEqual([]);
});
