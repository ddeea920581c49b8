// One run, from the compiled text to the results: idle → starting → running ⇄ paused → done | failed | stopped. Lanes train in slices of
// steps; between slices is where turns change hands, where a pause holds, and where a new learning rate comes into force, so that none
// of them changes what is computed.

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
import { Pace } from './pace.ts';
import { chooseSchedule, nextSliceSteps, thisMachine } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { splitImports } from './split-imports.ts';
import { largestRelativeDistance } from './weights-distance.ts';

/** A lane that takes its turns. */
interface ActiveLane {
  readonly index: number;
  readonly record: LaneRecord;
  run: LaneRun | null;
  sliceSteps: number;
  /** Set by hand; null while it has the program's own. */
  learningRate: number | null;
}

type StartLane = (lane: ActiveLane) => Promise<LaneRun>;

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
  private readonly pace: Pace;
  private learningRate: number | null = null;
  private phase: RunPhase = 'idle';
  private hasFailed = false;
  private isStopped = false;

  constructor(pool: ReplicaPool, request: RunRequest, listener: RunListener) {
    this.pool = pool;
    this.request = request;
    this.listener = listener;
    this.pace = new Pace(request.overrides.isPaused ?? false, () => {
      if (!this.isOver()) this.setPhase('paused');
    });
    this.finished = this.execute();
  }

  stop(): void {
    if (this.isStopped || this.isOver()) return;
    this.isStopped = true;
    const reason = new PlaygroundError('stopped', 'run: stopped.');
    this.pace.end();
    this.scout?.end(reason);
    for (const lane of this.active) lane.run?.end(reason);
    for (const [index, record] of this.records.entries()) {
      if (record.phase === 'waiting' || record.phase === 'starting' || record.phase === 'running')
        this.setLanePhase(index, record, 'stopped');
    }
    this.setPhase('stopped');
  }

  pause(): void {
    if (this.isOver()) return;
    this.pace.pause();
    this.cutSlicesShort();
  }

  resume(): void {
    if (this.isOver() || !this.pace.isPaused) return;
    this.pace.resume();
    if (this.phase === 'paused') this.setPhase('running');
  }

  step(): void {
    if (this.isOver()) return;
    const wasPaused = this.pace.isPaused;
    this.pace.step();
    if (!wasPaused) this.cutSlicesShort();
  }

  setLearningRate(learningRate: number): void {
    if (!(Number.isFinite(learningRate) && learningRate > 0)) {
      throw new PlaygroundError('config-invalid', `learningRate: expected a positive number, got ${learningRate}.`, {
        place: 'learningRate',
      });
    }
    if (this.isOver()) return;
    this.learningRate = learningRate;
    this.cutSlicesShort();
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
    const { schedule, reason } = chooseSchedule(declaration.lanes, thisMachine(), this.request.overrides.schedule ?? null);
    this.schedule = schedule;
    this.emit({ type: 'declared', declaration });
    this.emit({ type: 'schedule', schedule, reason });
    await this.request.whileResting?.();
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
    this.active = this.records.map((record, index) => ({ index, record, run: null, sliceSteps: nextSliceSteps(0, 0), learningRate: null }));
    const start = (lane: ActiveLane) => this.startLane(lane, program, declaration);
    if (this.pace.isPaused) await this.startAhead(start);
    while (this.active.length > 0 && !this.isStopped) {
      const turn = await this.pace.next();
      if (turn === 'step') for (const lane of this.lanesAtWork()) await this.advance(lane, start, 1);
      else if (this.schedule === 'race') await Promise.all(this.active.map((lane) => this.advanceUntilHeld(lane, start)));
      else if (this.schedule === 'sequence') await this.advanceUntilHeld(this.active[0], start);
      else await this.takeTurn(start);
    }
  }

  /** A run that begins paused is ready for its first step. */
  private async startAhead(start: StartLane): Promise<void> {
    for (const lane of this.lanesAtWork()) await this.guard(lane, async () => void (await start(lane)));
  }

  /** In a sequence only one at a time has workers. */
  private lanesAtWork(): readonly ActiveLane[] {
    return this.schedule === 'sequence' ? this.active.slice(0, 1) : this.active;
  }

  /** One slice of the first in the queue, which then goes to the back. */
  private async takeTurn(start: StartLane): Promise<void> {
    const [lane] = this.active;
    if (lane === undefined) return;
    await this.advance(lane, start, lane.sliceSteps);
    if (this.active[0] === lane) this.active = [...this.active.slice(1), lane];
  }

  private async advanceUntilHeld(lane: ActiveLane | undefined, start: StartLane): Promise<void> {
    while (lane !== undefined && this.active.includes(lane) && !this.pace.isPaused && !this.isStopped) {
      await this.advance(lane, start, lane.sliceSteps);
    }
  }

  /** Some steps of one lane, which is started first where it has not been; a lane that has come to its end is finished. */
  private async advance(lane: ActiveLane, start: StartLane, stepCount: number): Promise<void> {
    await this.guard(lane, async () => {
      const run = lane.run ?? (await start(lane));
      await this.applyLearningRate(lane, run);
      if (this.pace.isPaused && stepCount > 1) return; // somebody paused while it started
      const from = performance.now();
      const isDone = await run.advance(stepCount);
      if (stepCount > 1) lane.sliceSteps = nextSliceSteps(lane.sliceSteps, performance.now() - from);
      if (this.schedule !== 'race') await this.request.whileResting?.(); // in a race nobody rests
      if (isDone) await this.finishLane(lane, run);
    });
  }

  /** What goes wrong in a lane ends that lane; where the first did not even start, the others would not either. */
  private async guard(lane: ActiveLane, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      lane.run?.end();
      this.active = this.active.filter((each) => each !== lane);
      await this.fail(lane.index, lane.record, error);
      if (lane.index === 0 && lane.record.toResult().steps === 0) this.refuseTheRest();
    }
  }

  private async applyLearningRate(lane: ActiveLane, run: LaneRun): Promise<void> {
    const { learningRate } = this;
    if (learningRate === null || lane.learningRate === learningRate) return;
    lane.learningRate = learningRate;
    if (await run.setLearningRate(learningRate)) {
      const change = { step: run.step, learningRate };
      lane.record.learningRateChanges.push(change);
      this.emit({ type: 'learning-rate', lane: lane.index, ...change });
      return;
    }
    const text = `learning rate: ${lane.record.lane.label} keeps its own, because the program made its optimizer without ctx.optim.`;
    this.emit({ type: 'console', lane: lane.index, line: { level: 'warn', rank: 0, text } });
  }

  /** So that pause and a new learning rate need not wait for a slice to end. */
  private cutSlicesShort(): void {
    for (const { run } of this.active) run?.hold().catch(() => undefined); // what went wrong also ends the slice, which tells
  }

  private async startLane(lane: ActiveLane, program: ProgramModule, declaration: Declaration): Promise<LaneRun> {
    this.setLanePhase(lane.index, lane.record, 'starting');
    await this.request.whileResting?.();
    const { scout } = this;
    this.scout = null;
    const others = Array.from({ length: lane.record.lane.worldSize - (scout === null ? 0 : 1) }, () => this.pool.take());
    const run = new LaneRun(
      {
        lane: lane.record.lane,
        program,
        seed: declaration.seed,
        steps: declaration.steps,
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
    lane.record.report = report;
    this.setLanePhase(lane.index, lane.record, 'done');
    // Lanes that ended before the baseline did are compared when it does.
    const comparable = lane.index === 0 ? [...this.records.entries()] : [[lane.index, lane.record] as const];
    const baseline = this.records[0]?.report?.weights ?? [];
    for (const [index, record] of comparable) {
      if (record.phase !== 'done') continue;
      record.distanceToBaseline = largestRelativeDistance(record.report?.weights ?? [], baseline);
      this.emit({ type: 'lane-result', lane: index, result: record.toResult() });
    }
  }

  /** The first lane did not even start, so neither would the others. */
  private refuseTheRest(): void {
    for (const lane of this.active) lane.run?.end();
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
