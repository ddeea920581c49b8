// One run, from the compiled text to the results: idle → starting → running → done | failed | stopped.

import { PlaygroundError } from '../core/errors.ts';
import { parseSeed } from '../core/prng.ts';
import { checkBatchDivides, checkCount } from '../train/run-limits.ts';
import { parseLaneList } from '../train/lane.ts';
import type { Declaration, ProgramModule } from '../train/program-module.ts';
import type { DeviceReport } from '../train/telemetry.ts';
import { describeFailure } from './failure.ts';
import { LaneRecord } from './lane-record.ts';
import { LaneRun, RankError } from './lane-run.ts';
import { makeManifest } from './manifest.ts';
import type { ReplicaHandle } from './replica-handle.ts';
import type { ReplicaPool } from './replica-pool.ts';
import type { RunResults } from './results.ts';
import type { LanePhase, RunEvent, RunPhase } from './run-events.ts';
import type { RunHandle, RunListener, RunRequest } from './run-request.ts';
import { chooseSchedule, nextSliceSteps } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { splitImports } from './split-imports.ts';
import { largestRelativeDistance } from './weights-distance.ts';

/** A lane that takes its turns. */
interface ActiveLane {
  readonly index: number;
  readonly record: LaneRecord;
  run: LaneRun | null;
  sliceSteps: number;
}

const silenceCheckMs = 1000;
const silenceNoticeMs = 4000;
/** Workers, data and model take longer on a slow machine, and that is no sign of an endless loop. */
const silenceNoticeWhileStartingMs = 15_000;

/** Starts when constructed; `finished` never rejects. */
export class Run implements RunHandle {
  readonly finished: Promise<RunResults>;
  private readonly pool: ReplicaPool;
  private readonly request: RunRequest;
  private readonly listener: RunListener;
  private readonly startedAt = new Date();
  private records: readonly LaneRecord[] = [];
  private active: ActiveLane[] = [];
  private scout: ReplicaHandle | null = null;
  private declaration: Declaration | null = null;
  private device: DeviceReport | null = null;
  private schedule: Schedule = 'turns';
  private baseline: readonly Float32Array[] = [];
  private phase: RunPhase = 'idle';
  private hasFailed = false;
  private isStopped = false;

  constructor(pool: ReplicaPool, request: RunRequest, listener: RunListener) {
    this.pool = pool;
    this.request = request;
    this.listener = listener;
    this.finished = this.execute();
  }

  stop(): void {
    if (this.isStopped || this.isOver()) return;
    this.isStopped = true;
    const reason = new PlaygroundError('stopped', 'run: stopped.');
    this.scout?.end(reason);
    for (const lane of this.active) lane.run?.end(reason);
    for (const [index, record] of this.records.entries()) {
      if (record.phase === 'waiting' || record.phase === 'starting' || record.phase === 'running')
        this.setLanePhase(index, record, 'stopped');
    }
    this.setPhase('stopped');
  }

  private async execute(): Promise<RunResults> {
    const watch = setInterval(() => this.noticeSilence(), silenceCheckMs);
    try {
      this.setPhase('starting');
      const program = await splitImports(this.request.program.javascript);
      const declaration = await this.declare(program);
      await this.train(program, declaration);
    } catch (error) {
      await this.fail(null, null, error);
    } finally {
      clearInterval(watch);
      this.scout?.end();
      for (const lane of this.active) lane.run?.end();
    }
    if (!this.isOver()) this.setPhase(this.hasFailed ? 'failed' : 'done');
    const results = await this.toResults();
    this.emit({ type: 'results', results });
    return results;
  }

  /** Asks a first replica what the program declares; it becomes rank 0 of the first lane. */
  private async declare(program: ProgramModule): Promise<Declaration> {
    const scout = this.pool.take();
    this.scout = scout;
    scout.onEvents = (events) => {
      for (const event of events) if (event.type === 'console') this.emit({ type: 'console', lane: null, line: event.line });
    };
    this.device = await scout.warmed;
    this.emit({ type: 'device', device: this.device });
    const declared = await scout.call((remote) => remote.load(program));
    const declaration = this.override(declared);
    this.declaration = declaration;
    this.records = declaration.lanes.map((lane) => new LaneRecord(lane, declaration));
    this.schedule = chooseSchedule(declaration.lanes);
    this.emit({ type: 'declared', declaration });
    return declaration;
  }

  private override(declared: Declaration): Declaration {
    const { lanes, seed, steps } = this.request.overrides;
    const declaration = {
      ...declared,
      lanes: lanes === undefined ? declared.lanes : parseLaneList(lanes),
      seed: seed === undefined ? declared.seed : parseSeed(seed),
      steps: steps === undefined ? declared.steps : checkCount(steps, 'steps'),
    };
    if (declaration.globalBatch !== null) checkBatchDivides(declaration.globalBatch, declaration.lanes);
    return declaration;
  }

