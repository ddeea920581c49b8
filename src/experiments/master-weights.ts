// Master weights: an update that f16 cannot hold never happens
//
// f16 has eleven significant bits. A weight of 0.05 has neighbours 0.00003 away: an update of less than half of that, added to a weight
// that is kept in f16, rounds to the weight it was added to. Mixed precision therefore keeps the weights in FP32 (master weights) and
// rounds a copy for every pass. Here small steps show what becomes of weights that are kept in f16 alone.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment, withLanes } from 'lockstep';
import type { Card, Claim, ClaimLane } from 'lockstep';

export default experiment({
  title: 'Master weights',
  seed: 11,
  data: () => datasets.mnist({ train: 4000, test: 500 }),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [28, 28, 1] }), // (B, 28, 28, 1) -> (B, 784)
        tf.layers.dense({ units: 64, activation: 'relu' }), // -> (B, 64)
        tf.layers.dense({ units: 10 }), // -> (B, 10), logits
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'adam', learningRate: 1.5e-5 },
  globalBatch: 128,
  steps: 400,
  evalEvery: 50,
  metrics: ['accuracy'],
  lanes: ['1xfp32', '1xfp16', '1xfp16(noMasterWeights)'],
});

export const card: Card = {
  id: 'master-weights',
  group: 'precision',
  seconds: 30,
  tier: 'short',
  title: { en: 'Master weights: updates that f16 swallows', zh: '主权重：被 f16 吞掉的更新' },
  question: {
    en: 'Mixed precision keeps a second copy of all weights in FP32. Could one save it?',
    zh: '混合精度会另存一份 FP32 的权重。能不能省掉它？',
  },
  usualAnswer: {
    en: 'Yes: the weights are rounded to FP16 for every pass anyway, so nothing is lost by keeping them that way.',
    zh: '能：反正每次前向、反向都要舍入成 FP16，直接这样存也不会损失什么。',
  },
  claim: {
    en: 'No: what is small against the weight vanishes, in every step anew. At a small learning rate most weights stand still.',
    zh: '不能：相对权重太小的更新会消失，而且每一步都如此。学习率小时，大多数权重原地不动。',
  },
  lookAt: {
    en: 'Test loss and Δw of 1xfp16(noMasterWeights) beside 1xfp16, and its “Weights” memory: a half, which is what the standstill buys.',
    zh: '对比 1xfp16(noMasterWeights) 与 1xfp16 的测试损失和 Δw，以及“权重”内存：只有一半——这就是停滞换来的。',
  },
  misconception: {
    en: 'At a large learning rate the updates are large as well, and weights in f16 learn for a while as if nothing were missing. It shows at the end of training, when the rate has come down.',
    zh: '学习率大时更新也大，f16 的权重会有一阵子学得毫无异样。问题出现在训练末期，当学习率降下来之后。',
  },
};

const lossOf = ({ final }: ClaimLane): number => final['testLoss'] ?? NaN;
/** How far the test loss came down from that of guessing, ln 10. */
const progressOf = (lane: ClaimLane): number => Math.log(10) - lossOf(lane);

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'With master weights FP16 learns what FP32 learns: the test loss is within 1 %.',
      zh: '有主权重时，FP16 学到的与 FP32 相同：测试损失相差不到 1 %。',
    },
    holds: (results) => withLanes(results, ['1xfp32', '1xfp16'], (full, half) => Math.abs(lossOf(half) / lossOf(full) - 1) <= 0.01),
  },
  {
    text: {
      en: 'Without them it comes at most three quarters of the way.',
      zh: '没有主权重时，最多只走完四分之三的路程。',
    },
    holds: (results) =>
      withLanes(results, ['1xfp16', '1xfp16(noMasterWeights)'], (half, bare) => progressOf(bare) <= 0.75 * progressOf(half)),
  },
  {
    text: {
      en: 'The weights take half the bytes (counted; simulated f16 says nothing).',
      zh: '权重只占一半字节（实际计数；模拟的 f16 不作判断）。',
    },
    holds: (results) =>
      withLanes(results, ['1xfp16', '1xfp16(noMasterWeights)'], (half, bare) =>
        half.bytes === null || bare.bytes === null || bare.f16 === 'simulated' ? null : bare.bytes.weights <= 0.51 * half.bytes.weights,
      ),
  },
];
