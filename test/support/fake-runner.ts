// A runner that trains nothing: it plays a run's events with obviously made-up numbers (losses of the form 2^-k, an adapter called
// "FAKE"), for looking at the page without a GPU. It is served by test/support/fake-page.html in development only; nothing under
// src/ imports it.

import type { LanePhase, RunEvent, RunFailure } from '../../src/runner/run-events.ts';
import type { ClaimResult, LaneResult, LearningRateChange, Manifest, RunResults, StepRow } from '../../src/runner/results.ts';
import type { RunHandle, RunListener, RunRequest } from '../../src/runner/run-request.ts';
import { chooseSchedule, thisMachine } from '../../src/runner/schedule.ts';
import type { RunnerLike } from '../../src/state/session.ts';
import { formatLane, parseLaneList } from '../../src/train/lane.ts';
import type { Lane } from '../../src/train/lane.ts';
import type { DeviceReport } from '../../src/train/telemetry.ts';
import { fakeGpuTimes } from './fake-gpu-times.ts';
import { fakeNumberLines } from './fake-number-lines.ts';
import { fakeSpans } from './fake-spans.ts';

/** What the fake run does. */
export interface FakeScript {
  readonly lanes: string;
  readonly steps: number;
  /** Milliseconds per fake batch of ten steps. */
  readonly batchMs: number;
  /** Fails like this after a third of the steps; null trains to the end. */
  readonly failure: RunFailure | null;
  /** Falls silent instead of training. */
  readonly isSilent: boolean;
  /** Verdicts at the end. */
  readonly claims?: readonly ClaimResult[];
}

const device: DeviceReport = {
  backend: 'webgpu',
  adapter: { vendor: 'fake', architecture: 'none', device: '', description: 'FAKE adapter (numbers are made up)' },
  f16: 'packed',
  f16Rounding: 'hardware',
  features: ['timestamp-query'],
  limits: { maxBufferSize: 1073741824, maxStorageBuffersPerShaderStage: 10, maxComputeWorkgroupSizeX: 256 },
  notes: [
    'shader-f16 is missing: fp16 lanes store two values per 32-bit word.',
    'timestamp-query is missing: steps are timed from the outside.',
  ],
  fallbacks: [],
  selfTest: {
    passed: true,
    ms: 123,
    checks: [
      { name: 'internals', passed: true, detail: 'FAKE: every member is there' },
      { name: 'f16', passed: true, detail: 'FAKE: 16 known answers are right' },
      { name: 'gradients', passed: true, detail: 'FAKE: gradients differ by at most 1e-7 of the largest' },
    ],
  },
};

/** Plays `script` on every Run. */
export class FakeRunner implements RunnerLike {
  readonly #script: FakeScript;

  constructor(script: FakeScript) {
    this.#script = script;
  }

  async warm(): Promise<DeviceReport> {
    return device;
  }

