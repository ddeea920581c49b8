// Loss and accuracy on the test set, in the lane's precision, in chunks so that a large set needs no large memory.

import type { Precision } from '../core/precision/precision-modes.ts';
import type { Engine } from '../engine/engine.ts';
import { tf } from '../engine/tf.ts';
import { inPrecision } from './in-precision.ts';
import type { LossFunction } from './loss.ts';
import type { HostSplit } from './host-split.ts';

const chunkSize = 500;

export interface Evaluation {
  readonly testLoss: number;
  /** Present when accuracy was asked for: the share of rows whose largest prediction is the label's largest. */
  readonly testAccuracy?: number;
}

/** Evaluates a model; `withAccuracy` needs labels (N, C), one-hot, or (N, 1) with a threshold at logit 0. */
export async function evaluate(options: {
  readonly engine: Engine;
  readonly precision: Precision;
  readonly model: tf.LayersModel;
  readonly loss: LossFunction;
  readonly split: HostSplit;
  readonly withAccuracy: boolean;
}): Promise<Evaluation> {
  const { engine, precision, model, loss, split, withAccuracy } = options;
  let lossSum = 0;
  let correctCount = 0;
  for (let from = 0; from < split.rowCount; from += chunkSize) {
    const rows = Uint32Array.from({ length: Math.min(chunkSize, split.rowCount - from) }, (_, index) => from + index);
    const labels = split.gatherLabels(rows);
    const [chunkLoss, predictions] = tf.tidy(() => {
      const x = split.xTensor(rows);
      const y = tf.tensor(labels, [rows.length, ...split.yRowShape]);
      const forward = () => {
        const predicted = model.apply(x, { training: false }) as tf.Tensor; // one input and one output, checked when the model was built
        return [loss(predicted, y), predicted];
      };
      return inPrecision(engine, precision, forward);
    }) as [tf.Scalar, tf.Tensor];
    const [[lossValue = Number.NaN], scores] = await Promise.all([chunkLoss.data<'float32'>(), predictions.data<'float32'>()]);
    tf.dispose([chunkLoss, predictions]);
    lossSum += lossValue * rows.length;
    if (withAccuracy) correctCount += countCorrect(scores, labels, rows.length);
  }
  const testLoss = lossSum / split.rowCount;
  return withAccuracy ? { testLoss, testAccuracy: correctCount / split.rowCount } : { testLoss };
}

/** Rows whose largest score is at the label's largest value; with one column, rows on the right side of 0. */
export function countCorrect(scores: ArrayLike<number>, labels: ArrayLike<number>, rowCount: number): number {
  const width = labels.length / rowCount;
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    const at = row * width;
    if (width === 1) count += (scores[at] ?? 0) > 0 === (labels[at] ?? 0) > 0.5 ? 1 : 0;
    else count += indexOfLargest(scores, at, width) === indexOfLargest(labels, at, width) ? 1 : 0;
  }
  return count;
}

function indexOfLargest(values: ArrayLike<number>, from: number, length: number): number {
  let best = 0;
  for (let index = 1; index < length; index++) if ((values[from + index] ?? 0) > (values[from + best] ?? 0)) best = index;
  return best;
}
