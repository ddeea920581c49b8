// What an SPMD program gets: its rank, the collectives, mixed precision, a log, typed views. The declarative `experiment` form is
// written on the same context (train-experiment.ts), so nothing it does is out of a program's reach.

import type { tf } from '../engine/tf.ts';
import type { OptimizerSpec } from '../engine/optim/optimizer-spec.ts';
import type { LossScaleOptions } from '../engine/precision/loss-scale.ts';
import type { Lane } from './lane.ts';
import type { TreeNode } from './telemetry.ts';

/** How values are combined over ranks. */
export type ReduceOp = 'sum' | 'mean';

/** Tensors in a list, by name, or alone. */
export type TensorGroup = tf.Tensor | readonly tf.Tensor[] | Readonly<Record<string, tf.Tensor>>;

/** The collectives, named and behaving as in torch.distributed: every rank must make the same calls in the same order. */
export interface Dist {
  /** Bytes this rank has sent to its peers so far, the messages' headers included. */
  readonly bytesSent: number;
  /**
   * New tensors with the reduced values, in the shape they were given; the caller's own are left alone. A `'mean'` with weights is
   * Σ weight·value ÷ Σ weight over the ranks, such as each rank's number of samples; then every rank must give one, of at least 0.
   */
  allReduce<Group extends TensorGroup>(tensors: Group, op?: ReduceOp, weight?: number): Promise<Group>;
  /** The reduced tensor on `root`; elsewhere the values as they were. */
  reduce(tensor: tf.Tensor, root: number, op?: ReduceOp): Promise<tf.Tensor>;
  /** `root`'s values on every rank. */
  broadcast<Group extends TensorGroup>(tensors: Group, root?: number): Promise<Group>;
  /** Every rank's tensor, by rank. */
  allGather(tensor: tf.Tensor): Promise<tf.Tensor[]>;
  /** Every rank's tensor on `root`; null elsewhere. */
  gather(tensor: tf.Tensor, root?: number): Promise<tf.Tensor[] | null>;
  /** The rank-th of `root`'s tensors; the other ranks pass null and say which shape they expect. */
  scatter(tensors: readonly tf.Tensor[] | null, shape: readonly number[], root?: number): Promise<tf.Tensor>;
  /** The rank-th part of the reduced tensor, cut along the first axis, which the world size must divide. */
  reduceScatter(tensor: tf.Tensor, op?: ReduceOp): Promise<tf.Tensor>;
  /** Does not wait until it is received. */
  send(tensor: tf.Tensor, to: number): Promise<void>;
  recv(shape: readonly number[], from: number): Promise<tf.Tensor>;
  /** Resolves once every rank has called it. */
  barrier(): Promise<void>;
}

/** Scales losses so that small gradients survive fp16; torch's GradScaler. */
export interface LossScaler {
  readonly scale: number;
  readonly skippedSteps: number;
  scaleLoss(loss: tf.Scalar): tf.Scalar;
  /** Unscales, and applies unless a gradient is infinite or NaN. True when the step was applied; then the scale is updated. */
  step(optimizer: tf.Optimizer, gradients: Readonly<Record<string, tf.Tensor>>): Promise<boolean>;
}

/** Mixed precision. In an fp32 lane both do nothing, so that one program serves every lane; the scaler does so wherever the lane's loss scale is off. */
export interface Amp {
  /** Runs `body`, and the backward pass within it, in the lane's precision. */
  autocast<T extends tf.TensorContainer>(body: () => T): T;
  gradScaler(options?: LossScaleOptions): LossScaler;
}

/** Rows of grey values in 0..1, or of `[red, green, blue]`. */
export type Pixels = readonly (readonly (number | readonly [number, number, number])[])[];

/**
 * Typed views, drawn in the lane's panel; never HTML. A view of the same kind and title takes the place of the one before. One that is wrong is
 * not shown, and the console says why.
 */
export interface Show {
  /** A row each, at most 10,000; their names are the columns. */
  table(rows: readonly Readonly<Record<string, string | number>>[], title?: string): void;
  /** Curves over `x`; a NaN leaves a gap. */
  line(x: readonly number[], y: Readonly<Record<string, readonly number[]>>, title?: string): void;
  bars(values: Readonly<Record<string, number>>, title?: string): void;
  /** Rows of equal length. */
  heatmap(values: readonly (readonly number[])[], title?: string): void;
  /** `counts[actual][predicted]`: how often one class was taken for another. */
  confusion(counts: readonly (readonly number[])[], labels?: readonly string[], title?: string): void;
  image(pixels: Pixels, title?: string): void;
  /** Images of one size, with a caption each. */
  images(images: readonly Pixels[], captions?: readonly string[], title?: string): void;
  tree(root: TreeNode, title?: string): void;
  text(text: string, title?: string): void;
  metric(value: number, title: string, unit?: string): void;
}

/** What a program's function gets on each rank. */
export interface ProgramContext {
  /** 0 <= rank < worldSize */
  readonly rank: number;
  readonly worldSize: number;
  readonly lane: Lane;
  /** The master seed; `Math.random` follows it. */
  readonly seed: number;
  readonly dist: Dist;
  readonly amp: Amp;
  /** An optimizer by name, with the field's defaults. */
  optim(spec: OptimizerSpec): tf.Optimizer;
  /** Marks one step; what is logged in it belongs to it. Taking turns and stopping hang on it: a program without it has one long turn. */
  step<T>(body: () => T | Promise<T>): Promise<T>;
  /** Logs numbers or scalar tensors for the step under way; `loss` is the one on the loss chart. Rank 0's are shown. */
  log(values: Readonly<Record<string, number | tf.Tensor>>): void;
  /** Logs an evaluation, such as `{ testLoss, testAccuracy }`. Rank 0's are shown. */
  evaluated(values: Readonly<Record<string, number>>): void;
  /**
   * Names the trainable weights, so that the lane's hash and its distance to the baseline can be told, and so that a lane without master weights
   * keeps them in 16 bits from then on.
   */
  weights(variables: readonly tf.Variable[]): void;
  readonly show: Show;
  /** Aborted when the run is over. */
  readonly signal: AbortSignal;
}