  run(request: RunRequest, listener: RunListener): RunHandle {
    const script = this.#script;
    const lanes = parseLaneList(request.overrides.lanes ?? script.lanes);
    const done = lanes.map(() => 0);
    const rateChanges: LearningRateChange[][] = lanes.map(() => []);
    const { schedule, reason } = chooseSchedule(lanes, thisMachine(), request.overrides.schedule ?? null);
    let turn = 0;
    let isOver = false;
    let isPaused = false;
    /** Set by hand, and not yet in force. */
    const nextRates: (number | null)[] = lanes.map(() => null);
    let finish!: (results: RunResults) => void;
    const finished = new Promise<RunResults>((resolve) => {
      finish = resolve;
    });
    const series: StepRow[][] = lanes.map(() => []);
    const results = lanes.map((lane, index) => fakeResult(lane, index, [], 'stopped', []));

    const manifest = fakeManifest(request);

    const send = (event: RunEvent): void => {
      if (!isOver || event.type === 'phase' || event.type === 'results') listener(event);
    };
    const end = (phase: 'done' | 'failed' | 'stopped'): void => {
      if (isOver) return;
      isOver = true;
      clearInterval(timer);
      const all: RunResults = { schemaVersion: 1, manifest, lanes: results, claims: script.claims ?? [] };
      listener({ type: 'results', results: all });
      listener({ type: 'phase', phase });
      finish(all);
    };
    const endLane = (index: number, phase: LanePhase): void => {
      const lane = lanes[index];
      if (lane === undefined) return;
      results[index] = fakeResult(lane, index, series[index] ?? [], phase, rateChanges[index] ?? []);
      send({ type: 'lane-phase', lane: index, phase });
      send({ type: 'lane-result', lane: index, result: results[index] });
    };

    send({ type: 'phase', phase: 'starting' });
    send({
      type: 'declared',
      declaration: {
        kind: 'experiment',
        title: 'FAKE run for looking at the page',
        seed: request.overrides.seed ?? 42,
        steps: script.steps,
        globalBatch: 128,
        target: { metric: 'testAccuracy', value: 0.95 },
        lanes,
        claims: [],
      },
    });
    send({ type: 'schedule', schedule, reason });
    send({ type: 'manifest', manifest });
    send({ type: 'device', device });
    lanes.forEach((_, index) => send({ type: 'lane-phase', lane: index, phase: 'starting' }));
    const setPaused = (next: boolean): void => {
      if (isOver) return;
      isPaused = next;
      send({ type: 'phase', phase: next ? 'paused' : 'running' });
    };
    setPaused(request.overrides.isPaused ?? false);

    const isLaneDone = (index: number): boolean => (done[index] ?? 0) >= script.steps;
    const playTurn = (): void => {
      if (isPaused) return;
      if (script.isSilent) {
        turn += 1;
        send({ type: 'silent', lane: 0, silentMs: 2000 + turn * script.batchMs });
        return;
      }
      if (lanes.every((_, index) => isLaneDone(index))) return end('done');
      if (schedule === 'race') lanes.forEach((_, index) => playLane(index, 10));
      else if (schedule === 'sequence')
        playLane(
          lanes.findIndex((_, index) => !isLaneDone(index)),
          10,
        );
      else {
        playLane(turn % lanes.length, 10);
        turn += 1;
      }
    };

    const playLane = (index: number, mostSteps: number): void => {
      const from = done[index] ?? 0;
      if (isLaneDone(index)) return;
      if (from === 0) send({ type: 'lane-phase', lane: index, phase: 'running' });
      const rate = nextRates[index] ?? null;
      if (rate !== null) {
        nextRates[index] = null;
        rateChanges[index]?.push({ step: from, learningRate: rate });
        send({ type: 'learning-rate', lane: index, step: from, learningRate: rate });
      }
      playSteps(index, from, Math.min(mostSteps, script.steps - from));
    };

    const playSteps = (index: number, from: number, count: number): void => {
      const step = Array.from({ length: count }, (_, at) => from + at + 1);
      const bend = (index % 2 === 0 ? 1 : 1.12) * (index > 1 ? 1.03 : 1);
      const loss = step.map((at) => 2.3 * 2 ** (-at / (40 * bend)) + 0.08 * bend + 0.05 * Math.abs(Math.sin(at * 1.7 + index)));
      const stepMs = step.map((at) => 20 + index * 8 + (at % 5));
      send({ type: 'steps', lane: index, batch: { step, loss, stepMs, metrics: fakeMetrics(lanes[index], step) } });
      series[index]?.push(...step.map((at, row) => ({ step: at, loss: loss[row] ?? null, stepMs: stepMs[row] ?? 0 })));
      const worldSize = lanes[index]?.worldSize ?? 1;
      for (let rank = 0; rank < worldSize; rank += 1)
        send({ type: 'spans', lane: index, batch: fakeSpans(rank, worldSize, from + 1, from + count) });
      if (from === 0) {
        const isHalf = lanes[index]?.precision !== 'fp32';
        send({ type: 'gpu-times', lane: index, times: fakeGpuTimes(8, 1) });
        send({ type: 'number-lines', lane: index, lines: fakeNumberLines(5, isHalf ? 65_536 : null) });
        const overflow = { step: 30, kind: 'gradient', name: 'fake_conv/kernel', isSkipped: true } as const;
        if (isHalf) send({ type: 'overflow', lane: index, overflow });
      }
      done[index] = from + count;
      const at = from + count;
      if (Math.floor(at / 50) > Math.floor(from / 50) || at === script.steps) {
        send({
          type: 'eval',
          lane: index,
          point: { step: at, values: { testLoss: 0.1 + 2 ** (-at / 50), testAccuracy: 1 - 0.5 * 2 ** (-at / (45 * bend)) - 0.02 } },
        });
        for (let rank = 0; rank < (lanes[index]?.worldSize ?? 1); rank += 1) {
          send({
            type: 'console',
            lane: index,
            line: { level: at % 100 === 0 ? 'info' : 'log', rank, text: `step ${at}: Tensor float32 [10] 0.1, 0.2, 0.3, … (fake)` },
          });
        }
      }
      if (at === 60 && index === 1)
        send({ type: 'console', lane: index, line: { level: 'warn', rank: 0, text: 'gradient norm 12.5 is large (fake)' } });
      if (from < 50 && at >= 50) showViews(index, send);
      if (script.failure !== null && index === lanes.length - 1 && at >= script.steps / 3) {
        send({ type: 'failure', lane: index, failure: { ...script.failure, lane: lanes[index]?.label ?? null, rank: 0 } });
        lanes.forEach((_, lane) => endLane(lane, lane === index ? 'failed' : 'stopped'));
        end('failed');
        return;
      }
      if (at >= script.steps) endLane(index, 'done');
    };

    const timer = setInterval(playTurn, script.batchMs);
    return {
      stop() {
        lanes.forEach((_, index) => {
          if (results[index]?.state !== 'done') endLane(index, 'stopped');
        });
        end('stopped');
      },
      pause: () => setPaused(true),
      resume: () => setPaused(false),
      step() {
        if (!isPaused) setPaused(true);
        lanes.forEach((_, index) => playLane(index, 1));
        if (lanes.every((_, index) => isLaneDone(index))) end('done');
      },
      setLearningRate: (learningRate) => nextRates.fill(learningRate),
      inspect: () => undefined,
      countNumbers: () =>
        lanes.forEach((lane, index) => {
          const lines = fakeNumberLines((done[index] ?? 0) + 1, lane.precision === 'fp32' ? null : 65_536);
          send({ type: 'number-lines', lane: index, lines });
        }),
      timeSteps: (count) =>
        lanes.forEach((_, index) => send({ type: 'gpu-times', lane: index, times: fakeGpuTimes((done[index] ?? 0) + 1, count + 1) })),
      finished,
    };
  }
}

