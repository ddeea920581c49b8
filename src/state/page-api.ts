// The page as the command line and the end-to-end tests drive it: `window.lockstepPage`. Each verb is what a button calls, so a
// headless run is the same run.

import type { ChromeTrace } from '../export/chrome-trace.ts';
import type { RunListener, RunOverrides } from '../runner/run-request.ts';
import type { RunResults } from '../runner/results.ts';
import type { DeviceReport, Inspection } from '../train/telemetry.ts';

/** A compile error or a type error, in the user's own source. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Syntax and import errors stop a run; type errors are only marked. */
  readonly stopsRun: boolean;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What somebody may do to the run under way; a button of the page each. */
export interface RunVerbs {
  stop(): void;
  /** Takes no more steps until `resume` or `step`. Nothing happens where no run is under way. */
  pause(): void;
  resume(): void;
  /** One step of every lane, paused after it. Without a run under way it starts one, and takes its first step once it is ready. */
  step(): void;
  /** Ends a run under way and forgets it; program, seed, lanes and schedule stay as they are. */
  reset(): void;
  /** For the next steps of the run under way. Throws `config-invalid` for what is not a positive number. */
  setLearningRate(learningRate: number): void;
  /** Which weight is looked at in steps taken one at a time, in this run and the next ones; null: none. */
  inspect(inspection: Inspection | null): void;
  /** Times the GPU kernels of so many of the next steps of every lane that trains; nothing happens where no run is under way. */
  timeSteps(stepCount: number): void;
  /** Counts the numbers of so many of the next steps of every lane that trains; nothing happens where no run is under way. */
  countNumbers(stepCount: number): void;
  /** Hears every event of every run; returns a function that ends it. */
  subscribe(listener: RunListener): () => void;
}

export interface PageApi extends RunVerbs {
  /** Compiles and runs a program; resolves with the results, whatever became of the lanes. */
  run(
    request: { readonly source: string; readonly fileName: string } & RunOverrides,
  ): Promise<{ readonly results: RunResults | null; readonly problems: readonly Problem[] }>;
  /** The kept steps of the current or last run, for Perfetto. */
  trace(): ChromeTrace;
  /** Adapter, limits and f16 kind, as a replica inside the sandbox sees them. */
  doctor(): Promise<DeviceReport>;
}

declare global {
  interface Window {
    lockstepPage?: PageApi;
  }
}
