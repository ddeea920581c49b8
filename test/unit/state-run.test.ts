// The state of a run: events in, signals and columns out, one bump per frame.

import { describe, expect, it } from 'vitest';
import type { LaneResult } from '../../src/runner/results.ts';
import type { RunEvent, RunFailure } from '../../src/runner/run-events.ts';
import { createConsole, mostConsoleEntries } from '../../src/state/console.ts';
import { programLearningRate, rateMarks, readLearningRate } from '../../src/state/learning-rate.ts';
import { createFrameRevision, longestRedrawMs, shortestRedrawMs } from '../../src/state/frame-revision.ts';
import type { FrameClock } from '../../src/state/frame-revision.ts';
import { medianOfLast, summariseLane } from '../../src/state/lane-summary.ts';
import { listMetrics, suitableMetric } from '../../src/state/metric-choice.ts';
import { createRun } from '../../src/state/run.ts';
import type { RunState } from '../../src/state/run.ts';
import { SeriesTable } from '../../src/state/series.ts';
import { createShownViews } from '../../src/state/shown-views.ts';
import { WallPace } from '../../src/state/wall-pace.ts';
import { parseLaneList } from '../../src/train/lane.ts';

/** A clock that stands still until it is told otherwise; a frame comes `frameMs` after it was asked for. */
class ManualClock implements FrameClock {
  time = 0;
  frameMs = 16;
  #waiting: { readonly at: number; readonly callback: () => void }[] = [];
  now = (): number => this.time;
  requestFrame = (callback: () => void): void => this.delay(callback, this.frameMs);
  delay = (callback: () => void, delayMs: number): void => void this.#waiting.push({ at: this.time + delayMs, callback });
  get awaitedCount(): number {
    return this.#waiting.length;
  }
  /** Passes time, calling back what is due, in order. */
  pass(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.#waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.time = next.at;
      next.callback();
    }
    this.time = end;
  }
}

function startedRun(lanes = '1xfp32,4xfp16'): { readonly clock: ManualClock; readonly run: RunState } {
  const clock = new ManualClock();
  const run = createRun(clock);
  run.begin({ programId: 'p', source: 's', seed: null, lanes: null, schedule: null });
  run.apply({
    type: 'declared',
    declaration: {
      kind: 'experiment',
      title: 't',
      seed: 0,
      steps: 100,
      globalBatch: 64,
      target: { metric: 'testAccuracy', value: 0.9 },
      lanes: parseLaneList(lanes),
      claims: [],
    },
  });
  run.apply({ type: 'phase', phase: 'running' });
  return { clock, run };
}

const steps = (lane: number, step: number[], stepMs = 10): RunEvent => ({
  type: 'steps',
  lane,
  batch: { step, loss: step.map((at) => 1 / at), stepMs: step.map(() => stepMs), metrics: {} },
});

const failure = (code: string, rank: number, line: number): RunFailure => ({
  code,
  message: 'm',
  hint: null,
  lane: '1xfp32',
  rank,
  place: { line, column: 1, text: 'x' },
  stack: '',
});

describe('a frame revision', () => {
  it('is bumped once, in the next frame, however often data changed', () => {
    const clock = new ManualClock();
    const frames = createFrameRevision(clock);
    for (let change = 0; change < 1000; change += 1) frames.touch();
    expect(clock.awaitedCount).toBe(1);
    expect(frames.revision.value).toBe(0);
    clock.pass(16);
    expect(frames.revision.value).toBe(1);
  });

  it('draws less often where frames come late, but never waits for ever', () => {
    const bumpsInTenSeconds = (frameMs: number): number => {
      const clock = new ManualClock();
      clock.frameMs = frameMs;
      const frames = createFrameRevision(clock);
      for (let passed = 0; passed < 10_000; passed += 1) {
        frames.touch();
        clock.pass(1);
      }
      return frames.revision.value;
    };
    const expected = (redrawMs: number, frameMs: number): number => 10_000 / (redrawMs + frameMs + 1); // a wait, then a frame; 1: the next touch
    expect(Math.abs(bumpsInTenSeconds(1) - expected(shortestRedrawMs, 1))).toBeLessThanOrEqual(2);
    expect(Math.abs(bumpsInTenSeconds(50) - expected(8 * 50, 50))).toBeLessThanOrEqual(2);
    expect(Math.abs(bumpsInTenSeconds(200) - expected(longestRedrawMs, 200))).toBeLessThanOrEqual(2);
  });

  it('asks for no frame while it waits: every frame costs the page a paint', () => {
    const clock = new ManualClock();
    let frames = 0;
    const counting: FrameClock = {
      ...clock,
      now: clock.now,
      delay: clock.delay,
      requestFrame: (callback) => {
        frames += 1;
        clock.requestFrame(callback);
      },
    };
    const revision = createFrameRevision(counting);
    for (let passed = 0; passed < 1000; passed += 1) {
      revision.touch();
      clock.pass(1);
    }
    expect(frames).toBeLessThanOrEqual(revision.revision.value + 1);
  });

  it('does not wait for a frame when flushed, and not bump again for it', () => {
    const clock = new ManualClock();
    const frames = createFrameRevision(clock);
    frames.touch();
    frames.flush();
    clock.pass(1000);
    expect(frames.revision.value).toBe(1);
  });
});

