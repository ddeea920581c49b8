// Which worker may send buffers to which. The page names the workers of a lane by rank; a worker reaches the others of its lane and nobody
// else, because the frame knows the sender by the Worker object that its message came from and takes nothing from the message but the rank.

import { isRelayedBuffer } from '../../train/frame-relay.ts';
import type { RelayedBuffer } from '../../train/frame-relay.ts';

/** A buffer and the worker it goes to. */
export interface Delivery {
  readonly to: number;
  readonly message: RelayedBuffer;
}

/** The groups of workers between which buffers are passed on. */
export class RelayGroups {
  private readonly workersByGroup = new Map<number, readonly number[]>();

  /** `workers[rank]` is the worker of that rank. */
  add(group: number, workers: readonly number[]): void {
    this.workersByGroup.set(group, workers);
  }

  /** The worker is gone, and its groups with it: a lane that goes on without it gets a new one. */
  forget(worker: number): void {
    for (const [group, workers] of this.workersByGroup) if (workers.includes(worker)) this.workersByGroup.delete(group);
  }

  /** Where a worker's message goes; null where it is none to be relayed, or goes to nobody whom that worker may reach. */
  route(from: number, data: unknown): Delivery | null {
    if (!isRelayedBuffer(data)) return null;
    const workers = this.workersByGroup.get(data.group) ?? [];
    const sender = workers.indexOf(from);
    const to = workers[data.rank];
    if (sender === -1 || to === undefined || to === from) return null;
    return { to, message: { group: data.group, rank: sender, buffer: data.buffer } };
  }
}