function fakeManifest({ program, overrides }: RunRequest): Manifest {
  return {
    title: 'FAKE run for looking at the page',
    codeHash: null,
    seed: overrides.seed ?? 42,
    steps: null,
    globalBatch: 128,
    preset: null,
    versions: { lockstep: 'fake', tfjs: 'fake' },
    userAgent: `FAKE ${program.fileName}`,
    backend: device.backend,
    adapter: device.adapter,
    features: device.features,
    notes: device.notes,
    selfTest: device.selfTest,
    kernelVariants: {},
    schedule: overrides.schedule ?? 'turns',
    startedAt: new Date().toISOString(),
  };
}

/** What an experiment logs by itself. */
function fakeMetrics(lane: Lane | undefined, step: readonly number[]): Readonly<Record<string, readonly number[]>> {
  const scale = { lossScale: step.map((at) => (at < 30 ? 65_536 : 32_768)), skippedSteps: step.map((at) => (at < 30 ? 0 : 1)) };
  const sent = {
    bytesSent: step.map((at) => 752_000 * at),
    gradientNorm: step.map((at) => 2 ** (-at / 60) + 0.1 * Math.abs(Math.sin(at))),
  };
  return {
    epoch: step.map((at) => at / 94),
    ...(lane?.precision === 'fp16' ? scale : {}),
    ...(lane !== undefined && lane.worldSize > 1 ? sent : {}),
  };
}