describe('a series table', () => {
  it('leaves out rows whose step does not come after all before it', () => {
    const table = new SeriesTable();
    table.appendColumns([1, 3, 2, NaN, 3, Infinity, 4], { loss: [10, 30, 20, 0, 31, 0, 40] });
    table.appendColumns([4, 5], { loss: [41, 50] });
    expect([...table.step.view()]).toEqual([1, 3, 4, 5]);
    expect([...(table.metric('loss')?.view() ?? [])]).toEqual([10, 30, 40, 50]);
  });

  it('keeps all columns equally long when metrics appear late or are missing', () => {
    const table = new SeriesTable();
    table.appendColumns([1, 2], { loss: [3, 2] });
    table.appendColumns([3], { loss: [1], norm: [7] });
    table.appendColumns([4], { loss: [0] });
    expect([...table.step.view()]).toEqual([1, 2, 3, 4]);
    expect([...(table.metric('loss')?.view() ?? [])]).toEqual([3, 2, 1, 0]);
    expect([...(table.metric('norm')?.view() ?? [])]).toEqual([NaN, NaN, 7, NaN]);
  });

  it('keeps every value while it grows past its first allocation', () => {
    const table = new SeriesTable();
    for (let step = 1; step <= 5000; step += 1) table.appendRow(step, { loss: step * 2 });
    expect(table.length).toBe(5000);
    expect(table.metric('loss')?.at(4999)).toBe(10_000);
    expect(table.metric('loss')?.at(5000)).toBeNaN();
  });
});

describe('a run', () => {
  it('goes idle, starting, running, done and notes when', () => {
    const { clock, run } = startedRun();
    expect(run.phase.value).toBe('running');
    expect(run.isActive.value).toBe(true);
    clock.time = 5000;
    run.apply({ type: 'phase', phase: 'done' });
    expect(run.isActive.value).toBe(false);
    expect(run.elapsedMs()).toBe(5000);
    clock.time = 9000;
    expect(run.elapsedMs()).toBe(5000);
  });

  it('goes back to the phase before when it is abandoned while compiling', () => {
    const { run } = startedRun();
    run.apply({ type: 'phase', phase: 'failed' });
    run.prepare();
    expect(run.phase.value).toBe('starting');
    run.abandon();
    expect(run.phase.value).toBe('failed');
    expect(run.lanes.value).toHaveLength(2);
  });

  it('appends steps without a bump and bumps in the next frame', () => {
    const { clock, run } = startedRun();
    clock.pass(1000);
    const before = run.revision.value;
    run.apply(steps(0, [1, 2, 3]));
    run.apply(steps(1, [1]));
    expect(run.lanes.value[0]?.series.steps.length).toBe(3);
    expect(run.revision.value).toBe(before);
    clock.pass(1000);
    expect(run.revision.value).toBe(before + 1);
  });

  it('ignores events of lanes it does not have', () => {
    const { run } = startedRun();
    expect(() => run.apply(steps(9, [1]))).not.toThrow();
  });

  it('shows one card for a failure that every rank has, and two for different lines', () => {
    const { run } = startedRun();
    run.apply({ type: 'failure', lane: 0, failure: failure('program-threw', 0, 3) });
    run.apply({ type: 'failure', lane: 0, failure: failure('program-threw', 1, 3) });
    expect(run.failures.value).toHaveLength(1);
    run.apply({ type: 'failure', lane: 0, failure: failure('program-threw', 0, 4) });
    expect(run.failures.value).toHaveLength(2);
  });

  it('is silent until the lane is heard from, or the run ends', () => {
    const { run } = startedRun();
    run.apply({ type: 'silent', lane: 0, silentMs: 3000 });
    expect(run.lanes.value[0]?.silentMs.value).toBe(3000);
    run.apply(steps(0, [1]));
    expect(run.lanes.value[0]?.silentMs.value).toBe(0);
    run.apply({ type: 'silent', lane: null, silentMs: 2000 });
    expect(run.silentMs.value).toBe(2000);
    run.apply({ type: 'phase', phase: 'stopped' });
    expect(run.silentMs.value).toBe(0);
  });
});

