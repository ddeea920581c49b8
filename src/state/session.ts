// What the buttons do. The session puts the compiler, the runner and the page's state together: Run compiles the open program,
// refuses what cannot run, starts the runner and lets its events into the state; Stop works at every moment in between.
// The runner and the compiler are handed in: the one knows workers, the other an editor, and this file neither.

import { PlaygroundError } from '../core/errors.ts';
import type { RunEvent, RunFailure } from '../runner/run-events.ts';
import type { RunResults } from '../runner/results.ts';
import type { CompiledProgram, RunHandle, RunListener, RunOverrides, RunRequest } from '../runner/run-request.ts';
import type { DeviceReport } from '../train/telemetry.ts';
import type { ConsoleState } from './console.ts';
import type { DeviceState } from './device.ts';
import type { Problem } from './page-api.ts';
import type { ProblemsState } from './problems.ts';
import type { ProgramState } from './program.ts';
import type { RunState } from './run.ts';
import type { SeedState } from './seed.ts';
import type { ShownViewsState } from './shown-views.ts';

/** What runs programs; see runner/runner.ts. */
export interface RunnerLike {
  /** Starts the first replicas; resolves with what they found. */
  warm(): Promise<DeviceReport>;
  /** Calls back with what each later replica finds; absent where nothing ever changes. */
  watchDevice?(listener: (report: DeviceReport) => void): void;
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
export interface Session {
  /** Runs the open program; resolves when it ended. A run under way is stopped first. */
  run(overrides?: RunOverrides): Promise<RunOutcome>;
  stop(): void;
  /** Starts the GPU and fills in the capability line. Rejects where no replica could be started. */
  warm(): Promise<DeviceReport>;
  /** Hears every event of every run; returns a function that ends it. */
  subscribe(listener: RunListener): () => void;
}

/** The parts of the state that a session writes to. */
export interface SessionState {
  readonly run: RunState;
  readonly program: ProgramState;
  readonly problems: ProblemsState;
  readonly console: ConsoleState;
  readonly views: ShownViewsState;
  readonly seed: SeedState;
  readonly device: { value: DeviceState };
}

/** Puts a session together. */
export function createSession(state: SessionState, runner: RunnerLike, compiler: CompilerLike): Session {
  const listeners = new Set<RunListener>();
  let handle: RunHandle | null = null;
  /** Goes up with every Run and Stop: a compile that took too long belongs to the past. */
  let generation = 0;
  let warming: Promise<DeviceReport> | null = null;

  runner.watchDevice?.((report) => {
    state.device.value = { kind: 'ready', report };
  });

  function receive(event: RunEvent): void {
    state.run.apply(event);
    if (event.type === 'console') state.console.append(event.lane, event.line);
    else if (event.type === 'show') state.views.show(event.lane, event.view);
    else if (event.type === 'device') state.device.value = { kind: 'ready', report: event.device };
    for (const listener of listeners) listener(event);
  }

  function stop(): void {
    generation += 1;
    if (handle !== null) handle.stop();
    else if (state.run.isActive.value) state.run.abandon();
  }

  async function run(overrides: RunOverrides = {}): Promise<RunOutcome> {
    if (state.run.isActive.value) {
      const before = handle?.finished;
      stop();
      await before;
    }
    generation += 1;
    const mine = generation;
    const { id, fileName } = state.program.open.value;
    const source = state.program.source.value;
    const seed = overrides.seed ?? state.seed.override.value;
    state.program.save();
    state.run.prepare();

    let compilation: Compilation;
    try {
      compilation = await compiler.compile(source, fileName);
    } catch (thrown) {
      if (mine !== generation) return { results: null, problems: [] };
      state.run.begin({ programId: id, source, seed });
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
    state.run.begin({ programId: id, source, seed });
    let started: RunHandle | null = null;
    started = runner.run({ program: compilation.program, overrides: seed === null ? overrides : { ...overrides, seed } }, (event) => {
      // Until `run` returns, events are this run's own; afterwards a stopped run may still say how it ended.
      if (mine === generation || (started !== null && handle === started)) receive(event);
    });
    handle = started;
    const results = await started.finished;
    if (handle === started) handle = null;
    return { results, problems: await allProblems(compilation) };
  }

  return {
    run,
    stop,
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
