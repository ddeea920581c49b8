// The page's one way to run programs. It owns the sandbox frame and the pool of warm replicas.

import type { DeviceReport } from '../train/telemetry.ts';
import { ReplicaPool } from './replica-pool.ts';
import { Run } from './run.ts';
import type { RunHandle, RunListener, RunRequest } from './run-request.ts';
import { SandboxFrame } from './sandbox-frame.ts';
import { Tuning } from './tuning.ts';

/** One per page. */
export class Runner {
  private readonly pool: ReplicaPool;

  /** `backend`: `auto`, or what to compute on, as somebody typed it; `warm` and every run throw `config-invalid` where it is unknown. */
  constructor(backend = 'auto', tuning = new Tuning('never', null)) {
    this.pool = new ReplicaPool(new SandboxFrame(), backend, tuning);
  }

  /** Starts a few replicas ahead of time; resolves with what the first finds on this machine. Throws `device-unavailable`. */
  async warm(): Promise<DeviceReport> {
    const device = await this.pool.device();
    this.fillQuietly();
    return device;
  }

  /** Calls back with what each new replica finds: devices go away, and the page says what is there now. */
  watchDevice(listener: (report: DeviceReport) => void): void {
    this.pool.onDevice = listener;
  }

  /** Starts a run. The pool is refilled when it is over, not while it is being timed. */
  run(request: RunRequest, listener: RunListener): RunHandle {
    this.pool.hold();
    const run = new Run(this.pool, request, listener);
    void run.finished.then(() => this.fillQuietly());
    return run;
  }

  private fillQuietly(): void {
    this.pool.fill().catch(() => undefined); // a replica that cannot start says so when a run takes one
  }
}
