// What the buttons do. The session puts the compiler, the runner and the page's state together: Run compiles the open program,
// refuses what cannot run, starts the runner and lets its events into the state; Stop works at every moment in between, and so do
// Pause and Step: before there is a run to pause, they are remembered for the one that is being compiled. The runner and the compiler are handed in: the one knows workers, the other an editor, and this file neither.

import { PlaygroundError } from '../core/errors.ts';
import type { RunEvent, RunFailure } from '../runner/run-events.ts';
import type { RunResults } from '../runner/results.ts';
import type { CompiledProgram, RunHandle, RunListener, RunOverrides, RunRequest } from '../runner/run-request.ts';
import type { DeviceReport, Inspection } from '../train/telemetry.ts';
import type { ConsoleState } from './console.ts';
import { currentInput } from './current-input.ts';
import type { InputSources } from './current-input.ts';
import type { DeviceState } from './device.ts';
import type { RunRecorder } from './history/recorder.ts';
import type { InsideStepState } from './inside-step.ts';
import type { NumberLinesState } from './number-lines.ts';
import type { Problem, RunVerbs } from './page-api.ts';
import type { ProblemsState } from './problems.ts';
import type { RunInput } from './run-input.ts';
import type { RunState } from './run.ts';
import type { ShownViewsState } from './shown-views.ts';
import type { TimelineState } from './timeline.ts';
import type { VerificationState } from './verification.ts';
import { createVerifier } from './verify.ts';
import type { Verifier } from './verify.ts';

/** What runs programs; see runner/runner.ts. */
export interface RunnerLike {
  /** Starts the first replicas; resolves with what they found. */
  warm(): Promise<DeviceReport>;
  /** Calls back with what each later replica finds; absent where nothing ever changes. */
  watchDevice?(listener: (report: DeviceReport) => void): void;
  /** Resolves when `run` may be called; absent where it always may. */
  ready?(): Promise<void>;
  run(request: RunRequest, listener: RunListener): RunHandle;
}

/** What turns TypeScript into a module; see ui/editor/. */
export interface CompilerLike {
  /** `program` is null where a problem stops the run. */
  compile(source: string, fileName: string): Promise<Compilation>;
}

/** A compiled program and what is wrong with it. */
export interface Compilation {
  readonly program: CompiledProgram | null;
  /** What stops the run: known at once. */
  readonly problems: readonly Problem[];
  /** Type errors, which take longer to find and stop nothing. */
  readonly typeProblems: Promise<readonly Problem[]>;
}

/** What came of a Run. */
export interface RunOutcome {
  readonly results: RunResults | null;
  readonly problems: readonly Problem[];
}

/** The verbs of the page. */
export interface Session extends RunVerbs {
  /** Runs the open program; resolves when it ended. A run under way is stopped first. */
  run(overrides?: RunOverrides): Promise<RunOutcome>;
  /** Starts the GPU and fills in the capability line. Rejects where no replica could be started. */
  warm(): Promise<DeviceReport>;
  /** Runs lanes of the run on screen again; a new run ends it. */
  readonly verifier: Verifier;
}

/** The parts of the state that a session writes to. */
export interface SessionState extends InputSources {
  readonly run: RunState;
  readonly problems: ProblemsState;
  readonly console: ConsoleState;
  readonly views: ShownViewsState;
  readonly inside: InsideStepState;
  readonly timeline: TimelineState;
  readonly numberLines: NumberLinesState;
  readonly verification: VerificationState;
  readonly recorder: RunRecorder;
  readonly device: { value: DeviceState };
}

