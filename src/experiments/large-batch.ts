// A batch eight times larger: what to do with the learning rate
//
// With a batch of 128 instead of 16, an epoch has an eighth of the updates. If each of them is as timid as before, the model has moved an
// eighth of the way. The linear rule (Goyal et al., 2017) makes the steps larger in proportion. +lrScaling=sqrt (Krizhevsky, 2014) is in
// between.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment, withLanes } from 'lockstep';
import type { Card, Claim, ClaimLane } from 'lockstep';

export default experiment({
  title: 'Large batches and the learning rate',
  seed: 21,
  data: () => datasets.mnist({ train: 2048, test: 400 }),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [28, 28, 1] }), // (B, 28, 28, 1) -> (B, 784)
        tf.layers.dense({ units: 32, activation: 'relu' }), // -> (B, 32)
        tf.layers.dense({ units: 10 }), // -> (B, 10), logits
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: 0.04 }, // for a batch of 16
  globalBatch: 16,
  steps: 128, // 16 × 128 samples: as many as the large batches have seen at step 16
  evalEvery: 16,
  metrics: ['accuracy'],
  lanes: ['1xfp32', '1xfp32+batch=128', '1xfp32+batch=128+lrScaling=none'],
});

export const card: Card = {
  id: 'large-batch',
  group: 'data-parallel',
  seconds: 30,
  tier: 'short',
  title: { en: 'Large batches and the learning rate', zh: '大批次与学习率' },
  question: {
    en: 'Eight workers make the batch eight times larger. The learning rate was tuned for one. What happens if it stays as it is?',
    zh: '八个 Worker 使批次变为八倍，而学习率是为一个 Worker 调的。如果保持不变会怎样？',
  },
  usualAnswer: {
    en: 'The gradient is less noisy, so it learns at least as well per epoch.',
    zh: '梯度噪声更小，所以每个 epoch 至少学得一样好。',
  },
  claim: {
    en: 'After the same number of samples it is far behind: it has taken an eighth of the steps. Scaled in proportion to the batch, it keeps up.',
    zh: '在样本数相同时它远远落后：只走了八分之一的步数。学习率按批次成比例放大后就能跟上。',
  },
  lookAt: {
    en: 'Compare at equal samples, not equal steps: the batch of 16 at step 128 with the batches of 128 at step 16. Test loss, then accuracy.',
    zh: '按样本数而不是步数来比较：批次 16 的第 128 步对应批次 128 的第 16 步。先看测试损失，再看准确率。',
  },
  misconception: {
    en: 'More workers do not make a better model, and the linear rule is not a law: it needs a warm-up, fails above some batch size (try +batch=2048), and Adam wants less than SGD does. It says how to lose nothing, not how to gain accuracy.',
    zh: '更多的 Worker 不会得到更好的模型，线性规则也不是定律：它需要预热，超过某个批次就失效（试试 +batch=2048），而且 Adam 需要的放大比 SGD 小。它说的是如何不损失，而不是如何提高准确率。',
  },
};

/** The test loss at a step; 128 steps of 16 and 16 steps of 128 are 2,048 samples. */
const lossAt = ({ evals }: ClaimLane, step: number): number => evals.find((row) => row.step === step)?.['testLoss'] ?? NaN;

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'After 2,048 samples, 128 at a time with the rate unchanged, the test loss is more than half as large again as with batches of 16.',
      zh: '看过 2,048 个样本后，批次 128、学习率不变时的测试损失比批次 16 时高出一半以上。',
    },
    holds: (results) =>
      withLanes(
        results,
        ['1xfp32', '1xfp32+batch=128+lrScaling=none'],
        (small, unscaled) => lossAt(unscaled, 16) > 1.5 * lossAt(small, 128),
      ),
  },
  {
    text: {
      en: 'With the rate in proportion to the batch the test loss is within a quarter of it.',
      zh: '学习率与批次成比例时，测试损失与之相差不到四分之一。',
    },
    holds: (results) =>
      withLanes(results, ['1xfp32', '1xfp32+batch=128'], (small, linear) => Math.abs(lossAt(linear, 16) / lossAt(small, 128) - 1) <= 0.25),
  },
];
