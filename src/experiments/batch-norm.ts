// BatchNorm: where four workers are not one
//
// A layer that looks across the batch sees only its own rank's rows. With a batch of 64 on four ranks, BatchNorm normalises by the mean
// and variance of 16 rows instead of 64, and the gradients of the ranks no longer average to the whole batch's. Synchronised BatchNorm
// averages its moments over the ranks first.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment, withLanes } from 'lockstep';
import type { Card, Claim } from 'lockstep';

export default experiment({
  title: 'BatchNorm over ranks',
  seed: 17,
  data: () => datasets.spiral({ classes: 3, points: 300 }),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [2], units: 24, useBias: false }), // (B, 2) -> (B, 24); BatchNorm would take a bias away again
        tf.layers.batchNormalization(), // over the B rows of a rank, or of all ranks
        tf.layers.activation({ activation: 'tanh' }),
        tf.layers.dense({ units: 3 }), // -> (B, 3), logits
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: 0.2 },
  globalBatch: 64,
  steps: 60,
  evalEvery: 20,
  metrics: ['accuracy'],
  lanes: ['1xfp32', '4xfp32', '4xfp32+batchNorm=sync'],
});

export const card: Card = {
  id: 'batch-norm',
  group: 'data-parallel',
  seconds: 35,
  tier: 'short',
  title: { en: 'BatchNorm: where four workers are not one', zh: 'BatchNorm：四个 Worker 不等于一个' },
  question: {
    en: 'Data parallel training computes the gradient of the whole batch. Is that so for every layer?',
    zh: '数据并行训练算出的是整个批次的梯度。对每一种层都如此吗？',
  },
  usualAnswer: { en: 'Yes: averaging gradients is exact, whatever the layers.', zh: '是的：梯度取平均是精确的，与层无关。' },
  claim: {
    en: 'Not for BatchNorm: each rank normalises by its own 16 rows. Synchronised over the ranks, four workers are one again.',
    zh: 'BatchNorm 不是：每个 rank 只按自己的 16 行归一化。跨 rank 同步后，四个 Worker 又等于一个。',
  },
  lookAt: {
    en: 'Δw in the table: large for 4xfp32, rounding for batchNorm=sync. And “Sent”: synchronising has its price.',
    zh: '看表格里的 Δw：4xfp32 很大，batchNorm=sync 只有舍入误差。再看“已发送”：同步有代价。',
  },
  misconception: {
    en: 'Different is not worse: local statistics are what torch’s DDP does unless told otherwise, and the noise of small batches may even regularise. It hurts where a rank has few rows, as in detection and segmentation.',
    zh: '不同不等于更差：torch 的 DDP 默认就用本地统计量，小批次的噪声甚至可能起正则化作用。每个 rank 只有几行数据时（检测、分割）才有害。',
  },
};

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'With each rank’s own statistics four workers end somewhere else (Δw above 1e-2).',
      zh: '各 rank 用自己的统计量时，四个 Worker 最终落在别处（Δw 大于 1e-2）。',
    },
    holds: (results) => withLanes(results, ['1xfp32', '4xfp32'], (_one, four) => (four.distanceToBaseline ?? 0) > 1e-2),
  },
  {
    text: {
      en: 'Synchronised they end where one worker does, within rounding (Δw ≤ 1e-3).',
      zh: '同步后最终与一个 Worker 相同，只差舍入误差（Δw ≤ 1e-3）。',
    },
    holds: (results) =>
      withLanes(results, ['1xfp32', '4xfp32+batchNorm=sync'], (_one, synced) => (synced.distanceToBaseline ?? Infinity) <= 1e-3),
  },
  {
    text: { en: 'Synchronising sends more than local statistics do.', zh: '同步统计量比本地统计量发送得更多。' },
    holds: (results) => withLanes(results, ['4xfp32', '4xfp32+batchNorm=sync'], (local, synced) => synced.bytesSent > local.bytesSent),
  },
];
