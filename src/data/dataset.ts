// What every dataset of this folder resolves to, and what a program may build itself: tensors with samples along the first axis. They
// are made with `tf.tensor(values, shape)`, which keeps the values on the host until an op first needs them.

import type { tf } from '../engine/tf.ts';

/** Samples and their targets, row by row. */
export interface DatasetSplit {
  /** (samples, …features), float32. */
  readonly x: tf.Tensor;
  /** (samples, classes) one-hot, or whatever the loss takes. */
  readonly y: tf.Tensor;
}

/** Data to train on and, where there is one, to evaluate on. */
export interface Dataset {
  readonly train: DatasetSplit;
  readonly test: DatasetSplit | null;
}
