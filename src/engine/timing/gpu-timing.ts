// How long the device takes for each command between two moments: everything that the backend records meanwhile, eagerly or in a replay,
// goes through encoders of the device, and those are timed here. Outside of that nothing is wrapped but their creation.

import type { GpuPhase } from '../../core/gpu-times.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { DispatchNotes } from './dispatch-notes.ts';
import { copyName, kernelName } from './kernel-name.ts';
import { TimedPasses } from './timed-passes.ts';
import type { PassTimes } from './timed-passes.ts';

/** What a command was. */
export interface CommandNote {
  readonly phase: GpuPhase;
  readonly name: string;
  /** A copy from buffer to buffer, no kernel. */
  readonly isCopy: boolean;
}

/** One per backend. */
export class GpuTiming {
  readonly notes: DispatchNotes;
  private readonly backend: LockstepBackend;
  private passes: TimedPasses<CommandNote> | null = null;

  constructor(backend: LockstepBackend) {
    this.backend = backend;
    this.notes = new DispatchNotes((dataId) => backend.stored(dataId).shape);
    const { device } = backend.internals;
    const createCommandEncoder = device.createCommandEncoder.bind(device);
    device.createCommandEncoder = (descriptor) => {
      const encoder = createCommandEncoder(descriptor);
      return this.passes === null ? encoder : this.passes.time(encoder);
    };
  }

  /** Whether the device has time stamps. */
  get isAvailable(): boolean {
    return this.backend.internals.device.features.has('timestamp-query');
  }

  /** Whether what is recorded now is timed. */
  get isUnderWay(): boolean {
    return this.passes !== null;
  }

  /** Times what is recorded from here to `end`. What somebody began before, and has not ended, is forgotten. */
  begin(): void {
    const { backend, notes } = this;
    backend.flush();
    this.passes?.dispose();
    this.passes = new TimedPasses<CommandNote>(backend.internals.device, {
      dispatch: () => ({ phase: notes.phase, name: kernelName(notes.kernel), isCopy: false }),
      copy: (byteLength) => ({ phase: notes.phase, name: copyName(byteLength), isCopy: true }),
    });
  }

  /** Submits what is recorded; its times arrive when the device has done it. Null where nothing was begun. Rejects where the device is lost. */
  end(): Promise<PassTimes<CommandNote>> | null {
    this.backend.flush();
    const { passes } = this;
    this.passes = null;
    return passes?.read() ?? null;
  }
}
