// The page as the command line and the end-to-end tests drive it: `window.lockstepPage`. Each verb is what a button calls, so a
// headless run is the same run.

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

export interface PageApi {
  /** Compiles and runs a program; resolves with the results, whatever became of the lanes. */
  run(
    request: { readonly source: string; readonly fileName: string } & RunOverrides,
  ): Promise<{ readonly results: RunResults | null; readonly problems: readonly Problem[] }>;
  stop(): void;
  pause(): void;
  resume(): void;
  step(): void;
  reset(): void;
  setLearningRate(learningRate: number): void;
  /** Which weight is looked at in steps taken one at a time; null: none. */
  inspect(inspection: Inspection | null): void;
  /** Returns a function that ends the subscription. */
  subscribe(listener: RunListener): () => void;
  /** Adapter, limits and f16 kind, as a replica inside the sandbox sees them. */
  doctor(): Promise<DeviceReport>;
}

declare global {
  interface Window {
    lockstepPage?: PageApi;
  }
}
