// One lane while it runs: its replicas, wired to each other, advanced together in slices.

import { PlaygroundError } from '../core/errors.ts';
import { transfer } from '../rpc/connect.ts';
import type { Lane } from '../train/lane.ts';
import { endsInAgreement } from '../train/breakers.ts';
import type { ProgramModule } from '../train/program-module.ts';
import type { RankReport, SliceReport } from '../train/rank-report.ts';
import type { DeviceReport, Inspection, ReplicaEvent } from '../train/telemetry.ts';
import { linkBytes } from './link-bytes.ts';
import { untilDeadlock } from './deadlock-watch.ts';
import { parseRankActivity, type RankLook } from './deadlock.ts';
import type { ReplicaHandle } from './replica-handle.ts';
import type { LinkBytes } from './results.ts';
import { expectSameBackend } from './same-backend.ts';

/** Everything a lane needs to start. */
export interface LaneStart {
  readonly lane: Lane;
  readonly program: ProgramModule;
  readonly seed: number;
  readonly steps: number | null;
  /** What the run began on; every rank must find the same. */
  readonly device: DeviceReport | null;
  readonly onEvents: (events: readonly ReplicaEvent[]) => void;
}

/** Rank 0's report, whether the others ended with the same weights, and what all of them sent. */
export interface LaneReport extends RankReport {
  readonly replicasAgree: boolean;
  readonly links: LinkBytes | null;
}

/** An error of one rank, with that rank. */
export class RankError extends Error {
  readonly rank: number;

  constructor(rank: number, cause: unknown) {
    super(`rank ${rank} failed`, { cause });
    this.rank = rank;
  }
}

/** A lane's workers. */
export class LaneRun {
  private readonly start: LaneStart;
  private readonly replicas: readonly ReplicaHandle[];
  private pendingCalls = 0;
  private pendingSince = 0;
  private holding: Promise<void> | null = null;
  private readonly activeSlices: number[];
  private readonly finished: boolean[];
  /** Steps that every rank has taken. */
  step = 0;

  /** `replicas[0]` may have loaded the program already (`isFirstLoaded`): it was asked what the program declares. */
  constructor(start: LaneStart, replicas: readonly ReplicaHandle[]) {
    this.start = start;
    this.replicas = replicas;
    this.activeSlices = replicas.map(() => 0);
    this.finished = replicas.map(() => false);
    for (const replica of replicas) replica.onEvents = start.onEvents;
  }

  /** Data, model and optimizer on every rank. */
  async prepare(isFirstLoaded: boolean): Promise<void> {
    const { lane, program, seed, steps, device } = this.start;
    const peers = connectAll(this.replicas.length);
    await this.onEveryRank(async (replica, rank) => {
      const found = await replica.warmed;
      expectSameBackend(device ?? found, found);
      if (rank > 0 || !isFirstLoaded) await replica.call((remote) => remote.load(program));
      const ports = peers[rank] ?? [];
      const transferables = ports.filter((port) => port !== null);
      await replica.call((remote) => remote.prepare({ rank, lane, seed, steps }, transfer(ports, transferables)));
    });
  }

