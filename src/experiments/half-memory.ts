// Half the memory: of what?
//
// FP16 halves what a step keeps between forward and backward: activations, and what is computed from them. Weights, their gradients and the
// optimizer's state stay FP32, and the rounded copies of the weights come on top. So it depends on the batch what is saved: the same
// network with 256 images and with 8.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment, withLanes } from 'lockstep';
import type { Card, Claim, ClaimLane } from 'lockstep';

export default experiment({
  title: 'Half the memory: of what?',
  seed: 3,
  data: () => datasets.mnist({ train: 1024, test: 200 }),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 16, kernelSize: 3, activation: 'relu' }), // (B, 28, 28, 1) -> (B, 26, 26, 16)
        tf.layers.maxPooling2d({ poolSize: 2 }), // -> (B, 13, 13, 16)
        tf.layers.flatten(), // -> (B, 2704)
        tf.layers.dense({ units: 64, activation: 'relu' }), // -> (B, 64)
        tf.layers.dense({ units: 10 }), // -> (B, 10), logits
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'adam', learningRate: 1e-3 },
  globalBatch: 256,
  steps: 12,
  evalEvery: 12,
  metrics: ['accuracy'],
  lanes: ['1xfp32', '1xfp16', '1xfp32+batch=8', '1xfp16+batch=8'],
});

export const card: Card = {
  id: 'half-memory',
  group: 'precision',
  seconds: 20,
  tier: 'quick',
  title: { en: 'Half the memory: of what?', zh: '内存减半：减的是什么？' },
  question: {
    en: 'How much memory does FP16 save?',
    zh: 'FP16 能省多少内存？',
  },
  usualAnswer: {
    en: 'Half: two bytes per number instead of four.',
    zh: '一半：每个数从四字节变成两字节。',
  },
  claim: {
    en: 'Half of the activations, and nothing of weights, gradients and optimizer. With a large batch that is much of all, with a small one the copies of the weights eat it up.',
    zh: '激活省一半；权重、梯度和优化器一点不省。批量大时这占了大头；批量小时，省下的被权重副本吃掉。',
  },
  lookAt: {
    en: 'The memory chart, class by class, of the lanes with 256 images and of those with 8.',
    zh: '看内存图中各类内存：256 张图的两条泳道，和 8 张图的两条泳道。',
  },
  misconception: {
    en: 'Adam keeps two numbers per weight: with the weight and its gradient that is sixteen bytes, of which mixed precision saves none. That is why large models shard them instead (ZeRO).',
    zh: 'Adam 为每个权重保存两个数：连同权重和梯度共十六字节，混合精度一个也不省。所以大模型改为切分它们（ZeRO）。',
  },
};

/** The graph's bytes in FP16 as a share of FP32's; null where they are not counted. */
const shareOf = (full: ClaimLane, half: ClaimLane): number | null =>
  full.bytes === null || half.bytes === null || half.f16 === 'simulated' ? null : half.bytes.graph / full.bytes.graph;

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'With 256 images a step’s activations and temporaries take at most 0.6 of FP32’s bytes.',
      zh: '256 张图时，一步的激活与临时数据最多占 FP32 的 0.6。',
    },
    holds: (results) =>
      withLanes(results, ['1xfp32', '1xfp16'], (full, half) => {
        const share = shareOf(full, half);
        return share === null ? null : share <= 0.6;
      }),
  },
  {
    text: {
      en: 'With 8 images they take at least 0.8: the copies of the weights are as large as what is saved.',
      zh: '8 张图时至少占 0.8：权重副本几乎与省下的一样大。',
    },
    holds: (results) =>
      withLanes(results, ['1xfp32+batch=8', '1xfp16+batch=8'], (full, half) => {
        const share = shareOf(full, half);
        return share === null ? null : share >= 0.8;
      }),
  },
  {
    text: {
      en: 'Weights and optimizer take the same bytes in both.',
      zh: '两者的权重和优化器占用字节相同。',
    },
    holds: (results) =>
      withLanes(results, ['1xfp32', '1xfp16'], (full, half) =>
        full.bytes === null || half.bytes === null || half.f16 === 'simulated'
          ? null
          : half.bytes.weights === full.bytes.weights && half.bytes.optimizer === full.bytes.optimizer,
      ),
  },
];
