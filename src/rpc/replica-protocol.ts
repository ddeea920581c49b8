// What the page may ask of a replica, in the order in which it asks: warm, load, prepare, advance (many times; hold cuts one short), finish. Types
// only. The other direction is one-way: a replica posts ReplicaMessages on its second port and is answered, if at all, by a call.

import type { VariantTable } from '../core/kernel-variants.ts';
import type { ClaimResults } from '../train/claim-results.ts';
import type { LossReport, NewSeat } from '../train/elastic-rank.ts';
import type { Lane } from '../train/lane.ts';
import type { Declaration, ProgramModule } from '../train/program-module.ts';
import type { PeerLinks } from '../train/peer-links.ts';
import type { RankActivity } from '../train/rank-activity.ts';
import type { RankReport, RestReport, SliceReport } from '../train/rank-report.ts';
import type { DeviceReport, Inspection, ReplicaEvent } from '../train/telemetry.ts';

export interface ReplicaProtocol {
  /** Loads tfjs, acquires a device and tests it. Done ahead of time, so that Run answers at once. */
  warm(options: WarmOptions): Promise<DeviceReport>;
  /** Compiles common GPU programs while nobody needs the replica; `load` ends it. */
  rehearse(): Promise<void>;
  /** Times the implementations of GPU kernels while nobody needs the replica, and proposes which to take; null where `load` came first, and without WebGPU. */
  tune(): Promise<VariantTable | null>;
  /** Takes a buffer and forgets it; how long that takes tells whether the port copied it. Answers with its bytes. */
  swallow(buffer: ArrayBuffer): number;
  /** Imports the user's module and says what it declares. From here on this worker belongs to that program. */
  load(program: ProgramModule): Promise<Declaration>;
  /** Data, model and optimizer for one rank. */
  prepare(assignment: RankAssignment, links: PeerLinks): Promise<void>;
  /** Trains up to so many more steps, until the GPU queue has drained. */
  advance(stepCount: number): Promise<SliceReport>;
  /** Ends an `advance` under way early, after the step it is in. Answers with the steps begun so far. */
  hold(): number;
  /** What the rank waits in. Answered between two turns of its event loop, once its GPU has nothing left to do: a rank that computes answers late. */
  waiting(): Promise<RankActivity>;
  /** For the steps that begin after it. Answers with how many optimizers it reached: 0 where the program made its own. */
  setLearningRate(learningRate: number): number;
  /** Shows the phases of the steps that follow; null shows them no longer. A program, whose loop is its own, shows nothing. */
  inspect(inspection: Inspection | null): void;
  /** Times the GPU kernels of so many of the next steps; nothing happens on ranks other than the first, and without time stamps. */
  timeSteps(stepCount: number): void;
  /** Counts the numbers of so many of the next steps on f16's number line; nothing happens on ranks other than the first, and in a program. */
  countNumbers(stepCount: number): void;
  /** A rank of the group is gone: calls that need it reject instead of waiting. Answers with what this one was at, at the end of a step under way. */
  lost(rank: number): Promise<LossReport>;
  /** Leaves the group that has lost a rank; answers once nothing is under way any more. Elastic lanes only, as the two that follow. */
  rest(): Promise<RestReport>;
  /** Posts the steps after `step` that this rank has completed, whoever should have; answers with the messages posted so far. */
  tellAfter(step: number): number;
  /** A place among the ranks that are left. Answers once all of them hold the same state; `advance` goes on from there. */
  takeSeat(seat: NewSeat, links: PeerLinks): Promise<void>;
  /** Final numbers of this rank; rank 0 also hands over the weights. */
  finish(): Promise<RankReport>;
  /** After `load`: whether each of the program's claims holds in a run that has ended; null for one that it cannot tell. */
  judge(results: ClaimResults): readonly (boolean | null)[];
  /** The answer to a `need-bytes` message; null with a reason where they could not be had. */
  provideBytes(name: string, bytes: ArrayBuffer | null, reason: string): void;
}

/** How a replica gets its device. */
export interface WarmOptions {
  /** `auto`, or a backend by name, as somebody typed it. */
  readonly backend: string;
  /** What the first replica of the page found, so that the self-test runs once; null for that first one. */
  readonly tested: DeviceReport | null;
}

/** Which rank of which lane a replica becomes. */
export interface RankAssignment {
  readonly rank: number;
  readonly lane: Lane;
  readonly seed: number;
  /** Overrides the program's own number of steps. */
  readonly steps: number | null;
  /** Which implementations of GPU kernels run: the same on every rank. */
  readonly kernelVariants: VariantTable;
  /** Steps whose GPU kernels are timed whether or not somebody asks later; a few are in any case. */
  readonly timedSteps: number;
}

/** What a replica posts, unasked. */
export type ReplicaMessage =
  | { readonly type: 'events'; readonly events: readonly ReplicaEvent[] }
  | { readonly type: 'need-bytes'; readonly name: string }
  /** Its device is gone, perhaps while nobody was using it. */
  | { readonly type: 'device-lost' }
  /** The lane's faults say that it dies at this step; it takes no further one, and waits to be ended. */
  | { readonly type: 'fault'; readonly step: number };
