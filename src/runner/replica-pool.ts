// A few replicas kept warm: tfjs loaded, device acquired, common GPU programs compiled. A replica that is taken is never given back, because it will run
// somebody's code.

import type { DeviceReport } from '../train/telemetry.ts';
import { ReplicaHandle } from './replica-handle.ts';
import type { SandboxFrame } from './sandbox-frame.ts';

/** Enough for one data-parallel lane; each costs about 60 MB. */
const warmCount = 4;

/** Hands out replicas. */
export class ReplicaPool {
  private readonly frame: SandboxFrame;
  private idle: ReplicaHandle[] = [];
  private wanted = 0;

  constructor(frame: SandboxFrame) {
    this.frame = frame;
  }

  /** Starts as many replicas as are missing, one after the other so that the page stays smooth. Resolves when all are warm. */
  async fill(): Promise<void> {
    this.wanted = warmCount;
    while (this.wanted > 0) {
      const handle = this.idle.find((each) => !each.isRehearsed) ?? (this.idle.length < this.wanted ? this.add() : null);
      if (handle === null) return;
      await handle.rehearse();
    }
  }

  /** No new ones for now: a run is being timed. */
  hold(): void {
    this.wanted = 0;
  }

  /** A warm replica, or a new one. */
  take(): ReplicaHandle {
    return this.idle.shift() ?? new ReplicaHandle(this.frame);
  }

  /** What a replica finds on this machine; leaves that replica in the pool. */
  async device(): Promise<DeviceReport> {
    return (this.idle[0] ?? this.add()).warmed;
  }

  private add(): ReplicaHandle {
    const handle = new ReplicaHandle(this.frame);
    this.idle.push(handle);
    handle.warmed.catch(() => {
      this.idle = this.idle.filter((each) => each !== handle);
    });
    return handle;
  }
}
