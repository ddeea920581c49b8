// What somebody asks for when they press Run, and the handle they get.

import type { VariantTable } from '../core/kernel-variants.ts';
import type { Inspection } from '../train/telemetry.ts';
import type { RunEvent } from './run-events.ts';
import type { RunResults } from './results.ts';
import type { Schedule } from './schedule.ts';

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
  /** How the lanes share the machine; what fits the machine where absent. */
  readonly schedule?: Schedule;
  /** Which implementations of GPU kernels run, as a manifest recorded it; the page's own table where absent. */
  readonly kernelVariants?: VariantTable;
  /** Steps of each lane whose GPU kernels are timed; four at least, and more where the browser rounds its stamps. */
  readonly timedSteps?: number;
  /** Paused before the first step, with every lane's workers, data and model ready. */
  readonly isPaused?: boolean;
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
  /** Lets the steps under way end, all ranks of a lane at the same one, and takes no more. Never changes a result. */
  pause(): void;
  resume(): void;
  /** One step of every lane that has not ended; paused again after it. Pauses a run that is not. */
  step(): void;
  /** From the next step of every lane on, on all of its ranks at once. Throws `config-invalid` for what is not a positive number. */
  setLearningRate(learningRate: number): void;
  /** Times the GPU kernels of so many of the next steps of every lane that trains. Never changes a result. */
  timeSteps(stepCount: number): void;
  /** Counts the numbers of so many of the next steps of every lane that trains on f16's number line. Never changes a result. */
  countNumbers(stepCount: number): void;
  /** Steps taken one at a time show their phases for one weight of the model; null: they no longer do. Never changes a result. */
  inspect(inspection: Inspection | null): void;
  /** Resolves when the run is done, failed or stopped; never rejects. */
  readonly finished: Promise<RunResults>;
}
