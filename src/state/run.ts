// The current run: its phase (idle → starting → running ⇄ paused → done | failed | stopped), what the program declared, its lanes and
// its failures. `apply` is the only way in for the runner's events; it appends and notes, and leaves the drawing to the next frame.
// Time spent paused is no time of the run: its clock stands still and its pace starts over.

import { batch, computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { RunEvent, RunFailure, RunPhase } from '../runner/run-events.ts';
import type { RunResults } from '../runner/results.ts';
import type { Schedule, ScheduleReason } from '../runner/schedule.ts';
import type { Declaration } from '../train/program-module.ts';
import { createFrameRevision } from './frame-revision.ts';
import type { FrameClock } from './frame-revision.ts';
import { createLaneState } from './lanes.ts';
import type { LaneState } from './lanes.ts';
import { styleIndexes } from './repeat-groups.ts';
import type { RunInput } from './run-input.ts';

/** A failure on screen, and which lane it belongs to (null: the run). */
export interface ShownFailure {
  readonly lane: number | null;
  readonly failure: RunFailure;
}

/** How the run shares the machine, and why. */
export interface RunSchedule {
  readonly schedule: Schedule;
  readonly reason: ScheduleReason;
}

/** The current run, or what is left of the last one. */
export interface RunState {
  readonly phase: ReadonlySignal<RunPhase>;
  /** True from Run to the end, pauses included. */
  readonly isActive: ReadonlySignal<boolean>;
  /** True while it uses the machine: starting or running. */
  readonly isTraining: ReadonlySignal<boolean>;
  /** True from Pause until the steps under way have ended. */
  readonly isPausing: Signal<boolean>;
  readonly declaration: ReadonlySignal<Declaration | null>;
  readonly lanes: ReadonlySignal<readonly LaneState[]>;
  readonly failures: ReadonlySignal<readonly ShownFailure[]>;
  readonly results: ReadonlySignal<RunResults | null>;
  /** Changes when any lane's numbers did. */
  readonly revision: ReadonlySignal<number>;
  /** What it was started with; null before the first run. */
  readonly input: ReadonlySignal<RunInput | null>;
  /** Null until the runner has said. */
  readonly schedule: ReadonlySignal<RunSchedule | null>;
  /** The learning rate set last by hand, in force or from the next step on; null where nobody has set one. */
  readonly learningRate: Signal<number | null>;
  /** How long the program itself has not answered before any lane exists, or 0. */
  readonly silentMs: ReadonlySignal<number>;
  /** Milliseconds from Run until now, or until it ended, without pauses; 0 before the first run. No signal: read it as often as it is shown. */
  elapsedMs(): number;
  /** Leaves the last run's panels as they are: the program is being compiled. */
  prepare(): void;
  /** Forgets the last run and begins a new one. */
  begin(input: RunInput): void;
  apply(event: RunEvent): void;
  /** Takes `prepare` back: the program did not compile, or somebody pressed Stop before it had. */
  abandon(): void;
  /** Forgets the run altogether: the page is as it was before the first one. */
  reset(): void;
  dismissFailure(shown: ShownFailure): void;
}

/** Creates the state of a page that has not run anything. */
export function createRun(clock: FrameClock): RunState {
  const frames = createFrameRevision(clock);
  const phase: Signal<RunPhase> = signal('idle');
  const declaration = signal<Declaration | null>(null);
  const lanes = signal<readonly LaneState[]>([]);
  const failures = signal<readonly ShownFailure[]>([]);
  const results = signal<RunResults | null>(null);
  const input = signal<RunInput | null>(null);
  const schedule = signal<RunSchedule | null>(null);
  const learningRate = signal<number | null>(null);
  const isPausing = signal(false);
  const silentMs = signal(0);
  /** Milliseconds of the clock; NaN where it has not happened, or no longer holds. */
  let startedAtMs = NaN;
  let endedAtMs = NaN;
  let pausedAtMs = NaN;
  /** All pauses that are over. */
  let pausedMs = 0;
  let phaseBefore: RunPhase = 'idle';

  function setPhase(next: RunPhase): void {
    if (next === 'paused' && Number.isNaN(pausedAtMs)) pausedAtMs = clock.now();
    if (next !== 'paused') endPause();
    phase.value = next;
    if (next === 'starting' || next === 'running' || next === 'idle') return;
    isPausing.value = false;
    if (next !== 'paused') endedAtMs = clock.now();
    silentMs.value = 0;
    for (const lane of lanes.value) lane.silentMs.value = 0;
    frames.flush();
  }

  function endPause(): void {
    if (Number.isNaN(pausedAtMs)) return;
    pausedMs += clock.now() - pausedAtMs;
    pausedAtMs = NaN;
    for (const lane of lanes.value) lane.pace.forget();
  }

  function forgetEverything(): void {
    declaration.value = null;
    lanes.value = [];
    failures.value = [];
    results.value = null;
    schedule.value = null;
    learningRate.value = null;
    isPausing.value = false;
    silentMs.value = 0;
    startedAtMs = NaN;
    endedAtMs = NaN;
    pausedAtMs = NaN;
    pausedMs = 0;
  }

  function heardFrom(lane: LaneState | undefined): void {
    if (silentMs.value !== 0) silentMs.value = 0;
    if (lane !== undefined && lane.silentMs.value !== 0) lane.silentMs.value = 0;
  }

  function applyToLane(event: Extract<RunEvent, { readonly lane: number | null }>): void {
    const lane = event.lane === null ? undefined : lanes.value[event.lane];
    if (event.type === 'silent') {
      (lane?.silentMs ?? silentMs).value = event.silentMs;
      return;
    }
    heardFrom(lane);
    if (event.type === 'failure') {
      if (!isKnownFailure(failures.value, event.failure))
        failures.value = [...failures.value, { lane: event.lane, failure: event.failure }];
      return;
    }
    if (lane === undefined) return;
    if (event.type === 'lane-phase') lane.phase.value = event.phase;
    else if (event.type === 'steps') {
      lane.series.appendSteps(event.batch);
      lane.pace.mark(clock.now(), lane.series.steps.step.last());
      frames.touch();
    } else if (event.type === 'eval') {
      lane.series.appendEval(event.point);
      frames.touch();
    } else if (event.type === 'learning-rate') {
      const { step, learningRate: value } = event;
      lane.learningRateChanges.value = [...lane.learningRateChanges.value, { step, learningRate: value }];
      learningRate.value = value;
      frames.touch();
    } else if (event.type === 'membership') {
      const { step, lostRank, worldSize } = event;
      lane.membershipChanges.value = [...lane.membershipChanges.value, { step, lostRank, worldSize }];
      frames.touch();
    } else if (event.type === 'lane-result') {
      lane.result.value = event.result;
      frames.touch();
    }
  }

  return {
    phase,
    isActive: computed(() => phase.value === 'starting' || phase.value === 'running' || phase.value === 'paused'),
    isTraining: computed(() => phase.value === 'starting' || phase.value === 'running'),
    declaration,
    lanes,
    failures,
    results,
    input,
    isPausing,
    schedule,
    learningRate,
    silentMs,
    revision: frames.revision,
    elapsedMs() {
      if (Number.isNaN(startedAtMs)) return 0;
      const until = Number.isNaN(endedAtMs) ? clock.now() : endedAtMs;
      const openPauseMs = Number.isNaN(pausedAtMs) ? 0 : until - pausedAtMs;
      return until - startedAtMs - pausedMs - openPauseMs;
    },
    prepare() {
      phaseBefore = phase.value;
      phase.value = 'starting';
    },
    begin(next) {
      batch(() => {
        forgetEverything();
        phase.value = 'starting';
        input.value = next;
        startedAtMs = clock.now();
      });
      frames.flush();
    },
    reset() {
      batch(() => {
        forgetEverything();
        phase.value = 'idle';
        input.value = null;
      });
      frames.flush();
    },
    apply(event) {
      batch(() => {
        if (event.type === 'phase') setPhase(event.phase);
        else if (event.type === 'declared') {
          declaration.value = event.declaration;
          const styles = styleIndexes(event.declaration.lanes);
          lanes.value = event.declaration.lanes.map((lane, index) => createLaneState(index, lane, styles[index]));
        } else if (event.type === 'results') results.value = event.results;
        else if (event.type === 'schedule') schedule.value = { schedule: event.schedule, reason: event.reason };
        else if ('lane' in event) applyToLane(event);
      });
    },
    abandon() {
      isPausing.value = false;
      phase.value = phaseBefore;
    },
    dismissFailure(shown) {
      failures.value = failures.value.filter((other) => other !== shown);
    },
  };
}

/** Every rank of every lane fails in the same way when a program is wrong; one card is enough. */
function isKnownFailure(known: readonly ShownFailure[], failure: RunFailure): boolean {
  return known.some(
    ({ failure: other }) => other.code === failure.code && other.message === failure.message && other.place?.line === failure.place?.line,
  );
}
