// What a replica tells the page while it trains: plain data only, because it crosses a worker boundary and because the page
// does not trust it (runner/checked-telemetry.ts checks every field). Columns rather than objects: a batch of a hundred steps is a
// handful of arrays.

import type { GpuTimes } from '../core/gpu-times.ts';
import type { NumberLines, Overflow } from './number-lines.ts';
import type { SpanBatch } from './span-phases.ts';

export type { DeviceReport, F16Kind, GpuBytes } from '../core/device-report.ts';

/** Some finished steps, as columns of equal length. */
export interface StepBatch {
  /** Step numbers, counted from 1. */
  readonly step: readonly number[];
  /** Null where a step logged none; NaN is a loss that is none. */
  readonly loss: readonly (number | null)[];
  /** Measured milliseconds from the end of the step before (or the start of the slice) to the end of this one on the GPU. */
  readonly stepMs: readonly number[];
  /** What was logged beside the loss, by name; null where a step did not log it. */
  readonly metrics: Readonly<Record<string, readonly (number | null)[]>>;
}

/**
 * Metrics that an experiment logs by itself where it knows them, and that have a place of their own on the page; a program may log them too.
 * `epoch`: passes over the data so far. `bytesSent`: by this rank so far. `gradientNorm`: ‖g‖₂ of the mean over the ranks, unscaled, where
 * gradients pass through the host anyway. `lossScale`: in force in this step. `skippedSteps`: so far.
 */
export const ownMetrics = ['epoch', 'bytesSent', 'gradientNorm', 'lossScale', 'skippedSteps'] as const;
export type OwnMetric = (typeof ownMetrics)[number];

/** One evaluation on the test set, such as `{ step: 100, testLoss: 0.2, testAccuracy: 0.95 }`. */
export interface EvalPoint {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

export type ConsoleLevel = 'log' | 'info' | 'warn' | 'error' | 'debug';

/** One console line. Arguments are rendered to text in the worker, tensors as shape, dtype and values. */
export interface ConsoleLine {
  readonly level: ConsoleLevel;
  readonly rank: number;
  readonly text: string;
}

/** A typed view that a program shows; never HTML. */
export type ShownView =
  | {
      readonly kind: 'table';
      readonly title: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly (string | number)[])[];
      /** Rows that were shown and are too many to be kept. */
      readonly leftOut: number;
    }
  | {
      readonly kind: 'line';
      readonly title: string;
      readonly x: readonly number[];
      readonly y: Readonly<Record<string, readonly number[]>>;
    }
  | { readonly kind: 'bars'; readonly title: string; readonly labels: readonly string[]; readonly values: readonly number[] }
  | {
      readonly kind: 'heatmap';
      readonly title: string;
      readonly rows: number;
      readonly columns: number;
      readonly values: readonly number[];
    }
  | {
      readonly kind: 'confusion';
      readonly title: string;
      /** A class each. */
      readonly labels: readonly string[];
      /** How often a sample of the class of a row was taken for the class of a column, row by row. */
      readonly counts: readonly number[];
    }
  | {
      readonly kind: 'image';
      readonly title: string;
      readonly height: number;
      readonly width: number;
      readonly channels: 1 | 3;
      /** Grey, or red, green and blue, in 0..1, row by row. */
      readonly pixels: readonly number[];
    }
  | {
      readonly kind: 'images';
      readonly title: string;
      readonly height: number;
      readonly width: number;
      readonly channels: 1 | 3;
      /** One for each image; may be empty texts. */
      readonly captions: readonly string[];
      /** One image after the other. */
      readonly pixels: readonly number[];
    }
  | { readonly kind: 'text'; readonly title: string; readonly text: string }
  | { readonly kind: 'tree'; readonly title: string; readonly root: TreeNode }
  | { readonly kind: 'metric'; readonly title: string; readonly value: number; readonly unit: string };

export interface TreeNode {
  readonly label: string;
  readonly children: readonly TreeNode[];
}

/** A trainable weight of the model. */
export interface WeightInfo {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Which weight is looked at while steps are taken one at a time. */
export interface Inspection {
  /** Index among the model's trainable weights. */
  readonly weight: number;
  /** Milliseconds to wait after each phase; 0 for none. */
  readonly slowMs: number;
}

export const phaseNames = ['forward', 'gradient', 'all-reduce', 'update'] as const;
export type PhaseName = (typeof phaseNames)[number];

/** One phase of one step on one rank. `forward` is the layer's output, `update` how far the optimizer moved the weight. */
export interface PhaseView {
  readonly phase: PhaseName;
  readonly step: number;
  readonly rank: number;
  readonly weight: string;
  readonly shape: readonly number[];
  readonly smallest: number;
  readonly largest: number;
  readonly mean: number;
  /** Standard deviation over all finite values. */
  readonly deviation: number;
  readonly zeroCount: number;
  readonly nonFiniteCount: number;
  readonly valueCount: number;
  /** Equal bins between `from` and `to`. */
  readonly histogram: { readonly from: number; readonly to: number; readonly counts: readonly number[] };
  readonly heatmap: { readonly rows: number; readonly columns: number; readonly values: readonly number[] };
}

/** Everything a replica may say. */
export type ReplicaEvent =
  | { readonly type: 'steps'; readonly batch: StepBatch }
  | { readonly type: 'eval'; readonly point: EvalPoint }
  | { readonly type: 'spans'; readonly batch: SpanBatch }
  /** What the device's time went into, as far as it is known now; takes the place of what was told before. */
  | { readonly type: 'gpu-times'; readonly times: GpuTimes }
  /** One step's numbers on f16's number line. */
  | { readonly type: 'number-lines'; readonly lines: NumberLines }
  /** What overflowed first in a step. */
  | { readonly type: 'overflow'; readonly overflow: Overflow }
  | { readonly type: 'console'; readonly line: ConsoleLine }
  | { readonly type: 'show'; readonly view: ShownView }
  /** More was said or shown than can be told. */
  | { readonly type: 'dropped'; readonly lineCount: number; readonly viewCount: number }
  /** Once, before the first step: what can be looked at. */
  | { readonly type: 'weights'; readonly weights: readonly WeightInfo[] }
  | { readonly type: 'inside'; readonly view: PhaseView };
