// The schema of `results.json`, version 1: what a run leaves behind, for people, tests and other programs. It is documented in
// docs/results.md; a field is only ever added.

import type { AllReduceName } from '../collective/all-reduce.ts';
import type { LocalText } from '../train/card.ts';
import type { LossScaleMode } from '../train/lane-options.ts';
import type { Precision } from '../train/lane.ts';
import type { DeviceReport, F16Kind, GpuBytes } from '../train/telemetry.ts';
import type { LanePhase, RunFailure } from './run-events.ts';
import type { Schedule } from './schedule.ts';

export interface RunResults {
  readonly schemaVersion: 1;
  readonly manifest: Manifest;
  readonly lanes: readonly LaneResult[];
  /** What the program claims about its runs, in its order. */
  readonly claims: readonly ClaimResult[];
}

/** A claim of the program, judged by the program itself, inside the sandbox. */
export interface ClaimResult {
  readonly text: LocalText;
  /** Whether it held in this run; null where this run cannot tell. */
  readonly holds: boolean | null;
}

/** Everything needed to run it again. */
export interface Manifest {
  readonly title: string;
  /** SHA-256 of the program's TypeScript text, hex; null where the page was not served over https or from localhost. */
  readonly codeHash: string | null;
  readonly seed: number | null;
  readonly steps: number | null;
  readonly globalBatch: number | null;
  /** `cpu`: the program's smaller preset for the CPU applied, and `steps` and `globalBatch` are its. */
  readonly preset: 'cpu' | null;
  readonly versions: { readonly lockstep: string; readonly tfjs: string };
  readonly userAgent: string;
  readonly backend: DeviceReport['backend'] | null;
  readonly adapter: DeviceReport['adapter'] | null;
  readonly features: readonly string[];
  /** What fell back, why, and what is lost by it, as sentences. */
  readonly notes: readonly string[];
  /** Of the backend; null where no device was reached. */
  readonly selfTest: DeviceReport['selfTest'];
  /** `turns`: lanes take turns in slices; `sequence`: one after the other; `race`: all at once, so that times are not comparable. */
  readonly schedule: Schedule;
  readonly startedAt: string;
}

export interface StepRow {
  readonly step: number;
  /** Null where it was not finite: JSON has no NaN. */
  readonly loss: number | null;
  readonly stepMs: number;
  readonly [metric: string]: number | null;
}

export interface EvalRow {
  readonly step: number;
  readonly [metric: string]: number | null;
}

export interface LearningRateChange {
  readonly step: number;
  readonly learningRate: number;
}

export interface LaneResult {
  readonly label: string;
  /** The lane as people type it, options and all: `4xfp32+ring`. */
  readonly shortForm: string;
  readonly worldSize: number;
  readonly precision: Precision;
  readonly lossScaleMode: LossScaleMode;
  /** How gradients were averaged over the ranks. */
  readonly allReduce: AllReduceName;
  /** Null for fp32. */
  readonly f16: F16Kind | null;
  /** The type of the arithmetic, apart from storage. */
  readonly f16Math: 'f32' | 'f16' | null;
  /** How its steps were executed, and why. */
  readonly execution: string;
  readonly state: LanePhase;
  /** Finished steps. */
  readonly steps: number;
  readonly series: readonly StepRow[];
  readonly evals: readonly EvalRow[];
  /** The last loss and the last evaluation. */
  readonly final: Readonly<Record<string, number | null>>;
  /** Steps and measured milliseconds of training until the target metric was first reached in an evaluation. */
  readonly toTarget: {
    readonly metric: string;
    readonly value: number;
    readonly step: number | null;
    readonly trainMs: number | null;
  } | null;
  readonly medianStepMs: number | null;
  readonly samplesPerSecond: number | null;
  /** Of rank 0; every rank holds the same. */
  readonly bytes: GpuBytes | null;
  /** Of the final weights, 8 hex digits; comparable on one adapter only. */
  readonly weightsHash: string | null;
  /** The largest ‖Δw‖₂/‖w‖₂ over the tensors, against the first lane; 0 for that lane itself. */
  readonly distanceToBaseline: number | null;
  /** Whether every rank ended with the same weights, bit for bit; false only where the lane broke that on purpose. Null before the end. */
  readonly replicasAgree: boolean | null;
  readonly lossScale: number | null;
  readonly skippedSteps: number;
  /** Bytes rank 0 sent to its peers. */
  readonly bytesSent: number;
  /** Learning rates set by hand while it trained, each in force in the steps after `step`. */
  readonly learningRateChanges: readonly LearningRateChange[];
  readonly error: RunFailure | null;
}