/** Puts a session together; `whileResting` lets the page draw while no worker computes. */
export function createSession(
  state: SessionState,
  runner: RunnerLike,
  compiler: CompilerLike,
  whileResting: () => Promise<void> = () => Promise.resolve(),
): Session {
  const listeners = new Set<RunListener>();
  const verifier = createVerifier(state, runner, compiler, whileResting);
  let handle: RunHandle | null = null;
  /** Settles when the run that was reset has let go of its workers. */
  let ending: Promise<unknown> | null = null;
  /** Pause was pressed before there was a run to pause. */
  let isPauseWanted = false;
  /** Step was pressed before the run was ready for one. */
  let isStepWanted = false;
  /** Goes up with every Run and Stop: a compile that took too long belongs to the past. */
  let generation = 0;
  let warming: Promise<DeviceReport> | null = null;
  /** Outlives a run: who looks into steps goes on looking in the next. */
  let inspected: Inspection | null = null;

  runner.watchDevice?.((report) => {
    state.device.value = { kind: 'ready', report };
    warming = Promise.resolve(report); // whoever asks from now on hears of the device there is
  });

  function receive(event: RunEvent): void {
    state.run.apply(event);
    if (event.type === 'console') state.console.append(event.lane, event.line);
    else if (event.type === 'dropped') state.console.lose(event);
    else if (event.type === 'show') state.views.show(event.lane, event.view);
    else if (event.type === 'device') state.device.value = { kind: 'ready', report: event.device };
    state.inside.apply(event);
    state.timeline.apply(event);
    state.numberLines.apply(event);
    for (const listener of listeners) listener(event);
    // Not at once: the runner is still saying that it has paused.
    if (event.type === 'phase' && event.phase === 'paused' && isStepWanted) queueMicrotask(takeWantedStep);
  }

  function takeWantedStep(): void {
    if (isStepWanted && state.run.phase.value === 'paused') handle?.step();
    isStepWanted = false;
  }

  function stop(): void {
    generation += 1;
    isPauseWanted = false;
    isStepWanted = false;
    if (handle !== null) handle.stop();
    else if (state.run.isActive.value) state.run.abandon();
  }

  function pause(): void {
    if (!state.run.isTraining.value) return;
    state.run.isPausing.value = true;
    if (handle !== null) handle.pause();
    else isPauseWanted = true;
  }

  function resume(): void {
    state.run.isPausing.value = false;
    isPauseWanted = false;
    isStepWanted = false;
    handle?.resume();
  }

  function step(): void {
    if (!state.run.isActive.value) {
      // What became of it is in the state.
      void run({ isPaused: true });
      isStepWanted = true;
    } else if (state.run.phase.value === 'starting') {
      isStepWanted = true;
      pause();
    } else handle?.step();
  }

  function reset(): void {
    const ended = handle;
    stop();
    ending = ended?.finished ?? ending;
    handle = null;
    state.run.reset();
    state.console.clear();
    state.views.clear();
    state.inside.clear();
    state.timeline.forget();
    state.numberLines.clear();
    forgetVerification();
  }

  function forgetVerification(): void {
    verifier.stop();
    state.verification.forget();
  }

  async function run(overrides: RunOverrides = {}): Promise<RunOutcome> {
    if (state.run.isActive.value) {
      const before = handle?.finished;
      stop();
      await before;
    }
    generation += 1;
    isPauseWanted = false;
    isStepWanted = false;
    verifier.stop();
    const mine = generation;
    const input = inputWith(currentInput(state), overrides);
    const { fileName } = state.program.open.value;
    state.program.save();
    state.run.prepare();

    let compilation: Compilation;
    try {
      await ending;
      compilation = await compiler.compile(input.source, fileName);
      if (runner.ready !== undefined) await runner.ready();
    } catch (thrown) {
      if (mine !== generation) return { results: null, problems: [] };
      state.run.begin(input);
      receive({ type: 'failure', lane: null, failure: asFailure(thrown) });
      receive({ type: 'phase', phase: 'failed' });
      return { results: null, problems: [] };
    }
    if (mine !== generation) return { results: null, problems: await allProblems(compilation) };
    if (compilation.program === null) {
      state.problems.refuse(compilation.problems);
      state.run.abandon();
      return { results: null, problems: await allProblems(compilation) };
    }
    state.problems.accept(compilation.problems);
    state.console.clear();
    state.views.clear();
    state.inside.clear();
    state.timeline.clear();
    state.numberLines.clear();
    state.verification.forget();
    state.run.begin(input);
    const recording = state.recorder.follow({ programId: input.programId, fileName, source: compilation.program.source });
    let started: RunHandle | null = null;
    const request = { program: compilation.program, overrides: asOverrides(input, overrides, isPauseWanted), whileResting };
    isPauseWanted = false;
    started = runner.run(request, (event) => {
      recording.apply(event);
      // Until `run` returns, events are this run's own; afterwards a stopped run may still say how it ended.
      if (mine === generation || (started !== null && handle === started)) receive(event);
    });
    handle = started;
    if (inspected !== null) started.inspect(inspected);
    const results = await started.finished;
    void recording.finish(results);
    if (handle === started) handle = null;
    return { results, problems: await allProblems(compilation) };
  }

  return {
    run,
    stop,
    pause,
    resume,
    step,
    reset,
    setLearningRate(learningRate) {
      if (handle === null) return;
      handle.setLearningRate(learningRate);
      state.run.learningRate.value = learningRate;
    },
    inspect(inspection) {
      inspected = inspection;
      handle?.inspect(inspection);
    },
    timeSteps(stepCount) {
      handle?.timeSteps(stepCount);
    },
    countNumbers(stepCount) {
      handle?.countNumbers(stepCount);
    },
    verifier,
    warm() {
      warming ??= runner.warm().then(
        (report) => {
          state.device.value = { kind: 'ready', report };
          return report;
        },
        (thrown: unknown) => {
          warming = null;
          state.device.value = { kind: 'failed', message: thrown instanceof Error ? thrown.message : String(thrown) };
          throw thrown;
        },
      );
      return warming;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** What a caller asks for takes the place of what the page says. */
function inputWith(input: RunInput, { seed, lanes, schedule }: RunOverrides): RunInput {
  return { ...input, seed: seed ?? input.seed, lanes: lanes ?? input.lanes, schedule: schedule ?? input.schedule };
}

function asOverrides({ seed, lanes, schedule }: RunInput, overrides: RunOverrides, isPaused: boolean): RunOverrides {
  return {
    ...overrides,
    ...(seed === null ? {} : { seed }),
    ...(lanes === null ? {} : { lanes }),
    ...(schedule === null ? {} : { schedule }),
    ...(isPaused ? { isPaused } : {}),
  };
}

/** Everything that is wrong with a program. Type errors that cannot be found out (the checker failed) are left out. */
async function allProblems({ problems, typeProblems }: Compilation): Promise<readonly Problem[]> {
  return [...problems, ...(await typeProblems.catch((): readonly Problem[] => []))];
}

/** What the compiler threw, as a card: never the program's fault. */
function asFailure(thrown: unknown): RunFailure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    code: error instanceof PlaygroundError ? error.code : 'internal',
    message: error.message,
    hint: null,
    lane: null,
    rank: null,
    place: null,
    stack: error.stack ?? '',
  };
}
