// What a run tells whoever listens (the page's state, the command line). The runner knows no signals and no DOM; `state/` turns
// these events into what the components read.

import type { GpuTimes } from '../core/gpu-times.ts';
import type { NumberLines, Overflow } from '../train/number-lines.ts';
import type { Declaration } from '../train/program-module.ts';
import type { SpanBatch } from '../train/span-phases.ts';
import type { ConsoleLine, DeviceReport, EvalPoint, PhaseView, ShownView, StepBatch, WeightInfo } from '../train/telemetry.ts';
import type { LaneResult, Manifest, MembershipChange, RunResults } from './results.ts';
import type { Schedule, ScheduleReason } from './schedule.ts';

/** `paused`: between steps, waiting for resume or step. */
export type RunPhase = 'idle' | 'starting' | 'running' | 'paused' | 'done' | 'failed' | 'stopped';

/** `waiting`: its turn has not come yet; `starting`: workers, data and model; `running`: it has taken a step. */
export type LanePhase = 'waiting' | 'starting' | 'running' | 'done' | 'failed' | 'stopped';

/** A place in the user's own source. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
  /** The text of that line. */
  readonly text: string;
}

/** A failure, ready for the card: what, where, and what to do about it. */
export interface RunFailure {
  readonly code: string;
  readonly message: string;
  /** What to do, where it is not in the message. */
  readonly hint: string | null;
  readonly lane: string | null;
  readonly rank: number | null;
  readonly place: SourcePlace | null;
  readonly stack: string;
}

export type RunEvent =
  | { readonly type: 'phase'; readonly phase: RunPhase }
  | { readonly type: 'declared'; readonly declaration: Declaration }
  /** What is needed to run it again, known before the first lane starts. */
  | { readonly type: 'manifest'; readonly manifest: Manifest }
  | { readonly type: 'lane-phase'; readonly lane: number; readonly phase: LanePhase }
  | { readonly type: 'device'; readonly device: DeviceReport }
  | { readonly type: 'steps'; readonly lane: number; readonly batch: StepBatch }
  | { readonly type: 'eval'; readonly lane: number; readonly point: EvalPoint }
  /** What one rank did in its last steps. */
  | { readonly type: 'spans'; readonly lane: number; readonly batch: SpanBatch }
  /** What its device's time went into, as far as it is known now. */
  | { readonly type: 'gpu-times'; readonly lane: number; readonly times: GpuTimes }
  /** The numbers of one of its steps on f16's number line. */
  | { readonly type: 'number-lines'; readonly lane: number; readonly lines: NumberLines }
  /** What overflowed first in one of its steps. */
  | { readonly type: 'overflow'; readonly lane: number; readonly overflow: Overflow }
  | { readonly type: 'console'; readonly lane: number | null; readonly line: ConsoleLine }
  | { readonly type: 'show'; readonly lane: number; readonly view: ShownView }
  /** A program said or showed more than can be told: so many console lines and views are lost. */
  | { readonly type: 'dropped'; readonly lane: number | null; readonly lineCount: number; readonly viewCount: number }
  /** The weights of a lane's model that can be looked at. */
  | { readonly type: 'weights'; readonly lane: number; readonly weights: readonly WeightInfo[] }
  /** A phase of a step that was looked into. */
  | { readonly type: 'inside'; readonly lane: number; readonly view: PhaseView }
  | { readonly type: 'lane-result'; readonly lane: number; readonly result: LaneResult }
  /** How the lanes share the machine; `reason` says why where nobody asked for it. */
  | { readonly type: 'schedule'; readonly schedule: Schedule; readonly reason: ScheduleReason }
  /** The learning rate of a lane is another one in the steps after `step`. */
  | { readonly type: 'learning-rate'; readonly lane: number; readonly step: number; readonly learningRate: number }
  /** A lane has lost a rank after `step` and goes on with so many. */
  | ({ readonly type: 'membership'; readonly lane: number } & MembershipChange)
  /** A lane has not answered for `silentMs`; it may be in an endless loop. */
  | { readonly type: 'silent'; readonly lane: number | null; readonly silentMs: number }
  | { readonly type: 'failure'; readonly lane: number | null; readonly failure: RunFailure }
  | { readonly type: 'results'; readonly results: RunResults };