  private async train(program: ProgramModule, declaration: Declaration): Promise<void> {
    this.active = this.records.map((record, index) => ({ index, record, run: null, sliceSteps: nextSliceSteps(0, 0) }));
    while (this.active.length > 0 && !this.isStopped) {
      const round = this.active; // a lane that ends is left out of the next one
      for (const lane of round) {
        if (this.isStopped) return;
        await this.takeTurn(lane, program, declaration);
        const isRefused = lane.record.phase === 'failed' && lane.record.toResult().steps === 0;
        if (isRefused && lane.index === 0) return this.refuseTheRest();
      }
    }
  }

  /** One slice of one lane, or in a sequence all of it. */
  private async takeTurn(lane: ActiveLane, program: ProgramModule, declaration: Declaration): Promise<void> {
    try {
      lane.run ??= await this.startLane(lane, program, declaration);
      let isDone = false;
      do {
        const from = performance.now();
        isDone = await lane.run.advance(lane.sliceSteps);
        lane.sliceSteps = nextSliceSteps(lane.sliceSteps, performance.now() - from);
      } while (!isDone && this.schedule === 'sequence' && !this.isStopped);
      if (isDone) await this.finishLane(lane, lane.run);
    } catch (error) {
      lane.run?.end();
      await this.fail(lane.index, lane.record, error);
      this.active = this.active.filter((each) => each !== lane);
    }
  }

  private async startLane(lane: ActiveLane, program: ProgramModule, declaration: Declaration): Promise<LaneRun> {
    this.setLanePhase(lane.index, lane.record, 'starting');
    const { scout } = this;
    this.scout = null;
    const others = Array.from({ length: lane.record.lane.worldSize - (scout === null ? 0 : 1) }, () => this.pool.take());
    const run = new LaneRun(
      {
        lane: lane.record.lane,
        program,
        seed: declaration.seed,
        steps: declaration.steps,
        device: this.device,
        onEvents: (events) => {
          for (const event of events) {
            lane.record.add(event);
            this.forward(lane, event);
          }
        },
      },
      scout === null ? others : [scout, ...others],
    );
    lane.run = run; // so that Stop reaches it while it prepares
    await run.prepare(scout !== null);
    return run;
  }

  private forward(lane: ActiveLane, event: Parameters<LaneRecord['add']>[0]): void {
    if (event.type === 'steps' && lane.record.phase === 'starting') {
      this.setLanePhase(lane.index, lane.record, 'running');
      if (this.phase === 'starting') this.setPhase('running');
    }
    this.emit({ ...event, lane: lane.index });
  }

  private async finishLane(lane: ActiveLane, run: LaneRun): Promise<void> {
    const report = await run.finish();
    run.end();
    this.active = this.active.filter((each) => each !== lane);
    lane.record.report = { ...report, weights: [] };
    if (lane.index === 0) this.baseline = report.weights;
    lane.record.distanceToBaseline = largestRelativeDistance(report.weights, this.baseline);
    this.setLanePhase(lane.index, lane.record, 'done');
    this.emit({ type: 'lane-result', lane: lane.index, result: lane.record.toResult() });
  }

  /** The first lane did not even start, so neither would the others. */
  private refuseTheRest(): void {
    this.active = [];
    for (const [index, record] of this.records.entries()) if (record.phase === 'waiting') this.setLanePhase(index, record, 'stopped');
  }

  private async fail(index: number | null, record: LaneRecord | null, error: unknown): Promise<void> {
    if (this.isStopped) return;
    this.hasFailed = true;
    const rank = error instanceof RankError ? error.rank : null;
    const cause = error instanceof RankError ? error.cause : error;
    const failure = await describeFailure(cause, this.request.program, record?.lane.label ?? null, rank);
    if (index !== null && record !== null) {
      record.failure = failure;
      this.setLanePhase(index, record, 'failed');
      this.emit({ type: 'lane-result', lane: index, result: record.toResult() });
    }
    this.emit({ type: 'failure', lane: index, failure });
  }

  private noticeSilence(): void {
    for (const lane of this.active) {
      const silentMs = lane.run?.silentMs() ?? 0;
      const patienceMs = lane.record.phase === 'starting' ? silenceNoticeWhileStartingMs : silenceNoticeMs;
      if (silentMs >= patienceMs) this.emit({ type: 'silent', lane: lane.index, silentMs });
    }
    const scoutSilentMs = this.scout === null ? 0 : performance.now() - this.scout.lastHeardAt;
    if (this.phase === 'starting' && scoutSilentMs >= silenceNoticeMs) this.emit({ type: 'silent', lane: null, silentMs: scoutSilentMs });
  }

  private setLanePhase(index: number, record: LaneRecord, phase: LanePhase): void {
    record.phase = phase;
    this.emit({ type: 'lane-phase', lane: index, phase });
  }

  private setPhase(phase: RunPhase): void {
    this.phase = phase;
    this.emit({ type: 'phase', phase });
  }

  private isOver(): boolean {
    return this.phase === 'done' || this.phase === 'failed' || this.phase === 'stopped';
  }

  private emit(event: RunEvent): void {
    this.listener(event);
  }

  private async toResults(): Promise<RunResults> {
    const manifest = await makeManifest({
      program: this.request.program,
      declaration: this.declaration,
      device: this.device,
      schedule: this.schedule,
      startedAt: this.startedAt,
    });
    return { schemaVersion: 1, manifest, lanes: this.records.map((record) => record.toResult()) };
  }
}
