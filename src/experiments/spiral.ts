// Spirals: a network of fewer than 400 weights
//
// Three intertwined spirals, a network small enough to finish in seconds. Here four workers cost more than they bring: each step is
// over before the gradients have gone around.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment, withLanes } from 'lockstep';
import type { Card, Claim } from 'lockstep';

export default experiment({
  title: 'Spirals: a small network, 1 worker or 4',
  seed: 7,
  data: () => datasets.spiral({ classes: 3, points: 300 }),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [2], units: 16, activation: 'tanh' }), // (B, 2) -> (B, 16)
        tf.layers.dense({ units: 16, activation: 'tanh' }), // -> (B, 16)
        tf.layers.dense({ units: 3 }), // -> (B, 3), logits
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'adam', learningRate: 1e-2, epsilon: 1e-7 },
  globalBatch: 64,
  steps: 300,
  evalEvery: 50,
  metrics: ['accuracy'],
  lanes: [
    { worldSize: 1, precision: 'fp32' },
    { worldSize: 4, precision: 'fp32' },
  ],
});

export const card: Card = {
  id: 'spiral',
  group: 'start',
  seconds: 25,
  tier: 'short',
  title: { en: 'Spirals: a small network, 1 worker or 4', zh: '螺旋：一个小网络，1 个或 4 个 Worker' },
  question: {
    en: 'A network of fewer than 400 weights and a batch of 64. Do four workers finish sooner than one?',
    zh: '一个不到 400 个权重的网络，批次 64。四个 Worker 会比一个更早完成吗？',
  },
  usualAnswer: { en: 'Yes: each has only a quarter of the work.', zh: '会：每个只有四分之一的工作。' },
  claim: {
    en: 'They learn the same. But the work was over in no time anyway, and now every step waits for gradients to go around.',
    zh: '学到的相同。但工作本来就瞬间完成，现在每一步还要等梯度走一圈。',
  },
  lookAt: { en: '“Step ms” of both lanes, and how much the four ranks sent.', zh: '看两条泳道的“单步 ms”，以及四个 rank 发送了多少。' },
  misconception: {
    en: 'More workers help where computing a share takes much longer than exchanging the gradients. Here it is the other way round, and on one machine the four also share one GPU.',
    zh: '只有当计算一份数据远比交换梯度耗时，增加 Worker 才有用。这里正好相反，而且同一台机器上四个 Worker 还共享一块 GPU。',
  },
};

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'Four workers learn what one learns: the first 20 losses agree to three digits.',
      zh: '四个 Worker 学到的与一个相同：前 20 个损失有三位数字一致。',
    },
    holds: (results) =>
      withLanes(results, ['1xfp32', '4xfp32'], (one, four) =>
        one.series.slice(0, 20).every(({ loss }, step) => Math.abs((four.series[step]?.loss ?? NaN) / (loss ?? NaN) - 1) <= 1e-3),
      ),
  },
  {
    text: { en: 'Both tell at least nine points in ten apart.', zh: '两者都能正确区分至少十分之九的点。' },
    holds: (results) =>
      withLanes(results, ['1xfp32', '4xfp32'], (...lanes) => lanes.every(({ final }) => (final['testAccuracy'] ?? NaN) >= 0.9)),
  },
];
