// The lanes of the current run, as the panels read them: what the program declared, where each lane stands, what it measured.
// Phases and results are signals because they change rarely; series are plain columns behind the run's one revision.

import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { LaneResult, LearningRateChange, MembershipChange } from '../runner/results.ts';
import type { LanePhase } from '../runner/run-events.ts';
import type { Lane } from '../train/lane.ts';
import { LaneSeries } from './series.ts';
import { WallPace } from './wall-pace.ts';

/** One lane of the current run. */
export interface LaneState {
  readonly index: number;
  /** Which colour, dash and marker it has: `index`, but one for all repeats of a lane. */
  readonly styleIndex: number;
  readonly lane: Lane;
  readonly phase: Signal<LanePhase>;
  readonly series: LaneSeries;
  /** How fast it advances by the clock on the wall, other lanes' turns included: what a time of arrival needs. */
  readonly pace: WallPace;
  /** Null until the lane ended. */
  readonly result: Signal<LaneResult | null>;
  /** Milliseconds it has not answered for, or 0. */
  readonly silentMs: Signal<number>;
  /** Learning rates set by hand, in the order they came into force. */
  readonly learningRateChanges: Signal<readonly LearningRateChange[]>;
  /** Ranks it has lost and gone on without, in that order. */
  readonly membershipChanges: Signal<readonly MembershipChange[]>;
}

/** A lane as it is before anything happened. */
export function createLaneState(index: number, lane: Lane, styleIndex = index): LaneState {
  return {
    index,
    styleIndex,
    lane,
    phase: signal<LanePhase>('waiting'),
    series: new LaneSeries(),
    pace: new WallPace(),
    result: signal<LaneResult | null>(null),
    silentMs: signal(0),
    learningRateChanges: signal<readonly LearningRateChange[]>([]),
    membershipChanges: signal<readonly MembershipChange[]>([]),
  };
}

/** Whether a lane has ended, one way or another. */
export function isLaneOver(phase: LanePhase): boolean {
  return phase === 'done' || phase === 'failed' || phase === 'stopped';
}
