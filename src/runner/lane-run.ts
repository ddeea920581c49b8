// One lane while it runs: its replicas, wired to each other, advanced together in slices.

import { PlaygroundError } from '../core/errors.ts';
import { transfer } from '../rpc/connect.ts';
import type { Lane } from '../train/lane.ts';
import type { ProgramModule } from '../train/program-module.ts';
import type { RankReport } from '../train/rank-report.ts';
import type { DeviceReport, ReplicaEvent } from '../train/telemetry.ts';
import type { ReplicaHandle } from './replica-handle.ts';
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
  private pendingSince: number | null = null;

  /** `replicas[0]` may have loaded the program already (`isFirstLoaded`): it was asked what the program declares. */
  constructor(start: LaneStart, replicas: readonly ReplicaHandle[]) {
    this.start = start;
    this.replicas = replicas;
    for (const replica of replicas) replica.onEvents = start.onEvents;
  }

  /** Data, model and optimizer on every rank. */
  async prepare(isFirstLoaded: boolean): Promise<void> {
    const { lane, program, seed, steps, device } = this.start;
    const peers = connectAll(lane.worldSize);
    await this.onEveryRank(async (replica, rank) => {
      const found = await replica.warmed;
      expectSameBackend(device ?? found, found);
      if (rank > 0 || !isFirstLoaded) await replica.call((remote) => remote.load(program));
      const ports = peers[rank] ?? [];
      const transferables = ports.filter((port) => port !== null);
      await replica.call((remote) => remote.prepare({ rank, lane, seed, steps }, transfer(ports, transferables)));
    });
  }

  /** Trains up to so many more steps on every rank. True when the program has come to its end. */
  async advance(stepCount: number): Promise<boolean> {
    const reports = await this.onEveryRank(async (replica) => {
      const report = await replica.call((remote) => remote.advance(stepCount));
      await replica.received(report.messageCount);
      return report;
    });
    return reports.every((report) => report.isDone);
  }

  /** The ranks' final numbers. Throws `replicas-differ` where their weights are not bit-identical. */
  async finish(): Promise<RankReport> {
    const reports = await this.onEveryRank(async (replica) => {
      const report = await replica.call((remote) => remote.finish());
      await replica.received(report.messageCount);
      return report;
    });
    const [first] = reports;
    if (first === undefined) throw new PlaygroundError('internal', 'lane: it has no ranks.');
    const odd = reports.findIndex((report) => report.weightsHash !== first.weightsHash);
    if (odd !== -1) {
      const message = `lane ${this.start.lane.label}: the weights of rank ${odd} (${reports[odd]?.weightsHash ?? 'none'}) are not those of rank 0 (${first.weightsHash ?? 'none'}). Every rank must build the same model and apply the same gradients.`;
      throw new RankError(odd, new PlaygroundError('replicas-differ', message));
    }
    return first;
  }

  /** Milliseconds since any rank was heard of while something is asked of it; 0 when nothing is. */
  silentMs(): number {
    if (this.pendingSince === null) return 0;
    const lastHeardAt = Math.max(this.pendingSince, ...this.replicas.map((replica) => replica.lastHeardAt));
    return performance.now() - lastHeardAt;
  }

  /** Ends every worker at once. */
  end(reason?: Error): void {
    for (const replica of this.replicas) replica.end(reason);
  }

  /** The first rank that fails fails the lane: the others may be waiting for it for ever. */
  private async onEveryRank<Result>(act: (replica: ReplicaHandle, rank: number) => Promise<Result>): Promise<Result[]> {
    this.pendingSince = performance.now();
    try {
      return await Promise.all(
        this.replicas.map((replica, rank) =>
          act(replica, rank).catch((error: unknown) => {
            throw new RankError(rank, error);
          }),
        ),
      );
    } finally {
      this.pendingSince = null;
    }
  }
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