describe('a paused run', () => {
  it('is active, trains nothing, and its clock stands still until it goes on', () => {
    const { clock, run } = startedRun();
    clock.time = 1000;
    run.apply({ type: 'phase', phase: 'paused' });
    clock.time = 61_000;
    expect([run.isActive.value, run.isTraining.value]).toEqual([true, false]);
    expect(run.elapsedMs()).toBe(1000);
    run.apply({ type: 'phase', phase: 'running' });
    clock.time = 63_000;
    expect(run.elapsedMs()).toBe(3000);
  });

  it('says paused after every step, and time between them is no time of the run', () => {
    const { clock, run } = startedRun();
    clock.time = 1000;
    for (const time of [1000, 5000, 9000]) {
      clock.time = time;
      run.apply({ type: 'phase', phase: 'paused' });
    }
    clock.time = 20_000;
    run.apply({ type: 'phase', phase: 'stopped' });
    clock.time = 30_000;
    expect(run.elapsedMs()).toBe(1000);
  });

  it('promises no time of arrival from what was before the pause', () => {
    const { clock, run } = startedRun();
    const [lane] = run.lanes.value;
    for (let turn = 0; turn <= 4; turn += 1) {
      clock.time = turn * 1000;
      run.apply(steps(0, [turn * 10 + 1]));
    }
    expect(lane?.pace.stepsPerSecond()).toBeCloseTo(10, 10);
    run.apply({ type: 'phase', phase: 'paused' });
    clock.time = 100_000;
    run.apply(steps(0, [42])); // a step by itself
    run.apply({ type: 'phase', phase: 'running' });
    expect(lane?.pace.stepsPerSecond()).toBeNull();
    for (let turn = 0; turn <= 4; turn += 1) {
      clock.time = 100_000 + turn * 1000;
      run.apply(steps(0, [50 + turn * 20]));
    }
    expect(lane?.pace.stepsPerSecond()).toBeCloseTo(20, 10);
  });

  it('is forgotten by a reset, and the next run has its own clock', () => {
    const { clock, run } = startedRun();
    run.apply({ type: 'schedule', schedule: 'race', reason: 'asked' });
    run.apply({ type: 'phase', phase: 'paused' });
    clock.time = 5000;
    run.reset();
    expect([run.phase.value, run.lanes.value.length, run.schedule.value, run.elapsedMs()]).toEqual(['idle', 0, null, 0]);
    run.begin({ programId: 'p', source: 's', seed: null, lanes: null, schedule: null });
    clock.time = 6000;
    expect(run.elapsedMs()).toBe(1000);
  });
});

it('ranks that were lost stay with their lane, in order', () => {
  const { run } = startedRun();
  for (const [lostRank, worldSize] of [
    [2, 3],
    [0, 2],
  ] as const)
    run.apply({ type: 'membership', lane: 1, step: 8, lostRank, worldSize });
  expect(run.lanes.value.map((lane) => lane.membershipChanges.value)).toEqual([
    [],
    [
      { step: 8, lostRank: 2, worldSize: 3 },
      { step: 8, lostRank: 0, worldSize: 2 },
    ],
  ]);
});

