// What the lanes spend a step on, side by side: by one clock for all, in parts that add up.

import { describe, expect, it } from 'vitest';
import { createLaneState } from '../../src/state/lanes.ts';
import type { FrameClock } from '../../src/state/frame-revision.ts';
import { createTimeline } from '../../src/state/timeline.ts';
import { parseLaneList } from '../../src/train/lane.ts';
import type { Declaration } from '../../src/train/program-module.ts';
import { comparePhases, fullPrecisionPeer } from '../../src/ui/timeline/lane-phases.ts';
import { fakeGpuTimes } from '../support/fake-gpu-times.ts';
import { fakeSpans } from '../support/fake-spans.ts';

const clock: FrameClock = { now: () => 0, requestFrame: (callback) => callback(), delay: (callback) => callback() };

/** Lanes of which the first few have spans, and some of these times of their device. */
function compared(list: string, recordedCount: number, timedCount: number) {
  const lanes = parseLaneList(list).map((lane, index) => createLaneState(index, lane));
  const timeline = createTimeline(clock);
  const declaration = { lanes: lanes.map(({ lane }) => lane) } as unknown as Declaration; // the part of it that is read
  timeline.apply({ type: 'declared', declaration });
  for (const { index, lane } of lanes.slice(0, recordedCount))
    for (let rank = 0; rank < lane.worldSize; rank++)
      timeline.apply({ type: 'spans', lane: index, batch: fakeSpans(rank, lane.worldSize, 1, 20) });
  for (const { index } of lanes.slice(0, timedCount)) timeline.apply({ type: 'gpu-times', lane: index, times: fakeGpuTimes(8, 1) });
  return comparePhases(lanes, timeline.lanes.value, 'light');
}

describe('a step of the lanes, side by side', () => {
  it('is told by the device where every lane that has begun has its times, and what lies between kernels is a part', () => {
    const { clock: by, lanes } = compared('1xfp32,1xfp16,4xfp32', 2, 2);
    expect(by).toBe('device');
    expect(lanes.map(({ lane, totalMs }) => [lane.index, totalMs])).toEqual([
      [0, 8],
      [1, 8],
    ]);
    expect(lanes[0]?.parts.map(({ key, ms }) => [key, ms])).toEqual([
      ['input', 0],
      ['forward', 2],
      ['backward', 4],
      ['read-back', 0.25],
      ['update', 1],
      ['other', 0.25],
      ['between', 0.5],
    ]);
  });

  it('is told by the workers of all lanes where one of them has no times of its device', () => {
    const { clock: by, lanes } = compared('1xfp32,2xfp16', 2, 1);
    expect(by).toBe('worker');
    // Made up in fake-spans.ts: 20 ms a step.
    expect(lanes.map(({ totalMs }) => Math.round(totalMs))).toEqual([20, 20]);
    for (const { parts, totalMs } of lanes) expect(parts.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(totalMs, 9);
  });

  it('compares a lane with the first one in fp32 that has as many ranks', () => {
    const { lanes } = compared('1xfp16,1xfp32,2xfp16,2xfp32,3xfp16', 5, 5);
    expect(lanes.map((one) => fullPrecisionPeer(one, lanes)?.lane.index ?? null)).toEqual([1, null, 3, null, null]);
  });
});
