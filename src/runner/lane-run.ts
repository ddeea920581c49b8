// One lane while it runs: its replicas, wired to each other, advanced together in slices. A rank that is lost ends the lane or, where it is
// elastic, leaves it to the others, which then take whatever was asked up again (regroup.ts).

import { PlaygroundError } from '../core/errors.ts';
import type { VariantTable } from '../core/kernel-variants.ts';
import type { Lane } from '../train/lane.ts';
import { endsInAgreement } from '../train/breakers.ts';
import type { ProgramModule } from '../train/program-module.ts';
import type { RankReport, SliceReport } from '../train/rank-report.ts';
import type { DeviceReport, Inspection, ReplicaEvent } from '../train/telemetry.ts';
import { untilDeadlock } from './deadlock-watch.ts';
import { parseRankActivity, type RankLook } from './deadlock.ts';
import { askAll, RanksLost } from './lane-members.ts';
import type { LaneMember } from './lane-members.ts';
import { linkBytes } from './link-bytes.ts';
import { lostRanksError } from './lost-ranks.ts';
import { RankError } from './rank-error.ts';
import { linkRanks, linksOf } from './rank-links.ts';
import { regroup } from './regroup.ts';
import type { ReplicaHandle } from './replica-handle.ts';
import type { LinkBytes, MembershipChange } from './results.ts';
import { expectSameBackend } from './same-backend.ts';

/** Everything a lane needs to start. */
export interface LaneStart {
  readonly lane: Lane;
  readonly program: ProgramModule;
  readonly seed: number;
  readonly steps: number | null;
  /** The run's, for every rank. */
  readonly kernelVariants: VariantTable;
  /** Steps whose GPU kernels are timed, at least. */
  readonly timedSteps: number;
  /** What the run began on; every rank must find the same. */
  readonly device: DeviceReport | null;
  readonly onEvents: (events: readonly ReplicaEvent[]) => void;
  /** A rank was lost, and the lane has gone on without it. */
  readonly onMembership: (change: MembershipChange) => void;
}

/** Rank 0's report, whether the others ended with the same weights, and what all of them sent. */
export interface LaneReport extends RankReport {
  readonly replicasAgree: boolean;
  readonly links: LinkBytes | null;
}

/** A lane's workers. */
export class LaneRun {
  private readonly start: LaneStart;
  /** As it began. */
  private readonly rankCount: number;
  /** The ranks that live, by their place. */
  private members: readonly LaneMember[];
  private isPrepared = false;
  private hasRegrouped = false;
  private isCutShort = false;
  private regrouping: Promise<void> | null = null;
  private inspection: Inspection | null = null;
  /** The last step and evaluation that events have told of. */
  private heard = { reportedStep: 0, evaluatedStep: 0 };
  private pendingCalls = 0;
  private pendingSince = 0;
  private holding: Promise<void> | null = null;
  private readonly activeSlices = new Map<ReplicaHandle, number>();
  private readonly finished = new Set<ReplicaHandle>();
  /** Steps that every rank has taken. */
  step = 0;

  /** `replicas[0]` may have loaded the program already (`isFirstLoaded`): it was asked what the program declares. */
  constructor(start: LaneStart, replicas: readonly ReplicaHandle[]) {
    this.start = start;
    this.rankCount = replicas.length;
    this.members = replicas.map((replica, firstRank) => ({ replica, firstRank }));
    for (const replica of replicas) replica.onEvents = (events) => this.hear(events);
  }

  /** Data, model and optimizer on every rank. */
  async prepare(isFirstLoaded: boolean): Promise<void> {
    const { lane, program, seed, steps, kernelVariants, timedSteps, device } = this.start;
    const links = await linkRanks(this.members.map(({ replica }) => replica));
    const prepareRank = async (replica: ReplicaHandle, rank: number) => {
      const found = await replica.warmed;
      expectSameBackend(device ?? found, found);
      if (rank > 0 || !isFirstLoaded) await replica.call((remote) => remote.load(program));
      await replica.call((remote) => remote.prepare({ rank, lane, seed, steps, kernelVariants, timedSteps }, linksOf(links, rank)));
    };
    await this.surviving(() => this.onEveryRank(prepareRank));
    this.isPrepared = true;
  }

