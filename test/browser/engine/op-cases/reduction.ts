import { tf } from '../../../../src/engine/tf.ts';
import { uniform, type OpCase } from './op-case.ts';

const labels = () =>
  tf
    .oneHot(
      tf.tensor1d(
        Int32Array.from({ length: 16 }, (_, index) => index % 10),
        'int32',
      ),
      10,
    )
    .toFloat();
const logits = [uniform([16, 10])];

/** Reductions, softmax and losses. */
export const reductionCases: readonly OpCase[] = [
  ...(['sum', 'mean', 'max', 'min', 'prod', 'logSumExp'] as const).map((name) => ({
    name: `${name} over an axis`,
    inputs: [uniform([16, 20])],
    run: (x: tf.Tensor) => tf[name]<tf.Tensor>(x, 1),
  })),
  ...(['sum', 'mean', 'max', 'min', 'logSumExp'] as const).map((name) => ({
    name: `${name} over everything`,
    inputs: [uniform([16, 200])],
    run: (x: tf.Tensor) => tf[name]<tf.Tensor>(x),
  })),
  { name: 'norm', inputs: [uniform([16, 20])], run: (x) => tf.norm(x) },
  { name: 'cumsum', inputs: [uniform([16, 20])], run: (x) => tf.cumsum(x, 1) },
  { name: 'cumprod', inputs: [uniform([4, 6])], run: (x) => tf.cumprod(x, 1) },
  { name: 'softmax', inputs: logits, run: (x) => tf.softmax(x) },
  { name: 'logSoftmax', inputs: logits, run: (x) => tf.logSoftmax(x) },
  { name: 'softmax cross-entropy', inputs: logits, run: (x) => tf.losses.softmaxCrossEntropy(labels(), x) },
  { name: 'sigmoid cross-entropy', inputs: logits, run: (x) => tf.losses.sigmoidCrossEntropy(labels(), x) },
  { name: 'mean squared error', inputs: logits, run: (x) => tf.losses.meanSquaredError(tf.ones([16, 10]), x) },
  { name: 'Huber loss', inputs: [uniform([16, 10], 1, 3)], run: (x) => tf.losses.huberLoss(tf.ones([16, 10]), x) },
  { name: 'topk values', inputs: [uniform([4, 16])], run: (x) => tf.topk(x, 3).values },
];