function showViews(index: number, send: (event: RunEvent) => void): void {
  if (index > 1) return;
  send({
    type: 'show',
    lane: index,
    view: {
      kind: 'confusion',
      title: 'confusion (fake)',
      labels: [...'0123456789'],
      counts: Array.from({ length: 100 }, (_, at) => (at % 11 === 0 ? 90 : (at * 7) % 9)),
    },
  });
  send({
    type: 'show',
    lane: index,
    view: { kind: 'bars', title: 'errors per digit (fake)', labels: [...'0123456789'], values: [3, 1, 7, 9, 5, 6, 2, 8, 11, 10] },
  });
  if (index > 0) return;
  send({
    type: 'show',
    lane: 0,
    view: {
      kind: 'line',
      title: 'learning rate (fake)',
      x: [0, 1, 2, 3, 4, 5],
      y: { warm: [0, 1, 2, 2, 1.5, 1], cold: [0, 0.5, 1, 1.5, 2, 2.5] },
    },
  });
  send({
    type: 'show',
    lane: 0,
    view: {
      kind: 'table',
      title: 'layers (fake)',
      columns: ['layer', 'shape', 'parameters'],
      rows: [
        ['conv', '[3, 3, 1, 16]', 160],
        ['dense', '[784, 10]', 7850],
      ],
      leftOut: 0,
    },
  });
  send({ type: 'show', lane: 0, view: { kind: 'metric', title: 'parameters (fake)', value: 8010, unit: '' } });
  send({
    type: 'show',
    lane: 0,
    view: {
      kind: 'tree',
      title: 'model (fake)',
      root: {
        label: 'sequential',
        children: [
          { label: 'conv2d', children: [] },
          {
            label: 'dense',
            children: [
              { label: 'kernel', children: [] },
              { label: 'bias', children: [] },
            ],
          },
        ],
      },
    },
  });
  send({
    type: 'show',
    lane: 0,
    view: {
      kind: 'image',
      title: 'digit (fake)',
      height: 28,
      width: 28,
      channels: 1,
      pixels: Array.from({ length: 784 }, (_, at) => (((at % 28) * (at / 28)) % 255) / 255),
    },
  });
  send({
    type: 'show',
    lane: 0,
    view: {
      kind: 'images',
      title: 'mistakes (fake)',
      height: 8,
      width: 8,
      channels: 3,
      captions: Array.from({ length: 12 }, (_, at) => `${at} as ${(at * 7) % 10}`),
      pixels: Array.from({ length: 12 * 192 }, (_, at) => ((at * 37) % 101) / 100),
    },
  });
  send({
    type: 'show',
    lane: 0,
    view: {
      kind: 'heatmap',
      title: 'weights (fake)',
      rows: 12,
      columns: 24,
      values: Array.from({ length: 288 }, (_, at) => Math.sin(at / 9) * Math.cos(at / 5)),
    },
  });
  send({
    type: 'show',
    lane: 0,
    view: {
      kind: 'table',
      title: 'samples (fake)',
      columns: ['sample', 'class', 'p'],
      rows: Array.from({ length: 10_000 }, (_, at) => [at, String(at % 10), 1 / (1 + at)]),
      leftOut: 2000,
    },
  });
}

function fakeResult(
  lane: Lane,
  index: number,
  series: readonly StepRow[],
  state: LanePhase,
  learningRateChanges: readonly LearningRateChange[],
): LaneResult {
  const isHalf = lane.precision === 'fp16';
  const isDone = state === 'done';
  return {
    label: lane.label,
    shortForm: formatLane(lane),
    repeat: lane.repeat,
    seed: 42 + (lane.repeat?.index ?? 0),
    worldSize: lane.worldSize,
    virtual: lane.virtual,
    precision: lane.precision,
    lossScaleMode: lane.lossScale,
    allReduce: 'direct',
    f16: isHalf ? 'packed' : null,
    f32Ops: [],
    f16Math: isHalf ? 'f32' : null,
    execution: 'FAKE',
    state,
    steps: series.length,
    series,
    evals: [],
    notFinite: [],
    testSampleCount: null,
    final: { loss: series.at(-1)?.loss ?? null },
    toTarget: null,
    medianStepMs: isDone ? 22 + index * 8 : null,
    samplesPerSecond: isDone ? 128_000 / (22 + index * 8) : null,
    bytes: isDone
      ? {
          weights: 940_000,
          optimizer: 1_880_000,
          graph: isHalf ? 11_900_000 : 19_800_000,
          parts: isHalf
            ? { data: 400_000, gradients: 940_000, weightCopies: 470_000, activations: 10_490_000 }
            : { data: 400_000, gradients: 940_000, weightCopies: 0, activations: 18_860_000 },
          peak: isHalf ? 21_000_000 : 31_000_000,
        }
      : null,
    weightsHash: isDone ? 'fakefake' : null,
    distanceToBaseline: isDone ? (index === 0 ? 0 : 3.1e-7 * 1000 ** (index % 2)) : null,

    replicasAgree: true,
    lossScale: isHalf && isDone ? 32_768 : null,
    skippedSteps: isHalf ? 1 : 0,
    bytesSent: lane.worldSize > 1 ? 752_000 * series.length : 0,
    links: null,
    phases: null,
    gpuTimes: null,
    numberLines: null,
    overflows: [],
    learningRateChanges,
    membershipChanges: [],
    error: null,
    modelled: null,
  };
}