  /** Trains up to so many more steps on every rank, fewer where `hold` cuts it short. True when the program has come to its end. */
  async advance(stepCount: number): Promise<boolean> {
    const target = this.step + stepCount;
    this.isCutShort = false;
    this.hasRegrouped = false;
    return this.surviving(() => this.advanceTo(target));
  }

  private async advanceTo(target: number): Promise<boolean> {
    if (this.hasRegrouped && this.isCutShort) return false;
    if (this.hasRegrouped && this.inspection !== null) await this.inspectAll(this.inspection);
    const stepCount = target - this.step;
    const slices = this.onEveryRank((replica) => this.advanceRank(replica, stepCount));
    const reports = await this.untilDeadlock(slices);
    await this.holding; // ranks that were behind when it was cut short have caught up
    this.step = Math.max(...reports.map((report) => report.step));
    return reports.every((report) => report.isDone);
  }

  /**
   * Cuts an `advance` under way short. Ranks are told at slightly different moments and may be a step apart; those behind then take that
   * step too, because the others wait for them in it: the lane always rests between steps, all ranks at the same one.
   */
  hold(): Promise<void> {
    this.isCutShort = true;
    if (this.regrouping !== null) return this.regrouping;
    this.holding ??= this.endSlice().finally(() => {
      this.holding = null;
    });
    return this.holding;
  }

  private async endSlice(): Promise<void> {
    const begun = await this.onEveryRank(async (replica) => checkStepCount(await replica.call((remote) => remote.hold())));
    const last = Math.max(...begun);
    await this.onEveryRank(async (replica, rank) => {
      const behind = last - (begun[rank] ?? last);
      if (behind > 0) await this.advanceRank(replica, behind);
    });
  }

  /** One rank's slice, with all of its events here. */
  private async advanceRank(replica: ReplicaHandle, stepCount: number): Promise<SliceReport> {
    this.activeSlices.set(replica, (this.activeSlices.get(replica) ?? 0) + 1);
    try {
      const report = await replica.call((remote) => remote.advance(stepCount));
      await replica.received(report.messageCount);
      if (report.isDone) this.finished.add(replica);
      return report;
    } finally {
      this.activeSlices.set(replica, (this.activeSlices.get(replica) ?? 1) - 1);
    }
  }

  /** Ranks that wait for each other answer nothing any more; they are asked. */
  private untilDeadlock<T>(work: Promise<T>): Promise<T> {
    const { members } = this;
    if (members.length === 1) return work;
    const look = async ({ replica }: LaneMember): Promise<RankLook> => {
      // A rank that is gone does not answer: that is no deadlock, and whoever asked steps of it hears of its end.
      const answer = await replica.ask((remote) => remote.waiting()).catch(() => null);
      return {
        activity: parseRankActivity(answer, members.length),
        state: (this.activeSlices.get(replica) ?? 0) > 0 ? 'working' : this.finished.has(replica) ? 'finished' : 'resting',
      };
    };
    const lane = { label: this.start.lane.label, silentMs: () => this.silentMs(), look: () => Promise.all(members.map(look)) };
    return untilDeadlock(lane, work);
  }

  /** Times the GPU kernels of so many of the next steps, also of those under way. */
  timeSteps(stepCount: number): void {
    if (this.isPrepared) void this.members[0]?.replica.ask((remote) => remote.timeSteps(stepCount));
  }

  /** Counts the numbers of so many of the next steps, also of those under way. */
  countNumbers(stepCount: number): void {
    if (this.isPrepared) void this.members[0]?.replica.ask((remote) => remote.countNumbers(stepCount));
  }

  /** Shows the phases of the steps that follow; null shows them no longer. */
  async inspect(inspection: Inspection | null): Promise<void> {
    this.inspection = inspection;
    await this.surviving(() => this.inspectAll(inspection));
  }

  private async inspectAll(inspection: Inspection | null): Promise<void> {
    await this.onEveryRank((replica) => replica.call((remote) => remote.inspect(inspection)));
  }

  /** For the steps after `step`. False where the program made its optimizers itself, out of reach. */
  async setLearningRate(learningRate: number): Promise<boolean> {
    const set = (replica: ReplicaHandle) => replica.call((remote) => remote.setLearningRate(learningRate));
    const reached = await this.surviving(() => this.onEveryRank(set));
    return reached.every((count) => count > 0);
  }

