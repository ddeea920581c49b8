// What a rank reports back to the runner: after each slice, and at its end. Plain data.

import type { F16Kind, GpuBytes } from './telemetry.ts';

export interface SliceReport {
  /** The program has come to its end. */
  readonly isDone: boolean;
  /** Steps finished so far. */
  readonly step: number;
  /** Messages posted so far: the events of this slice have all arrived when that many have. */
  readonly messageCount: number;
}

/** A rank that has come to rest after another one was lost. */
export interface RestReport {
  /** The last step it has completed. */
  readonly step: number;
  readonly messageCount: number;
}

export interface RankReport {
  readonly step: number;
  readonly messageCount: number;
  /** Of the trainable weights, 8 hex digits. Null for a `program` that showed no weights. */
  readonly weightsHash: string | null;
  /** The trainable weights, rank 0 only; empty elsewhere. */
  readonly weights: readonly Float32Array[];
  readonly bytes: GpuBytes | null;
  readonly f16: F16Kind | null;
  /** Ops of an fp16 lane that stayed f32, because they add up atomically and no atomic is 16 bits wide. */
  readonly f32Ops: readonly string[];
  /** Whether its steps were replayed from recordings: `captured`, or `eager (why)`. */
  readonly execution: string;
  readonly lossScale: number | null;
  readonly skippedSteps: number;
  /** Samples that each evaluation was over; null where there is no test set, or the program evaluates by itself. */
  readonly testSampleCount: number | null;
  /** Bytes this rank sent to its peers. */
  readonly bytesSent: number;
  /** The same by rank, 0 at its own. */
  readonly bytesSentTo: readonly number[];
}
