// Fewer bytes between ranks: what each wire format costs
//
// Gradients travel as 4 bytes per value, as 2 (fp16), as 1 (int8 with a scale), or only the largest hundredth of them travels at all
// (top-k). What int8 and top-k leave out is not lost: each rank adds it to its next gradient (error feedback; Seide et al., 2014).

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment, withLanes } from 'lockstep';
import type { Card, Claim, ClaimLane } from 'lockstep';

export default experiment({
  title: 'Compressed gradients',
  seed: 9,
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
  steps: 120,
  evalEvery: 40,
  metrics: ['accuracy'],
  lanes: ['2xfp32', '2xfp32+wire=fp16', '2xfp32+wire=int8', '2xfp32+wire=topk:0.01'],
});

export const card: Card = {
  id: 'compression',
  group: 'communication',
  seconds: 45,
  tier: 'short',
  title: { en: 'Compressed gradients: bytes against loss', zh: '压缩梯度：字节与损失的取舍' },
  question: {
    en: 'Only the largest 1 % of the gradient travels between the ranks. Does the model still learn?',
    zh: '各 rank 之间只传输梯度中最大的 1 %。模型还能学习吗？',
  },
  usualAnswer: {
    en: 'Hardly: ninety-nine hundredths of what it should learn from are thrown away.',
    zh: '很难：它本该学习的内容有百分之九十九被丢掉了。',
  },
  claim: {
    en: 'It does, more slowly: what is not sent now is kept and sent later. Bytes fall to a half, a quarter and a few hundredths.',
    zh: '能，只是慢一些：现在没发的会保留下来以后再发。字节数降到一半、四分之一和百分之几。',
  },
  lookAt: {
    en: '“Sent” in the table beside accuracy, and the metric wireError in the chart: the share of the gradient that did not arrive in this step.',
    zh: '看表格中的“已发送”和准确率，以及图表中的 wireError 指标：这一步没有送达的梯度占比。',
  },
  misconception: {
    en: 'Fewer bytes are not a faster step. Choosing and packing values takes time on every rank, and on fast links that is more than it saves; on this machine “Step ms” need not fall at all.',
    zh: '字节少不等于步更快。挑选和打包数值在每个 rank 上都要花时间，链路快时得不偿失；在这台机器上“单步 ms”可能根本不会下降。',
  },
};

const wires = ['2xfp32', '2xfp32+wire=fp16', '2xfp32+wire=int8', '2xfp32+wire=topk:0.01'] as const;
const accuracyOf = ({ final }: ClaimLane): number => final['testAccuracy'] ?? NaN;
const meanError = ({ series }: ClaimLane): number => series.reduce((sum, { wireError }) => sum + (wireError ?? NaN), 0) / series.length;

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'Rank 0 sends a half in fp16, a quarter in int8 and less than a twentieth with top-k, headers included.',
      zh: 'rank 0 的发送量：fp16 为一半，int8 为四分之一，top-k 不到二十分之一（含消息头）。',
    },
    holds: (results) =>
      withLanes(results, wires, (full, half, byte, top) => {
        const share = (lane: ClaimLane): number => lane.bytesSent / full.bytesSent;
        return Math.abs(share(half) - 0.5) <= 0.02 && Math.abs(share(byte) - 0.25) <= 0.02 && share(top) < 0.05;
      }),
  },
  {
    text: {
      en: 'Half and quarter cost no accuracy worth speaking of: within two points of fp32.',
      zh: '一半和四分之一几乎不损失准确率：与 fp32 相差不到两个百分点。',
    },
    holds: (results) =>
      withLanes(results, wires, (full, half, byte) => [half, byte].every((lane) => accuracyOf(lane) >= accuracyOf(full) - 0.02)),
  },
  {
    text: {
      en: 'With a hundredth of the gradient in each step the model still comes to within ten points.',
      zh: '每步只传百分之一的梯度，模型的准确率差距仍在十个百分点以内。',
    },
    holds: (results) => withLanes(results, ['2xfp32', wires[3]], (full, top) => accuracyOf(top) >= accuracyOf(full) - 0.1),
  },
  {
    text: {
      en: 'What does not arrive in a step grows with what is saved: least in fp16, then int8, most with top-k.',
      zh: '省得越多，一步中没送达的就越多：fp16 最少，其次 int8，top-k 最多。',
    },
    holds: (results) =>
      withLanes(results, wires, (_full, half, byte, top) => meanError(half) < meanError(byte) && meanError(byte) < meanError(top)),
  },
];