  /** The ranks' final numbers. Throws `replicas-differ` where their weights are not bit-identical and should be. */
  async finish(): Promise<LaneReport> {
    const finishRank = async (replica: ReplicaHandle) => {
      const report = await replica.call((remote) => remote.finish());
      await replica.received(report.messageCount);
      return report;
    };
    const reports = await this.surviving(() => this.onEveryRank(finishRank));
    const [first] = reports;
    if (first === undefined) throw new PlaygroundError('internal', 'lane: it has no ranks.');
    const odd = reports.findIndex((report) => report.weightsHash !== first.weightsHash);
    if (odd !== -1 && endsInAgreement(this.start.lane)) {
      const message = `lane ${this.start.lane.label}: the weights of rank ${odd} (${reports[odd]?.weightsHash ?? 'none'}) are not those of rank 0 (${first.weightsHash ?? 'none'}). Every rank must build the same model and apply the same gradients.`;
      throw new RankError(this.members[odd]?.firstRank ?? odd, new PlaygroundError('replicas-differ', message));
    }
    // Of a lane that lost ranks each has counted from its latest group on: not a whole.
    const isWhole = this.members.length === this.rankCount;
    const links = isWhole ? linkBytes(reports.map(({ bytesSentTo }) => bytesSentTo)) : null;
    return { ...first, replicasAgree: odd === -1, links };
  }

  /** Milliseconds since any rank was heard of while something is asked of it; 0 when nothing is. */
  silentMs(): number {
    if (this.pendingCalls === 0) return 0;
    const lastHeardAt = Math.max(this.pendingSince, ...this.members.map(({ replica }) => replica.lastHeardAt));
    return performance.now() - lastHeardAt;
  }

  /** Ends every worker at once. */
  end(reason?: Error): void {
    for (const { replica } of this.members) replica.end(reason);
  }

  private hear(events: readonly ReplicaEvent[]): void {
    for (const event of events) {
      const { reportedStep, evaluatedStep } = this.heard;
      if (event.type === 'steps') this.heard = { evaluatedStep, reportedStep: Math.max(reportedStep, event.batch.step.at(-1) ?? 0) };
      if (event.type === 'eval') this.heard = { reportedStep, evaluatedStep: Math.max(evaluatedStep, event.point.step) };
    }
    this.start.onEvents(events);
  }

  /** What an elastic lane has lost a rank in is asked again of those that are left. */
  private async surviving<Result>(act: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof RanksLost)) throw error;
        this.regrouping = this.goOnWithout(error).finally(() => {
          this.regrouping = null;
        });
        await this.regrouping;
      }
    }
  }

  private async goOnWithout(loss: RanksLost): Promise<void> {
    const { lane, onMembership } = this.start;
    if (!lane.elastic || !this.isPrepared) throw lostRanksError(lane, loss, this.step);
    await this.holding?.catch(() => undefined); // it has lost the same rank, and must not tell anybody of it later
    this.pendingCalls++;
    const regrouped = await regroup(this.members, () => this.heard).finally(() => this.pendingCalls--);
    if (regrouped === null) throw lostRanksError(lane, loss, this.step);
    const { members, step } = regrouped;
    const lost = this.members.filter((member) => !members.includes(member));
    let worldSize = this.members.length;
    this.members = members;
    this.step = step;
    this.hasRegrouped = true;
    for (const { replica, firstRank } of lost) {
      replica.end();
      onMembership({ step, lostRank: firstRank, worldSize: --worldSize });
    }
  }

  /** The first rank that fails fails the lane: the others may be waiting for it for ever. */
  private async onEveryRank<Result>(act: (replica: ReplicaHandle, rank: number) => Promise<Result>): Promise<Result[]> {
    if (this.pendingCalls++ === 0) this.pendingSince = performance.now();
    try {
      return await askAll(this.members, act, this.start.lane.elastic && this.isPrepared);
    } finally {
      this.pendingCalls--;
    }
  }
}

/** A worker may answer anything. */
function checkStepCount(answer: unknown): number {
  if (typeof answer === 'number' && Number.isSafeInteger(answer) && answer >= 0) return answer;
  throw new PlaygroundError('internal', `replica: expected a number of steps, got ${String(answer)}.`);
}
