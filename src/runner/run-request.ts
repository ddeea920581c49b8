// What somebody asks for when they press Run, and the handle they get.

import type { RunEvent } from './run-events.ts';
import type { RunResults } from './results.ts';

/** A program after the editor's TypeScript worker compiled it. */
export interface CompiledProgram {
  /** What the user wrote. */
  readonly source: string;
  readonly fileName: string;
  /** One ES module, bare imports still in it. */
  readonly javascript: string;
  /** JSON of its source map, version 3. */
  readonly sourceMap: string;
}

/** What may be set from outside the program: the command line's flags, the page's seed field. */
export interface RunOverrides {
  /** Lanes in short form, such as `1xfp32,4xfp16`. */
  readonly lanes?: string;
  readonly steps?: number;
  readonly seed?: number;
}

export interface RunRequest {
  readonly program: CompiledProgram;
  readonly overrides: RunOverrides;
  /** Called while every worker rests: before a lane starts and after each slice. What comes next waits for it. */
  readonly whileResting?: () => Promise<void>;
}

export type RunListener = (event: RunEvent) => void;

/** A run under way. */
export interface RunHandle {
  /** Ends every worker at once. Finished lanes keep their results. */
  stop(): void;
  /** Resolves when the run is done, failed or stopped; never rejects. */
  readonly finished: Promise<RunResults>;
}
