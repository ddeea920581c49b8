// The named losses, each the mean over the batch, as `reduction='mean'` in torch: with equal shards the mean over ranks is then
// the mean over the global batch.

import { PlaygroundError } from '../core/errors.ts';
import { tf } from '../engine/tf.ts';

export const lossNames = ['softmaxCrossEntropy', 'sigmoidCrossEntropy', 'meanSquaredError'] as const;
export type LossName = (typeof lossNames)[number];

/** Predictions and labels of one micro-batch (B, …) to a scalar, the mean over the batch. */
export type LossFunction = (predictions: tf.Tensor, labels: tf.Tensor) => tf.Scalar;

const named: Readonly<Record<LossName, LossFunction>> = {
  /** Logits (B, C) and one-hot labels (B, C). */
  softmaxCrossEntropy: (logits, labels) => tf.losses.softmaxCrossEntropy(labels, logits),
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
  return (predictions, labels) => {
    if (predictions.shape.join() !== labels.shape.join()) {
      throw new PlaygroundError(
        'shape-mismatch',
        `loss: ${loss} needs predictions and labels of one shape; the model gives [${predictions.shape.join(', ')}], the labels are [${labels.shape.join(', ')}]. Make the last layer ${labels.shape.at(-1) ?? 1} units wide.`,
        { place: 'loss', predictions: predictions.shape, labels: labels.shape },
      );
    }
    return compute(predictions, labels);
  };
}
