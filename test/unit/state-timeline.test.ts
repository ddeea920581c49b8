// The timeline's state: what is kept, what is pinned, what a run that begins clears; and the view of the Gantt over it.

import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/runner/run-events.ts';
import type { FrameClock } from '../../src/state/frame-revision.ts';
import { overlapBound } from '../../src/state/overlap-bound.ts';
import { createTimeline, mostKeptSteps, type TimelineStep } from '../../src/state/timeline.ts';
import { parseLaneList } from '../../src/train/lane.ts';
import { spanPhases, type SpanPhase } from '../../src/train/span-phases.ts';
import { newestView, stepInView } from '../../src/ui/timeline/gantt-steps.ts';
import { panBy, shortestViewMs, timeTicks, zoomAt } from '../../src/ui/timeline/gantt-view.ts';

const clock: FrameClock = { now: () => 0, requestFrame: (callback) => callback(), delay: (callback) => callback() };

const declared = (lanes: string): RunEvent => ({
  type: 'declared',
  declaration: { kind: 'experiment', title: 't', seed: 0, steps: 9, globalBatch: 8, target: null, claims: [], lanes: parseLaneList(lanes) },
});

/** A step of 8 ms that begins at `10 · step`, with so many passes in it. */
function taken(lane: number, rank: number, step: number, spanCount = 1): RunEvent {
  const phases: SpanPhase[] = [...Array.from({ length: spanCount }, (): SpanPhase => 'forward-backward'), 'step'];
  return {
    type: 'spans',
    lane,
    batch: {
      rank,
      step: Int32Array.from(phases, () => step),
      phase: Uint8Array.from(phases, (phase) => spanPhases.indexOf(phase)),
      bucket: Int32Array.from(phases, () => -1),
      startMs: Float64Array.from(phases, () => step * 10 + rank),
      endMs: Float64Array.from(phases, () => step * 10 + 8),
      droppedCount: 0,
    },
  };
}

function stepsOf(events: readonly RunEvent[], lanes = '1xfp32,2xfp32', lane = 1): readonly TimelineStep[] {
  const timeline = createTimeline(clock);
  timeline.apply(declared(lanes));
  for (const event of events) timeline.apply(event);
  return timeline.lanes.value[lane]?.steps() ?? [];
}

describe('the timeline', () => {
  it('puts the ranks of a step together, in the order of steps and ranks, whoever tells first', () => {
    const steps = stepsOf([taken(1, 1, 1), taken(1, 1, 2), taken(1, 0, 1), taken(1, 0, 2), taken(0, 0, 1)]);
    expect(steps.map(({ step, ranks, startMs, endMs }) => [step, ranks.map(({ rank }) => rank), startMs, endMs])).toEqual([
      [1, [0, 1], 10, 18],
      [2, [0, 1], 20, 28],
    ]);
  });

  it('keeps the last steps, and fewer where they have many spans', () => {
    const many = Array.from({ length: mostKeptSteps + 50 }, (_, at) => taken(1, 0, at + 1));
    expect(stepsOf(many).map(({ step }) => step)).toEqual(Array.from({ length: mostKeptSteps }, (_, at) => at + 51));
    const heavy = Array.from({ length: 40 }, (_, at) => taken(1, 0, at + 1, 4000));
    expect(stepsOf(heavy).length).toBeLessThan(15);
    expect(stepsOf(heavy).at(-1)?.step).toBe(40);
  });

  it('shows the lane with the most ranks until somebody chooses one', () => {
    const timeline = createTimeline(clock);
    expect(timeline.lane.value).toBe(0);
    timeline.apply(declared('1xfp32,4xfp32,2xfp32'));
    expect(timeline.lane.value).toBe(1);
    timeline.chosenLane.value = 2;
    expect(timeline.lane.value).toBe(2);
  });

  it('keeps pinned steps while the window moves on and into the next run, three at most, until they are let go', () => {
    const timeline = createTimeline(clock);
    timeline.apply(declared('2xfp32'));
    for (let step = 1; step <= 4; step++) timeline.apply(taken(0, 0, step));
    const [first, ...others] = timeline.lanes.value[0]?.steps() ?? [];
    if (first === undefined) throw new Error('expected steps');
    timeline.pin('2xfp32', first);
    timeline.pin('2xfp32', first);
    expect(timeline.pins.value).toEqual([{ label: '2xfp32', step: first, isOfEarlierRun: false }]);
    timeline.clear();
    expect(timeline.lanes.value).toEqual([]);
    expect(timeline.pins.value[0]?.isOfEarlierRun).toBe(true);
    for (const step of others) timeline.pin('2xfp32', step);
    expect(timeline.pins.value.map(({ step }) => step.step)).toEqual([2, 3, 4]);
    const [pinned] = timeline.pins.value;
    if (pinned !== undefined) timeline.unpin(pinned);
    expect(timeline.pins.value).toHaveLength(2);
    timeline.forget();
    expect(timeline.pins.value).toEqual([]);
  });

  it('ignores lanes that the run does not have', () => {
    expect(stepsOf([taken(7, 0, 1)])).toEqual([]);
  });
});

