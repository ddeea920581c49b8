// A few replicas kept warm: tfjs loaded, device acquired and tested, common GPU programs compiled. A replica that is taken is never given
// back, because it will run somebody's code. The first replica tests its device (engine/self-test.ts) and the others take over what it
// found, so that all of them compute on the same backend. Devices come and go: a replica whose device is lost while it waits is dropped,
// and when a new one has to take another backend (the adapter has vanished), those on the old backend are dropped with it.

import type { DeviceReport } from '../train/telemetry.ts';
import { ReplicaHandle } from './replica-handle.ts';
import type { SandboxFrame } from './sandbox-frame.ts';
import type { Tuning } from './tuning.ts';

/** Enough for one data-parallel lane; each costs about 60 MB. */
const warmCount = 4;
/** Devices lost in a row, without a run in between, that are replaced: a driver that loses every device is left alone. */
const mostReplacements = 2;

interface IdleReplica {
  readonly handle: ReplicaHandle;
  /** Null while it warms up. */
  report: DeviceReport | null;
}

/** Hands out replicas. */
export class ReplicaPool {
  /** Called with what each new replica finds; the latest is what the next run will use. */
  onDevice: ((report: DeviceReport) => void) | null = null;
  readonly tuning: Tuning;
  private readonly frame: SandboxFrame;
  private readonly backend: string;
  private idle: IdleReplica[] = [];
  /** What the latest replica found; null before the first has. */
  private found: DeviceReport | null = null;
  /** The first replica, while it tests its device: the others wait for its answer. */
  private testing: Promise<unknown> | null = null;
  private wanted = 0;
  private replacementCount = 0;

  /** `backend`: `auto`, or one by name; the replicas check it. */
  constructor(frame: SandboxFrame, backend: string, tuning: Tuning) {
    this.frame = frame;
    this.backend = backend;
    this.tuning = tuning;
  }

  /** Starts as many replicas as are missing, one after the other so that the page stays smooth. Resolves when all are warm. */
  async fill(): Promise<void> {
    this.wanted = warmCount;
    while (this.wanted > 0) {
      const cold = this.idle.find(({ handle }) => !handle.isRehearsed)?.handle;
      const handle = cold ?? (this.idle.length < this.wanted ? this.add() : null);
      if (handle === null) return;
      await handle.rehearse();
    }
    // All are ready for a run: now one of them may be kept busy.
    const handle = this.idle[0]?.handle;
    if (handle !== undefined) await this.tuning.tune(handle);
  }

  /** Resolves at once, but where a run has to wait for the autotuner and it has not run yet. */
  async tuned(): Promise<void> {
    if (this.tuning.mode === 'first') await this.tuning.tune(this.idle[0]?.handle ?? this.add());
  }

  /** No new ones for now: a run is being timed. */
  hold(): void {
    this.wanted = 0;
  }

  /** A warm replica, or a new one. */
  take(): ReplicaHandle {
    this.replacementCount = 0;
    const handle = this.idle.shift()?.handle ?? this.start();
    handle.onLost = null;
    return handle;
  }

  /** What a replica finds on this machine; leaves that replica in the pool. */
  async device(): Promise<DeviceReport> {
    return (this.idle[0]?.handle ?? this.add()).warmed;
  }

  private add(): ReplicaHandle {
    const handle = this.start();
    const replica: IdleReplica = { handle, report: null };
    this.idle.push(replica);
    handle.onLost = () => this.replace(replica);
    handle.warmed.then(
      (report) => {
        replica.report = report;
      },
      () => this.drop(replica),
    );
    return handle;
  }

  private start(): ReplicaHandle {
    const turn = this.testing ?? Promise.resolve();
    const options = turn.then(() => ({ backend: this.backend, tested: this.found }));
    const handle = new ReplicaHandle(this.frame, options);
    const noted = handle.warmed.then(
      (report) => this.note(report),
      () => undefined, // whoever uses the handle hears of its failure
    );
    if (this.found === null && this.testing === null) {
      this.testing = noted;
      void noted.then(() => (this.testing = null));
    }
    return handle;
  }

  /** Keeps what is true now, and no replica of which it is not. */
  private note(report: DeviceReport): void {
    this.found = report;
    const outdated = this.idle.filter((replica) => replica.report !== null && replica.report.backend !== report.backend);
    for (const replica of outdated) this.drop(replica);
    this.onDevice?.(report);
  }

  /** The device is gone. A new replica shows what is left of the machine, unless a run is under way, which finds out by itself. */
  private replace(replica: IdleReplica): void {
    this.drop(replica);
    if (this.wanted === 0 || this.replacementCount >= mostReplacements) return;
    this.replacementCount++;
    this.add();
  }

  private drop(replica: IdleReplica): void {
    this.idle = this.idle.filter((each) => each !== replica);
    replica.handle.end();
  }
}
