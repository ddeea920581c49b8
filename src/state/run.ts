// The current run: its phase (idle → starting → running → done | failed | stopped), what the program declared, its lanes and its
// failures. `apply` is the only way in for the runner's events; it appends and notes, and leaves the drawing to the next frame.

import { batch, computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { RunEvent, RunFailure, RunPhase } from '../runner/run-events.ts';
import type { RunResults } from '../runner/results.ts';
import type { Declaration } from '../train/program-module.ts';
import { createFrameRevision } from './frame-revision.ts';
import type { FrameClock } from './frame-revision.ts';
import { createLaneState } from './lanes.ts';
import type { LaneState } from './lanes.ts';

/** A failure on screen, and which lane it belongs to (null: the run). */
export interface ShownFailure {
  readonly lane: number | null;
  readonly failure: RunFailure;
}

/** What a run was started with: to see whether the page has changed since. */
export interface RunInput {
  readonly programId: string;
  readonly source: string;
  readonly seed: number | null;
}

/** The current run, or what is left of the last one. */
export interface RunState {
  readonly phase: ReadonlySignal<RunPhase>;
  readonly isActive: ReadonlySignal<boolean>;
  readonly declaration: ReadonlySignal<Declaration | null>;
  readonly lanes: ReadonlySignal<readonly LaneState[]>;
  readonly failures: ReadonlySignal<readonly ShownFailure[]>;
  readonly results: ReadonlySignal<RunResults | null>;
  /** Changes when any lane's numbers did. */
  readonly revision: ReadonlySignal<number>;
  /** What it was started with; null before the first run. */
  readonly input: ReadonlySignal<RunInput | null>;
  /** Milliseconds of the clock at Run; NaN before the first run. */
  readonly startedAtMs: ReadonlySignal<number>;
  /** Milliseconds of the clock when it ended; NaN while it lasts. */
  readonly endedAtMs: ReadonlySignal<number>;
  /** How long the program itself has not answered before any lane exists, or 0. */
  readonly silentMs: ReadonlySignal<number>;
  /** Leaves the last run's panels as they are: the program is being compiled. */
  prepare(): void;
  /** Forgets the last run and begins a new one. */
  begin(input: RunInput): void;
  apply(event: RunEvent): void;
  /** Takes `prepare` back: the program did not compile, or somebody pressed Stop before it had. */
  abandon(): void;
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
  const startedAtMs = signal(NaN);
  const endedAtMs = signal(NaN);
  const silentMs = signal(0);
  let phaseBefore: RunPhase = 'idle';

  function setPhase(next: RunPhase): void {
    phase.value = next;
    if (next === 'starting' || next === 'running' || next === 'idle') return;
    endedAtMs.value = clock.now();
    silentMs.value = 0;
    for (const lane of lanes.value) lane.silentMs.value = 0;
    frames.flush();
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
    } else if (event.type === 'lane-result') {
      lane.result.value = event.result;
      frames.touch();
    }
  }

  return {
    phase,
    isActive: computed(() => phase.value === 'starting' || phase.value === 'running'),
    declaration,
    lanes,
    failures,
    results,
    input,
    startedAtMs,
    endedAtMs,
    silentMs,
    revision: frames.revision,
    prepare() {
      phaseBefore = phase.value;
      phase.value = 'starting';
    },
    begin(next) {
      batch(() => {
        phase.value = 'starting';
        declaration.value = null;
        lanes.value = [];
        failures.value = [];
        results.value = null;
        input.value = next;
        startedAtMs.value = clock.now();
        endedAtMs.value = NaN;
        silentMs.value = 0;
      });
      frames.flush();
    },
    apply(event) {
      batch(() => {
        if (event.type === 'phase') setPhase(event.phase);
        else if (event.type === 'declared') {
          declaration.value = event.declaration;
          lanes.value = event.declaration.lanes.map((lane, index) => createLaneState(index, lane));
        } else if (event.type === 'results') results.value = event.results;
        else if ('lane' in event) applyToLane(event);
      });
    },
    abandon() {
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