describe('what overlap can hide', () => {
  const stepWith = (spans: readonly (readonly [SpanPhase, number, number, number])[]): TimelineStep => ({
    step: 1,
    startMs: 0,
    endMs: 100,
    ranks: [
      {
        rank: 0,
        step: 1,
        startMs: 0,
        endMs: 100,
        spans: spans.map(([phase, bucket, startMs, endMs]) => ({ phase, bucket, startMs, endMs })),
      },
    ],
  });

  it('is nothing of the last bucket, and of the others no more than there is computing', () => {
    const spans = [
      ['forward-backward', -1, 0, 20],
      ['read-back', 0, 20, 22],
      ['reduce', 0, 22, 25],
      ['read-back', 1, 22, 26],
      ['reduce', 1, 26, 29],
    ] as const;
    expect(overlapBound([stepWith(spans)])).toEqual({ bucketCount: 2, neverHiddenMs: 7, mostHiddenMs: 5 });
    const quick = spans.map((span) => (span[0] === 'forward-backward' ? (['forward-backward', -1, 0, 4] as const) : span));
    expect(overlapBound([stepWith(quick)])).toEqual({ bucketCount: 2, neverHiddenMs: 7, mostHiddenMs: 4 });
  });

  it('is not asked where nothing travels', () => {
    expect(overlapBound([stepWith([['forward-backward', -1, 0, 20]])])).toBeNull();
    expect(overlapBound([])).toBeNull();
  });
});

describe('the view of the Gantt', () => {
  const all = { fromMs: 0, toMs: 1000 };

  it('keeps the time under the pointer in its place while it zooms', () => {
    const view = { fromMs: 100, toMs: 300 };
    const zoomed = zoomAt(view, 0.5, 150, all);
    expect(zoomed).toEqual({ fromMs: 125, toMs: 225 });
    expect(zoomAt(zoomed, 2, 150, all)).toEqual(view);
  });

  it('ends where there is nothing more to see, in either direction', () => {
    expect(zoomAt({ fromMs: 0, toMs: 900 }, 9, 450, all)).toMatchObject({ fromMs: -50, toMs: 950 });
    const closest = zoomAt({ fromMs: 0, toMs: 1 }, 1e-6, 0.5, all);
    expect(closest.toMs - closest.fromMs).toBeCloseTo(shortestViewMs, 12);
    expect(panBy({ fromMs: 0, toMs: 100 }, -1e6, all)).toEqual({ fromMs: -50, toMs: 50 });
    expect(panBy({ fromMs: 0, toMs: 100 }, 1e6, all)).toEqual({ fromMs: 950, toMs: 1050 });
  });

  it('has round ticks, no more than asked for', () => {
    expect(timeTicks({ fromMs: -3, toMs: 12 }, 8)).toEqual([-2, 0, 2, 4, 6, 8, 10, 12]);
    expect(timeTicks({ fromMs: 0.11, toMs: 0.19 }, 4).map((tick) => Number(tick.toFixed(6)))).toEqual([0.12, 0.14, 0.16, 0.18]);
    for (const most of [2, 5, 9]) expect(timeTicks({ fromMs: 17, toMs: 5311 }, most).length).toBeLessThanOrEqual(most + 1);
  });

  it('follows the newest complete steps, but not across another lane’s turn', () => {
    const complete = [1, 2, 3, 20, 21].flatMap((step) => [taken(1, 0, step), taken(1, 1, step)]);
    const steps = stepsOf([...complete, taken(1, 0, 22)]);
    const view = newestView(steps, 2);
    expect([Math.round(view.fromMs), Math.round(view.toMs)]).toEqual([200, 218]);
    expect(stepInView(steps, view, null, 2)?.step).toBe(20);
    expect(stepInView(steps, view, 3, 2)?.step).toBe(3);
    expect(stepInView(steps, { fromMs: 24, toMs: 26 }, null, 2)?.step).toBe(2);
    expect(stepInView([], view, null, 2)).toBeNull();
  });
});
