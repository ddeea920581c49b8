// What is compared: a library that trains a model on a device of its own. Each side runs in a worker (in a process, where there is no browser),
// because two copies of tfjs would share their kernels in one.

import type { ModelName } from '../model-names.ts';
import type { KernelTime } from './kernel-clock.ts';

/** Everything a side needs to train the same model on the same batches as another. Plain data: it is posted. */
export interface StartingPoint {
  /** Samples and labels, flat, row by row. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly rowCount: number;
  readonly xRowShape: readonly number[];
  readonly yRowShape: readonly number[];
  /** In the order of tf.layers. */
  readonly weights: readonly { readonly shape: readonly number[]; readonly values: Float32Array }[];
  readonly batch: number;
  readonly seed: number;
}

/** A model under training. */
export interface Trainee {
  /** Takes steps, uploads of their batches included, and resolves when the device is done with them: the loss of the last. */
  train(stepCount: number): Promise<number>;
  /** How the steps run, such as `eager`. */
  execution(): string;
  dispose(): Promise<void>;
}

/** A library, ready on its device. */
export interface Side {
  /** The adapter, in words. */
  readonly adapter: string;
  /** `start` is null on the side that makes it. */
  prepare(model: ModelName, start: StartingPoint | null): Promise<{ readonly trainee: Trainee; readonly start: StartingPoint | null }>;
  /** Milliseconds of one (size, size) matrix product, the mean over `count` of them. */
  productMs(size: number, count: number): Promise<number>;
  /** Milliseconds of one op of bench/precision/ops.ts, the mean over `count`; only ours is asked. */
  opMs?(name: string, count: number): Promise<number>;
}

/** Sides by name; the first is the one that makes starting points. Ours is `lockstep` beside others, and the last three beside itself. */
export const sideNames = ['stock', 'jax-js', 'lockstep', 'fp32', 'fp16-native', 'fp16-packed'] as const;
export type SideName = (typeof sideNames)[number];

/** So many steps, done. */
export interface TrainAnswer {
  readonly ms: number;
  /** Processor time of the side's process, all its threads; null in a page, which cannot tell. */
  readonly cpuMs: number | null;
  readonly loss: number;
  readonly execution: string;
}

/** What a side is asked, and what it answers. */
export interface SideCalls {
  readonly open: { readonly ask: null; readonly answer: { readonly adapter: string } };
  readonly prepare: {
    readonly ask: { readonly model: ModelName; readonly start: StartingPoint | null };
    readonly answer: StartingPoint | null;
  };
  readonly train: { readonly ask: { readonly stepCount: number }; readonly answer: TrainAnswer };
  readonly op: { readonly ask: { readonly name: string; readonly count: number }; readonly answer: number };
  readonly product: { readonly ask: { readonly size: number; readonly count: number }; readonly answer: number };
  /** One step with the clock running; the longest kernel first. */
  readonly kernels: { readonly ask: null; readonly answer: readonly KernelTime[] };
  readonly copy: { readonly ask: null; readonly answer: number };
  readonly release: { readonly ask: null; readonly answer: null };
}
export type SideCall = keyof SideCalls;

/** A call to a side somewhere else. Rejects with what the side threw. */
export type CallSide = <Name extends SideCall>(name: Name, ask: SideCalls[Name]['ask']) => Promise<SideCalls[Name]['answer']>;
