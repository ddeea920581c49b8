// One run, from the compiled text to the results: idle → starting → running ⇄ paused → done | failed | stopped. Whose
// turn it is when, and what a pause does, is in turn-taking.ts.

import { PlaygroundError } from '../core/errors.ts';
import { parseVariantTable } from '../core/kernel-variants.ts';
import type { VariantTable } from '../core/kernel-variants.ts';
import { parseSeed } from '../core/prng.ts';
import { checkBatchDivides, checkCount, checkElastic, refuseVirtual } from '../train/run-limits.ts';
import { parseLaneList, workerCountOf } from '../train/lane.ts';
import { expandRepeats, seedOf } from '../train/repeats.ts';
import type { Declaration, ProgramModule } from '../train/program-module.ts';
import type { DeviceReport, Inspection } from '../train/telemetry.ts';
import { describeFailure } from './failure.ts';
import { checkClaimTexts, judgeClaims } from './judge-claims.ts';
import { LaneRecord } from './lane-record.ts';
import { LaneRun } from './lane-run.ts';
import { makeManifest } from './manifest.ts';
import { RankError } from './rank-error.ts';
import type { ReplicaHandle } from './replica-handle.ts';
import type { ReplicaPool } from './replica-pool.ts';
import type { ClaimResult, LearningRateChange, Manifest, RunResults } from './results.ts';
import type { LanePhase, RunEvent, RunPhase } from './run-events.ts';
import type { RunHandle, RunListener, RunRequest } from './run-request.ts';
import { chooseSchedule, thisMachine } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { splitImports } from './split-imports.ts';
import { TurnTaking } from './turn-taking.ts';
import { largestRelativeDistance } from './weights-distance.ts';

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
  private claims: readonly ClaimResult[] = [];
  private scout: ReplicaHandle | null = null;
  private program: ProgramModule | null = null;
  private declaration: Declaration | null = null;
  private device: DeviceReport | null = null;
  private kernelVariants: VariantTable = {};
  private schedule: Schedule = 'turns';
  /** Null until it is known what the program declares. */
  private manifest: Manifest | null = null;
  private readonly turns: TurnTaking;
  private phase: RunPhase = 'idle';
  private hasFailed = false;
  private isStopped = false;

  constructor(pool: ReplicaPool, request: RunRequest, listener: RunListener) {
    this.pool = pool;
    this.request = request;
    this.listener = listener;
    this.turns = new TurnTaking({
      isPaused: request.overrides.isPaused ?? false,
      onPaused: () => {
        if (!this.isOver()) this.setPhase('paused');
      },
      start: (index, handOver) => this.startLane(index, handOver),
      finish: (index, run) => this.finishLane(index, run),
      onFailure: (index, error) => this.failLane(index, error),
      onLearningRate: (index, change) => this.noteLearningRate(index, change),
      rest: () => this.rest(),
    });
    this.finished = this.execute();
  }

  stop(): void {
    if (this.isStopped || this.isOver()) return;
    this.isStopped = true;
    const reason = new PlaygroundError('stopped', 'run: stopped.');
    this.scout?.end(reason);
    this.turns.end(reason);
    for (const [index, record] of this.records.entries()) {
      if (record.phase === 'waiting' || record.phase === 'starting' || record.phase === 'running')
        this.setLanePhase(index, record, 'stopped');
    }
    this.setPhase('stopped');
  }

  pause(): void {
    if (!this.isOver()) this.turns.pause();
  }

  resume(): void {
    if (this.isOver()) return;
    if (this.phase === 'paused') this.setPhase('running');
    this.turns.resume();
  }

  step(): void {
    if (!this.isOver()) this.turns.step();
  }

  setLearningRate(learningRate: number): void {
    if (!(Number.isFinite(learningRate) && learningRate > 0)) {
      const details = { place: 'learningRate' };
      throw new PlaygroundError('config-invalid', `learningRate: expected a positive number, got ${learningRate}.`, details);
    }
    if (!this.isOver()) this.turns.setLearningRate(learningRate);
  }

  inspect(inspection: Inspection | null): void {
    this.turns.inspect(inspection);
  }

  timeSteps(stepCount: number): void {
    this.turns.timeSteps(checkCount(stepCount, 'timeSteps'));
  }

  countNumbers(stepCount: number): void {
    this.turns.countNumbers(checkCount(stepCount, 'countNumbers'));
  }

  private async execute(): Promise<RunResults> {
    const watch = setInterval(() => this.noticeSilence(), silenceCheckMs);
    try {
      this.setPhase('starting');
      const program = await splitImports(this.request.program.javascript);
      const declaration = await this.declare(program);
      this.program = program;
      await this.turns.train(declaration.lanes.length, this.schedule);
      await this.judge(program, declaration);
    } catch (error) {
      await this.fail(null, null, error);
    } finally {
      clearInterval(watch);
      this.scout?.end();
      this.turns.end();
    }
    if (!this.isOver()) this.setPhase(this.hasFailed ? 'failed' : 'done');
    const results = await this.toResults();
    this.emit({ type: 'results', results });
    return results;
  }

  /** Asks a first replica what the program declares; it becomes rank 0 of the first lane. */
  private async declare(program: ProgramModule): Promise<Declaration> {
    await this.pool.tuned();
    if (this.isOver()) throw new PlaygroundError('stopped', 'run: stopped.');
    const scout = this.pool.take();
    this.scout = scout;
    scout.onEvents = (events) => {
      for (const event of events) if (event.type === 'console' || event.type === 'dropped') this.emit({ ...event, lane: null });
    };
    this.device = await scout.warmed;
    this.kernelVariants = parseVariantTable(this.request.overrides.kernelVariants ?? this.pool.tuning.tableFor(this.device));
    this.emit({ type: 'device', device: this.device });
    const declared = await scout.call((remote) => remote.load(program));
    const declaration = this.override(declared);
    this.declaration = declaration;
    this.claims = declaration.claims.map((text) => ({ text, holds: null }));
    this.records = declaration.lanes.map((lane) => new LaneRecord(lane, declaration));
    const { schedule, reason } = chooseSchedule(declaration.lanes, thisMachine(), this.request.overrides.schedule ?? null);
    this.schedule = schedule;
    this.emit({ type: 'declared', declaration });
    this.emit({ type: 'schedule', schedule, reason });
    this.manifest = await this.describe();
    this.emit({ type: 'manifest', manifest: this.manifest });
    await this.rest();
    return declaration;
  }

  /** Has the program's claims judged by a replica of their own; where that cannot be done, they stay open and a line says why. */
  private async judge(program: ProgramModule, { claims }: Declaration): Promise<void> {
    if (claims.length === 0 || this.isStopped || this.records.every(({ phase }) => phase !== 'done')) return;
    const judge = this.pool.take();
    this.scout = judge; // Stop and the end of the run reach it there
    try {
      this.claims = await judgeClaims(judge, program, await this.toResults());
    } catch (error) {
      const text = `claims: not judged, ${error instanceof Error ? error.message : String(error)}`;
      if (!this.isStopped) this.emit({ type: 'console', lane: null, line: { level: 'warn', rank: 0, text } });
    }
  }

  private override(declared: Declaration): Declaration {
    const { lanes, steps } = this.request.overrides;
    const seed = this.request.overrides.seed === undefined ? declared.seed : parseSeed(this.request.overrides.seed);
    const declaration = {
      ...declared,
      claims: checkClaimTexts(declared.claims),
      lanes: expandRepeats(lanes === undefined ? declared.lanes : parseLaneList(lanes), seed),
      seed,
      steps: steps === undefined ? declared.steps : checkCount(steps, 'steps'),
    };
    if (declaration.kind === 'program') refuseVirtual(declaration.lanes);
    checkElastic(declaration.kind, declaration.lanes);
    if (declaration.globalBatch !== null) checkBatchDivides(declaration.globalBatch, declaration.lanes);
    return declaration;
  }

  private async startLane(index: number, handOver: (run: LaneRun) => void): Promise<LaneRun> {
    const { program, declaration } = this;
    const record = this.recordOf(index);
    if (program === null || declaration === null) throw new PlaygroundError('internal', 'run: a lane was started before the program.');
    this.setLanePhase(index, record, 'starting');
    await this.rest();
    if (this.isOver()) throw new PlaygroundError('stopped', 'run: stopped.');
    const { scout } = this;
    this.scout = null;
    const others = Array.from({ length: workerCountOf(record.lane) - (scout === null ? 0 : 1) }, () => this.pool.take());
    const run = new LaneRun(
      {
        lane: record.lane,
        program,
        seed: seedOf(record.lane, declaration.seed),
        steps: declaration.steps,
        kernelVariants: this.kernelVariants,
        timedSteps: checkCount(this.request.overrides.timedSteps ?? 1, 'timedSteps'),
        device: this.device,
        onEvents: (events) => {
          for (const event of events) {
            record.add(event);
            this.forward(index, record, event);
          }
        },
        onMembership: (change) => {
          record.membershipChanges.push(change);
          this.emit({ type: 'membership', lane: index, ...change });
        },
      },
      scout === null ? others : [scout, ...others],
    );
    handOver(run); // so that Stop reaches it while it prepares
    await run.prepare(scout !== null);
    return run;
  }

  private forward(index: number, record: LaneRecord, event: Parameters<LaneRecord['add']>[0]): void {
    if (event.type === 'steps' && record.phase === 'starting') {
      this.setLanePhase(index, record, 'running');
      if (this.phase === 'starting') this.setPhase('running');
    }
    this.emit({ ...event, lane: index });
  }

  private async finishLane(laneIndex: number, run: LaneRun): Promise<void> {
    const finished = this.recordOf(laneIndex);
    finished.report = await run.finish();
    this.setLanePhase(laneIndex, finished, 'done');
    for (const [index, record] of this.records.entries()) {
      const baseline = baselineOf(record, this.records);
      // Lanes that ended before their baseline did are compared when it does.
      if (record.phase !== 'done' || (record !== finished && baseline !== finished)) continue;
      record.distanceToBaseline = largestRelativeDistance(record.report?.weights ?? [], baseline?.report?.weights ?? []);
      this.emit({ type: 'lane-result', lane: index, result: record.toResult() });
    }
  }

  private async failLane(index: number, error: unknown): Promise<void> {
    const record = this.recordOf(index);
    await this.fail(index, record, error);
    if (index !== 0 || record.toResult().steps > 0) return;
    // The first lane did not even take a step, so neither would the others.
    this.turns.end();
    for (const [other, { phase }] of this.records.entries()) {
      if (phase === 'waiting' || phase === 'starting') this.setLanePhase(other, this.recordOf(other), 'stopped');
    }
  }

  private noteLearningRate(index: number, change: LearningRateChange | null): void {
    const record = this.recordOf(index);
    if (change !== null) {
      record.learningRateChanges.push(change);
      this.emit({ type: 'learning-rate', lane: index, ...change });
      return;
    }
    const text = `learning rate: ${record.lane.label} keeps its own, because the program made its optimizer without ctx.optim.`;
    this.emit({ type: 'console', lane: index, line: { level: 'warn', rank: 0, text } });
  }

  private recordOf(index: number): LaneRecord {
    const record = this.records[index];
    if (record === undefined) throw new PlaygroundError('internal', `run: there is no lane ${index}.`);
    return record;
  }

  private async rest(): Promise<void> {
    await this.request.whileResting?.();
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
    for (const { index, silentMs } of this.turns.silences()) {
      const patienceMs = this.recordOf(index).phase === 'starting' ? silenceNoticeWhileStartingMs : silenceNoticeMs;
      if (silentMs >= patienceMs) this.emit({ type: 'silent', lane: index, silentMs });
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
    const manifest = this.manifest ?? (await this.describe());
    return { schemaVersion: 1, manifest, lanes: this.records.map((record) => record.toResult()), claims: this.claims };
  }

  private describe(): Promise<Manifest> {
    return makeManifest({
      program: this.request.program,
      declaration: this.declaration,
      device: this.device,
      kernelVariants: this.kernelVariants,
      schedule: this.schedule,
      startedAt: this.startedAt,
    });
  }
}

/** What a lane's weights are compared with: the first lane or, where lanes are repeated, its repeat with the same seed; null for none. */
function baselineOf({ lane }: LaneRecord, records: readonly LaneRecord[]): LaneRecord | null {
  const group = records[0]?.lane.repeat?.group ?? null;
  const isRepeatOfFirst = (record: LaneRecord): boolean => (group === null ? record === records[0] : record.lane.repeat?.group === group);
  return records.find((record) => isRepeatOfFirst(record) && seedOf(record.lane, 0) === seedOf(lane, 0)) ?? null;
}
