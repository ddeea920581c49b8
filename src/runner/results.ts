// The schema of `results.json`, version 1: what a run leaves behind, for people, tests and other programs. It is documented in
// docs/results.md; a field is only ever added.

import type { ModelledLane } from '../cluster/lane-model.ts';
import type { AllReduceName } from '../collective/all-reduce.ts';
import type { GpuTimes } from '../core/gpu-times.ts';
import type { VariantTable } from '../core/kernel-variants.ts';
import type { LocalText } from '../train/card.ts';
import type { LossScaleMode } from '../train/lane-options.ts';
import type { Precision } from '../core/precision/precision-modes.ts';
import type { LaneRepeat } from '../train/lane.ts';
import type { NumberLines, Overflow } from '../train/number-lines.ts';
import type { SpanPhase } from '../train/span-phases.ts';
import type { DeviceReport, F16Kind, GpuBytes } from '../train/telemetry.ts';
import type { NotFiniteSpan } from './not-finite.ts';
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
  /**
   * Which implementations of GPU kernels ran where it was not their default, by kernel and class of shapes, on every rank of every lane. A run
   * that is to end with the same bits takes the same ones.
   */
  readonly kernelVariants: VariantTable;
  /** `turns`: lanes take turns in slices; `sequence`: one after the other; `race`: all at once, so that times are not comparable. */
  readonly schedule: Schedule;
  readonly startedAt: string;
}

export interface StepRow {
  readonly step: number;
  /** Null where it was not finite, because JSON has no NaN, or not logged; `notFinite` of the lane says which. */
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

/** Milliseconds per step of one phase: medians over steps. */
export interface PhaseTimes {
  readonly phase: SpanPhase;
  readonly rank0Ms: number;
  /** Of the rank that took longest, or least long, in each step. */
  readonly slowestRankMs: number;
  readonly fastestRankMs: number;
}

/** What the steps of a lane were spent on, by the clocks of its workers. */
export interface PhaseSummary {
  readonly origin: 'measured';
  /** Steps that the medians are taken over: the last 1,024 at most, without the first three. */
  readonly stepCount: number;
  /** Phases that occurred, in the order of a step; `step` is the whole. */
  readonly phases: readonly PhaseTimes[];
  /** Read-back, reduce (waiting included) and upload of rank 0, as far as it did not compute meanwhile, as a share of its step. */
  readonly communicationShare: number;
  /** The part of rank 0's step in which it waited for messages of its peers. */
  readonly waitShare: number;
  /** Communication of rank 0 that ran while it computed. */
  readonly hiddenMs: number;
}

/** Bytes that each rank handed to its links, message headers included. */
export interface LinkBytes {
  readonly origin: 'measured';
  readonly bytes: readonly { readonly from: number; readonly to: number; readonly bytes: number }[];
}

/** A rank that an elastic lane lost. */
export interface MembershipChange {
  /** The last step before it; the steps after it were taken by fewer ranks. */
  readonly step: number;
  /** As it was numbered when the lane began. */
  readonly lostRank: number;
  /** Ranks that are left. */
  readonly worldSize: number;
}

export interface LaneResult {
  readonly label: string;
  /** The lane as people type it, options and all: `4xfp32+ring`. */
  readonly shortForm: string;
  /** Which of its repeats it is, and what they are called together; null for a lane that was run once. */
  readonly repeat: LaneRepeat | null;
  /** Its own: a repeat's is the run's and so many more. */
  readonly seed: number;
  readonly worldSize: number;
  /** Whether its ranks were computed one after the other by one worker: their mathematics, not their speed. */
  readonly virtual: boolean;
  readonly precision: Precision;
  readonly lossScaleMode: LossScaleMode;
  /** How gradients were averaged over the ranks. */
  readonly allReduce: AllReduceName;
  /** How 16 bits were done; null for fp32. */
  readonly f16: F16Kind | null;
  /** Ops of an fp16 lane that stayed f32, because they add up atomically and no atomic is 16 bits wide; of rank 0. */
  readonly f32Ops: readonly string[];
  /** The type of the arithmetic, apart from storage. */
  readonly f16Math: 'f32' | 'f16' | null;
  /** `captured`: after the first, steps were replayed from recordings; `eager (why)`: every one ran through tfjs. */
  readonly execution: string;
  readonly state: LanePhase;
  /** Finished steps. */
  readonly steps: number;
  readonly series: readonly StepRow[];
  readonly evals: readonly EvalRow[];
  /** Which nulls of the rows were logged, and as what; the others were not logged. Null where that is not known: results of before it was told. */
  readonly notFinite: readonly NotFiniteSpan[] | null;
  /** Samples that each evaluation was over; null where the data has no test set, and for a `program`, which evaluates by itself. */
  readonly testSampleCount: number | null;
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
  /** Of rank 0; every rank holds the same. Null without a GPU, and for bf16, whose values are rounded and kept in f32. */
  readonly bytes: GpuBytes | null;
  /** Of the final weights, 8 hex digits; comparable on one adapter only. */
  readonly weightsHash: string | null;
  /** The largest ‖Δw‖₂/‖w‖₂ over the tensors, against the first lane or its repeat with the same seed; 0 for that itself, null for none. */
  readonly distanceToBaseline: number | null;
  /** Whether every rank ended with the same weights, bit for bit; false only where the lane broke that on purpose. Null before the end. */
  readonly replicasAgree: boolean | null;
  readonly lossScale: number | null;
  readonly skippedSteps: number;
  /** Bytes rank 0 sent to its peers. */
  readonly bytesSent: number;
  /** Null for one rank, and where the lane did not come to its end. */
  readonly links: LinkBytes | null;
  /** Null before the first step. */
  readonly phases: PhaseSummary | null;
  /** Where its device's time went, in a few timed steps of rank 0; null where the device has no time stamps, before the first of them, and in older results. */
  readonly gpuTimes: GpuTimes | null;
  /** What f16 makes of its numbers, in the last step of rank 0 that was counted; null where none was, and in older results. */
  readonly numberLines: NumberLines | null;
  /** What overflowed first in its steps, the first hundred of them; empty in older results. */
  readonly overflows: readonly Overflow[];
  /** Learning rates set by hand while it trained, each in force in the steps after `step`. */
  readonly learningRateChanges: readonly LearningRateChange[];
  /** Ranks that were lost while it trained, where it went on without them. */
  readonly membershipChanges: readonly MembershipChange[];
  readonly error: RunFailure | null;
  /** Modelled, not measured: this lane on a cluster with a device per rank. Null for one rank, and where no step was taken. */
  readonly modelled: ModelledLane | null;
}