  /** Trains up to so many more steps on every rank, fewer where `hold` cuts it short. True when the program has come to its end. */
  async advance(stepCount: number): Promise<boolean> {
    const slices = this.onEveryRank((replica, rank) => this.advanceRank(replica, rank, stepCount));
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
      if (behind > 0) await this.advanceRank(replica, rank, behind);
    });
  }

  /** One rank's slice, with all of its events here. */
  private async advanceRank(replica: ReplicaHandle, rank: number, stepCount: number): Promise<SliceReport> {
    this.activeSlices[rank] = (this.activeSlices[rank] ?? 0) + 1;
    try {
      const report = await replica.call((remote) => remote.advance(stepCount));
      await replica.received(report.messageCount);
      this.finished[rank] = report.isDone;
      return report;
    } finally {
      this.activeSlices[rank] = (this.activeSlices[rank] ?? 0) - 1;
    }
  }

  /** Ranks that wait for each other answer nothing any more; they are asked. */
  private untilDeadlock<T>(work: Promise<T>): Promise<T> {
    const { replicas } = this;
    if (replicas.length === 1) return work;
    const look = (replica: ReplicaHandle, rank: number): Promise<RankLook> => {
      return replica
        .ask((remote) => remote.waiting())
        .then((answer) => ({
          activity: parseRankActivity(answer, replicas.length),
          state: (this.activeSlices[rank] ?? 0) > 0 ? 'working' : this.finished[rank] === true ? 'finished' : 'resting',
        }));
    };
    return untilDeadlock(
      { label: this.start.lane.label, silentMs: () => this.silentMs(), look: () => Promise.all(replicas.map(look)) },
      work,
    );
  }

  /** Shows the phases of the steps that follow; null shows them no longer. */
  async inspect(inspection: Inspection | null): Promise<void> {
    await this.onEveryRank((replica) => replica.call((remote) => remote.inspect(inspection)));
  }

  /** For the steps after `step`. False where the program made its optimizers itself, out of reach. */
  async setLearningRate(learningRate: number): Promise<boolean> {
    const reached = await this.onEveryRank((replica) => replica.call((remote) => remote.setLearningRate(learningRate)));
    return reached.every((count) => count > 0);
  }

  /** The ranks' final numbers. Throws `replicas-differ` where their weights are not bit-identical and should be. */
  async finish(): Promise<LaneReport> {
    const reports = await this.onEveryRank(async (replica) => {
      const report = await replica.call((remote) => remote.finish());
      await replica.received(report.messageCount);
      return report;
    });
    const [first] = reports;
    if (first === undefined) throw new PlaygroundError('internal', 'lane: it has no ranks.');
    const odd = reports.findIndex((report) => report.weightsHash !== first.weightsHash);
    if (odd !== -1 && endsInAgreement(this.start.lane)) {
      const message = `lane ${this.start.lane.label}: the weights of rank ${odd} (${reports[odd]?.weightsHash ?? 'none'}) are not those of rank 0 (${first.weightsHash ?? 'none'}). Every rank must build the same model and apply the same gradients.`;
      throw new RankError(odd, new PlaygroundError('replicas-differ', message));
    }
    return { ...first, replicasAgree: odd === -1, links: linkBytes(reports.map(({ bytesSentTo }) => bytesSentTo)) };
  }

  /** Milliseconds since any rank was heard of while something is asked of it; 0 when nothing is. */
  silentMs(): number {
    if (this.pendingCalls === 0) return 0;
    const lastHeardAt = Math.max(this.pendingSince, ...this.replicas.map((replica) => replica.lastHeardAt));
    return performance.now() - lastHeardAt;
  }

  /** Ends every worker at once. */
  end(reason?: Error): void {
    for (const replica of this.replicas) replica.end(reason);
  }

  /** The first rank that fails fails the lane: the others may be waiting for it for ever. */
  private async onEveryRank<Result>(act: (replica: ReplicaHandle, rank: number) => Promise<Result>): Promise<Result[]> {
    if (this.pendingCalls++ === 0) this.pendingSince = performance.now();
    try {
      return await Promise.all(
        this.replicas.map((replica, rank) =>
          act(replica, rank).catch((error: unknown) => {
            throw new RankError(rank, error);
          }),
        ),
      );
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

/** A channel between every two ranks; `[rank][peer]` is rank's end of it, null for itself. */
function connectAll(worldSize: number): (MessagePort | null)[][] {
  const ports = Array.from({ length: worldSize }, () => Array.from({ length: worldSize }, (): MessagePort | null => null));
  for (const [rank, row] of ports.entries()) {
    for (let peer = rank + 1; peer < worldSize; peer++) {
      const { port1, port2 } = new MessageChannel();
      row[peer] = port1;
      const other = ports[peer];
      if (other !== undefined) other[rank] = port2;
    }
  }
  return ports;
}