describe('learning rates set by hand', () => {
  it('stay with their lanes, and share a mark where lanes changed at the same step', () => {
    const { run } = startedRun();
    const change = (lane: number, step: number, learningRate: number): RunEvent => ({ type: 'learning-rate', lane, step, learningRate });
    for (const event of [change(0, 20, 0.01), change(1, 10, 0.01), change(0, 40, 0.02), change(1, 40, 0.02)]) run.apply(event);
    expect(run.learningRate.value).toBe(0.02);
    expect(rateMarks(run.lanes.value.map((lane) => lane.learningRateChanges.value))).toEqual([
      { step: 10, learningRate: 0.01, lane: 1 },
      { step: 20, learningRate: 0.01, lane: 0 },
      { step: 40, learningRate: 0.02, lane: null },
    ]);
  });

  it.each([
    ['0.001', 0.001],
    [' 3e-4 ', 3e-4],
    ['0', NaN],
    ['-1', NaN],
    ['', NaN],
    ['1e999', NaN],
    ['fast', NaN],
  ])('typed as %j mean %d', (text, value) => {
    expect(readLearningRate(text)).toBe(value);
  });

  it.each([
    ["optimizer: { name: 'adam', learningRate: 1e-3 },", 1e-3],
    ["{ learningRate: 0.1, name: 'sgd' }; { name: 'sgd', learningRate: 0.1 }", 0.1],
    ["{ name: 'sgd', learningRate: 0.1 }; { name: 'sgd', learningRate: 0.2 }", null],
    ['{ learningRate: 0.1 * scale }', null],
    ['optimizer: () => tf.train.sgd(0.1)', null],
  ])('are known from %j as %d', (source, value) => {
    expect(programLearningRate(source)).toBe(value);
  });
});

describe('a lane summary', () => {
  const context = {
    metricName: 'testAccuracy',
    target: { metric: 'testAccuracy', value: 0.9 },
    globalBatch: 64,
    deviceF16: 'packed',
  } as const;

  it('takes median, rate and target from the series while the lane runs', () => {
    const { run } = startedRun();
    run.apply(steps(1, [1, 2, 3], 10));
    run.apply({ type: 'eval', lane: 1, point: { step: 2, values: { testAccuracy: 0.92 } } });
    run.apply(steps(1, [4], 30));
    const lane = run.lanes.value[1];
    if (lane === undefined) throw new Error('expected two lanes');
    const summary = summariseLane(lane, context);
    expect(summary.loss).toBe(0.25);
    expect(summary.medianStepMs).toBe(10);
    expect(summary.samplesPerSecond).toBe(6400); // 64 samples in 10 ms
    expect(summary.target).toEqual({ value: 0.9, reached: { step: 2, trainMs: 20 } }); // two steps of 10 ms
    expect(summary.f16).toBe('packed');
    expect(summary.bytes).toBeNull();
  });

  it('takes everything from the result once the lane ended', () => {
    const { run } = startedRun();
    run.apply(steps(0, [1]));
    const result = {
      steps: 7,
      final: { loss: 0.5, testAccuracy: 0.97 },
      toTarget: { metric: 'testAccuracy', value: 0.9, step: 5, trainMs: 123 },
      medianStepMs: 4,
      samplesPerSecond: 99,
      bytes: { weights: 1, optimizer: 2, graph: 3, peak: 4 },
      f16: null,
      lossScale: null,
      skippedSteps: 0,
      bytesSent: 8,
      distanceToBaseline: 0,
    };
    // Only the fields that a summary reads.
    run.apply({ type: 'lane-result', lane: 0, result: result as unknown as LaneResult });
    const lane = run.lanes.value[0];
    if (lane === undefined) throw new Error('expected two lanes');
    expect(summariseLane(lane, context)).toMatchObject({
      steps: 7,
      loss: 0.5,
      metric: 0.97,
      medianStepMs: 4,
      samplesPerSecond: 99,
      f16: null,
      distanceToBaseline: 0,
      target: { value: 0.9, reached: { step: 5, trainMs: 123 } },
    });
  });

  it('has the median of an even number of values in the middle of both', () => {
    expect(medianOfLast(Float64Array.of(4, 1, 3, 2))).toBe(2.5);
    expect(medianOfLast(Float64Array.of(NaN))).toBeNull();
  });
});

describe('the metric of the second chart', () => {
  it('is the target, else test accuracy, else what was evaluated first, else what was logged', () => {
    const { run } = startedRun();
    run.apply({ type: 'steps', lane: 0, batch: { step: [1], loss: [1], stepMs: [1], metrics: { norm: [2] } } });
    expect(suitableMetric(listMetrics(run.lanes.value), null)?.name).toBe('norm');
    run.apply({ type: 'eval', lane: 0, point: { step: 1, values: { testLoss: 1 } } });
    expect(suitableMetric(listMetrics(run.lanes.value), null)?.name).toBe('testLoss');
    run.apply({ type: 'eval', lane: 0, point: { step: 1, values: { testAccuracy: 1 } } });
    expect(suitableMetric(listMetrics(run.lanes.value), null)?.name).toBe('testAccuracy');
    expect(suitableMetric(listMetrics(run.lanes.value), { metric: 'testLoss', value: 1 })?.name).toBe('testLoss');
    expect(listMetrics(run.lanes.value).map(({ name }) => name)).toEqual(['testLoss', 'testAccuracy', 'norm']);
  });
});

