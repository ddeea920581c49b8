// A rank of an elastic lane while ranks are lost around it: it learns who is gone, comes to rest, and goes on among those that are left.

import type { ProcessGroup } from '../collective/process-group.ts';
import { PlaygroundError } from '../core/errors.ts';
import type { RankRuntime } from './rank-runtime.ts';
import type { Reported } from './reporter.ts';
import type { PreparedExperiment, Resumption } from './train-experiment.ts';

/** The place of a rank among those that are left. */
export interface NewSeat extends Resumption, Reported {
  readonly rank: number;
}

/** What a rank was at when it heard that another one is lost. */
export interface LossReport {
  /** Steps it has begun. */
  readonly step: number;
  /** The call in which it waited for the others, or came to wait; null where it was in none, between two steps. */
  readonly call: string | null;
}

/** Tells a rank that a peer is gone: what waits for it rejects, at once. Says what the rank was at, once it has come to need the other. */
export async function loseRank(group: ProcessGroup, runtime: RankRuntime, lost: number): Promise<LossReport> {
  const call = group.waiting()?.call ?? null;
  group.lost(lost);
  if (call === null) await runtime.endOfStep();
  return { step: runtime.step, call: call ?? group.failedIn };
}

/** Waits until nothing is under way. The last step that this rank has completed. Throws what went wrong besides the loss. */
export async function restAfterLoss(runtime: RankRuntime, experiment: PreparedExperiment | null): Promise<number> {
  if (experiment === null) throw new PlaygroundError('internal', 'replica: only an experiment can go on with fewer ranks.');
  await runtime.rest();
  return experiment.completedStep();
}

/** Takes a place in the new group; resolves when all of its ranks hold the same state and agree that they do. */
export async function takeSeat(group: ProcessGroup, runtime: RankRuntime, experiment: PreparedExperiment, seat: NewSeat): Promise<void> {
  try {
    await experiment.goOn(group, seat);
    runtime.goOn(group, seat.step, seat);
  } catch (error) {
    group.close(error);
    throw error;
  }
}
