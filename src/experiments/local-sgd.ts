// Local SGD: agree less often
//
// Instead of averaging gradients in every step, each rank takes 4 or 16 steps of its own and then the weights are averaged. A quarter
// and a sixteenth of the traffic. Between two averages the ranks are different models.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment, withLanes } from 'lockstep';
import type { Card, Claim, ClaimLane } from 'lockstep';

export default experiment({
  title: 'Local SGD',
  seed: 13,
  data: () => datasets.mnist({ train: 2000, test: 400 }),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [28, 28, 1] }), // (B, 28, 28, 1) -> (B, 784)
        tf.layers.dense({ units: 32, activation: 'relu' }), // -> (B, 32)
        tf.layers.dense({ units: 10 }), // -> (B, 10), logits
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  globalBatch: 64,
  steps: 128,
  evalEvery: 32,
  metrics: ['accuracy'],
  lanes: ['4xfp32', '4xfp32+local=4', '4xfp32+local=16'],
});

export const card: Card = {
  id: 'local-sgd',
  group: 'communication',
  seconds: 50,
  tier: 'short',
  title: { en: 'Local SGD: agree less often', zh: '本地 SGD：少同步几次' },
  question: {
    en: 'Four ranks average their weights only every 16 steps and train on their own in between. What does that save, and what does it cost?',
    zh: '四个 rank 每 16 步才平均一次权重，其间各自训练。能省下什么，又要付出什么？',
  },
  usualAnswer: {
    en: 'The models drift apart, and the average of different models is worth little.',
    zh: '各模型会越走越远，不同模型的平均没有多大用处。',
  },
  claim: {
    en: 'It saves fifteen sixteenths of the bytes, and here nearly all of the accuracy is kept. But it is another algorithm, not the same one cheaper.',
    zh: '省下十六分之十五的字节，而在这里准确率几乎不变。但它是另一种算法，不是同一算法的省钱版。',
  },
  lookAt: {
    en: '“Sent” and Δw in the table: traffic falls by 4 and 16, and the weights are no longer those of the first lane. Rank 0’s own loss is what the chart shows.',
    zh: '看表格中的“已发送”和 Δw：流量降到 1/4 和 1/16，权重不再与第一条泳道相同。图表显示的是 rank 0 自己的损失。',
  },
  misconception: {
    en: 'Here every rank draws from the same data, shuffled. Where ranks hold different data, as in federated learning, many local steps pull towards different optima, and the average suffers.',
    zh: '这里各 rank 都从同一份打乱的数据中取样。若各 rank 的数据不同（如联邦学习），本地步数一多就会被拉向不同的最优点，平均结果随之变差。',
  },
};

const accuracyOf = ({ final }: ClaimLane): number => final['testAccuracy'] ?? NaN;

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'Averaging every 4 or 16 steps sends a quarter and a sixteenth of the bytes (within a tenth).',
      zh: '每 4 步或 16 步平均一次，发送字节数为四分之一和十六分之一（误差一成以内）。',
    },
    holds: (results) =>
      withLanes(results, ['4xfp32', '4xfp32+local=4', '4xfp32+local=16'], (every, four, sixteen) => {
        const isShare = (lane: ClaimLane, share: number): boolean => Math.abs(lane.bytesSent / every.bytesSent / share - 1) <= 0.1;
        return isShare(four, 1 / 4) && isShare(sixteen, 1 / 16);
      }),
  },
  {
    text: {
      en: 'The accuracy is within five points of that with an all-reduce in every step.',
      zh: '准确率与每步都做 all-reduce 时相差不到五个百分点。',
    },
    holds: (results) =>
      withLanes(results, ['4xfp32', '4xfp32+local=4', '4xfp32+local=16'], (every, ...local) =>
        local.every((lane) => Math.abs(accuracyOf(lane) - accuracyOf(every)) <= 0.05),
      ),
  },
  {
    text: {
      en: 'It is not the same computation: the weights end up elsewhere (Δw above 1e-3, far more than rounding).',
      zh: '它不是同一个计算：权重落在别处（Δw 大于 1e-3，远超舍入误差）。',
    },
    holds: (results) => withLanes(results, ['4xfp32', '4xfp32+local=16'], (_every, sixteen) => (sixteen.distanceToBaseline ?? 0) > 1e-3),
  },
];