describe('the pace of a lane', () => {
  it('counts the waits between its turns', () => {
    const pace = new WallPace();
    for (let turn = 0; turn <= 4; turn += 1) pace.mark(turn * 1000, turn * 10); // 10 steps a second of wall time, whatever a step takes
    expect(pace.stepsPerSecond()).toBeCloseTo(10, 10);
    expect(pace.remainingMs(100)).toBeCloseTo(6000, 6);
  });

  it('promises nothing from too little', () => {
    const pace = new WallPace();
    pace.mark(0, 1);
    pace.mark(100, 50);
    expect(pace.remainingMs(100)).toBeNull();
  });
});

describe('the console', () => {
  const say = (rank: number, text: string) => ({ level: 'log', rank, text }) as const;

  it('folds what every rank of a lane says into one line', () => {
    const console = createConsole(new ManualClock());
    for (const rank of [2, 0, 1]) console.append(0, say(rank, 'a'));
    expect(console.entries()).toMatchObject([{ text: 'a', ranks: [0, 1, 2], repeatCount: 1 }]);
  });

  it('counts repeats in a row, and keeps the order of a rank that alternates', () => {
    const console = createConsole(new ManualClock());
    for (const text of ['a', 'a', 'b', 'a']) console.append(0, say(0, text));
    expect(console.entries()).toMatchObject([{ text: 'a', repeatCount: 2 }, { text: 'b' }, { text: 'a', repeatCount: 1 }]);
  });

  it('keeps lanes and levels apart', () => {
    const console = createConsole(new ManualClock());
    console.append(0, say(0, 'a'));
    console.append(1, say(0, 'a'));
    console.append(1, { level: 'warn', rank: 0, text: 'a' });
    expect(console.entries()).toHaveLength(3);
  });

  it('drops the oldest lines of a flood and says how many', () => {
    const console = createConsole(new ManualClock());
    for (let line = 0; line < mostConsoleEntries * 2; line += 1) console.append(0, say(0, `line ${line}`));
    expect(console.entries().length + console.droppedCount()).toBe(mostConsoleEntries * 2);
    expect(console.entries().length).toBeLessThanOrEqual(mostConsoleEntries + 200);
    expect(console.entries().at(-1)?.text).toBe(`line ${mostConsoleEntries * 2 - 1}`);
  });
});

describe('shown views', () => {
  it('replace a view of the same kind and title in its lane, in its place', () => {
    const views = createShownViews(new ManualClock());
    const text = (content: string) => ({ kind: 'text', title: 't', text: content }) as const;
    views.show(0, text('old'));
    views.show(1, text('other lane'));
    views.show(0, text('new'));
    expect(views.list()).toMatchObject([
      { lane: 0, view: { text: 'new' } },
      { lane: 1, view: { text: 'other lane' } },
    ]);
  });

  it('are kept while they are not too many or too large, the newest longest, and what is gone is counted', () => {
    const views = createShownViews(new ManualClock());
    for (let at = 0; at < 203; at += 1) views.show(0, { kind: 'metric', title: `m${at}`, value: at, unit: '' });
    expect([views.list().length, views.list()[0]?.view.title, views.droppedCount()]).toEqual([200, 'm3', 3]);
    views.clear();
    const large = (title: string) =>
      ({ kind: 'heatmap', title, rows: 1000, columns: 1500, values: new Array<number>(1_500_000).fill(0) }) as const;
    for (const title of ['a', 'b', 'b', 'c']) views.show(0, large(title));
    expect([views.list().map(({ view }) => view.title), views.droppedCount()]).toEqual([['b', 'c'], 1]);
  });
});

describe('what a flood has cost', () => {
  it('adds up until the console is cleared', () => {
    const console = createConsole(new ManualClock());
    console.lose({ lineCount: 12_000, viewCount: 0 });
    console.lose({ lineCount: 345, viewCount: 2 });
    expect(console.lost()).toEqual({ lineCount: 12_345, viewCount: 2 });
    console.clear();
    expect(console.lost()).toEqual({ lineCount: 0, viewCount: 0 });
  });
});
