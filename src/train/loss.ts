// The named losses, each the mean over the batch, as `reduction='mean'` in torch: with equal shards the mean over ranks is then
// the mean over the global batch.

import { PlaygroundError } from '../core/errors.ts';
import { tf } from '../engine/tf.ts';

export const lossNames = ['softmaxCrossEntropy', 'sparseSoftmaxCrossEntropy', 'sigmoidCrossEntropy', 'meanSquaredError'] as const;
export type LossName = (typeof lossNames)[number];

/** Predictions and labels of one micro-batch (B, …) to a scalar, the mean over the batch. */
export type LossFunction = (predictions: tf.Tensor, labels: tf.Tensor) => tf.Scalar;

const named: Readonly<Record<LossName, LossFunction>> = {
  /** Logits (B, …, C) and one-hot labels of the same shape. */
  softmaxCrossEntropy: (logits, labels) => tf.losses.softmaxCrossEntropy(labels, logits),
  /** Logits (B, …, C) and labels (B, …), each the index of its class: what a language model predicts, at every position. */
  sparseSoftmaxCrossEntropy: (logits, labels) =>
    tf.losses.softmaxCrossEntropy(tf.cast(tf.oneHot(tf.cast(labels, 'int32'), logits.shape.at(-1) ?? 1), 'float32'), logits),
  /** Logits and labels in 0..1 of the same shape. */
  sigmoidCrossEntropy: (logits, labels) => tf.losses.sigmoidCrossEntropy(labels, logits),
  meanSquaredError: (predictions, labels) => tf.losses.meanSquaredError(labels, predictions),
};

/** The loss as a function that checks shapes and result. Throws `shape-mismatch` or `program-invalid`. */
export function lossFunction(loss: LossName | LossFunction): LossFunction {
  if (typeof loss === 'function') {
    return (predictions, labels) => {
      const value: unknown = loss(predictions, labels);
      if (!(value instanceof tf.Tensor) || value.size !== 1) {
        const got = value instanceof tf.Tensor ? `a tensor of shape [${value.shape.join(', ')}]` : String(value);
        throw new PlaygroundError(
          'program-invalid',
          `loss: expected a scalar tensor, got ${got}. Return the mean over the batch, such as tf.losses.meanSquaredError(y, pred).`,
          { place: 'loss' },
        );
      }
      return value.reshape([]);
    };
  }
  const compute = named[loss];
  const isSparse = loss === 'sparseSoftmaxCrossEntropy';
  return (predictions, labels) => {
    const expected = isSparse ? predictions.shape.slice(0, -1) : predictions.shape;
    if (expected.join() === labels.shape.join()) return compute(predictions, labels);
    const needs = isSparse
      ? 'the index of a class for every prediction, whose last axis counts classes'
      : 'predictions and labels of one shape';
    const advice = isSparse
      ? 'With one-hot labels, take softmaxCrossEntropy.'
      : `Make the last layer ${labels.shape.at(-1) ?? 1} units wide.`;
    throw new PlaygroundError(
      'shape-mismatch',
      `loss: ${loss} needs ${needs}; the model gives [${predictions.shape.join(', ')}], the labels are [${labels.shape.join(', ')}]. ${advice}`,
      { place: 'loss', predictions: predictions.shape, labels: labels.shape },
    );
  };
}
