// The row of several repeats: means and spreads of what all of them have, and nothing made up where one has no number.

import { expect, test } from 'vitest';

import { mean } from '../../src/core/stats.ts';
import { createLaneState } from '../../src/state/lanes.ts';
import { summariseLane } from '../../src/state/lane-summary.ts';
import { foldSummaries } from '../../src/state/repeat-summary.ts';
import { parseLane } from '../../src/train/lane.ts';
import { laneResult } from '../support/lane-result.ts';

function summary(loss: number, step: number | null, peak: number | null) {
  const lane = createLaneState(0, parseLane('1xfp32', 'lane'));
  lane.result.value = laneResult('1xfp32', {
    final: { loss },
    toTarget: { metric: 'testAccuracy', value: 0.95, step, trainMs: step === null ? null : step * 10 },
    bytes: peak === null ? null : { weights: 1, optimizer: 2, graph: 3, peak },
  });
  return summariseLane(lane, { metricName: null, target: null, globalBatch: 32, deviceF16: null });
}

test('numbers that all repeats have are folded, column by column', () => {
  const rows = [summary(1, 100, 10), summary(3, 140, 30)];
  expect(foldSummaries(rows, mean)).toMatchObject({
    steps: 10,
    loss: 2,
    target: { value: 0.95, reached: { step: 120, trainMs: 1200 } },
    bytes: { weights: 1, optimizer: 2, graph: 3, peak: 20 },
  });
  expect(foldSummaries(rows, (values) => Math.max(...values))).toMatchObject({
    loss: 3,
    target: { reached: { step: 140 } },
    bytes: { peak: 30 },
  });
});

test('a number that one of them lacks is not known of the group', () => {
  const rows = [summary(1, 100, 10), summary(3, null, null)];
  expect(foldSummaries(rows, mean)).toMatchObject({ loss: 2, target: { value: 0.95, reached: null }, bytes: null, medianStepMs: null });
});
