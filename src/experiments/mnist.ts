// MNIST: 1 worker or 4, FP32 or FP16
//
// The same program in four lanes. Four workers share each batch of 128 between them and average their gradients, so they should
// learn exactly what one worker learns. FP16 stores activations in half the bytes; the weights it updates stay FP32. The model is
// one small network that looks at every patch of 7 x 7 pixels, and a linear layer on what it saw.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment, withLanes } from 'lockstep';
import type { Card, Claim, ClaimLane } from 'lockstep';

export default experiment({
  title: 'MNIST: 1 worker or 4, FP32 or FP16',
  seed: 42,
  data: () => datasets.mnist({ train: 12000, test: 2000 }),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.reshape({ inputShape: [28, 28, 1], targetShape: [4, 7, 4, 7] }), // (B, 28, 28, 1) -> (B, 4, 7, 4, 7)
        tf.layers.permute({ dims: [1, 3, 2, 4] }), // -> (B, 4, 4, 7, 7): 16 patches of 7 x 7 pixels
        tf.layers.reshape({ targetShape: [16, 49] }), // -> (B, 16, 49)
        tf.layers.dense({ units: 48, activation: 'relu' }), // -> (B, 16, 48), the same small network on every patch
        tf.layers.dense({ units: 32, activation: 'relu' }), // -> (B, 16, 32)
        tf.layers.flatten(), // -> (B, 512)
        tf.layers.dense({ units: 10 }), // -> (B, 10), logits
      ],
    }),
  loss: 'softmaxCrossEntropy',
  // Adam divides by the gradient's own size plus epsilon. At the usual 1e-7 a weight whose gradient is almost zero still moves by a
  // whole learning rate, in a direction that rounding decides, and 1 and 4 workers soon drift apart. At 1e-5 they agree to six digits
  // for 100 steps.
  optimizer: { name: 'adam', learningRate: 6e-3, epsilon: 1e-5 },
  globalBatch: 128,
  steps: 280,
  evalEvery: 40,
  metrics: ['accuracy'],
  onCpu: { steps: 100, evalEvery: 20 }, // without a GPU every step takes its time
  lanes: [
    { worldSize: 1, precision: 'fp32' },
    { worldSize: 1, precision: 'fp16' },
    { worldSize: 4, precision: 'fp32' },
    { worldSize: 4, precision: 'fp16' },
  ],
});

export const card: Card = {
  id: 'mnist',
  group: 'start',
  seconds: 180,
  tier: 'long',
  title: { en: 'MNIST: 1 worker or 4, FP32 or FP16', zh: 'MNIST：1 个或 4 个 Worker，FP32 或 FP16' },
  question: {
    en: 'The same program, four ways. Does it learn the same with four workers instead of one, and with half the bits?',
    zh: '同一个程序，四种跑法。用四个 Worker 代替一个、位数减半，学到的还一样吗？',
  },
  usualAnswer: {
    en: 'Four workers learn something slightly different, and FP16 is less accurate but faster.',
    zh: '四个 Worker 学到的略有不同；FP16 精度较低但更快。',
  },
  claim: {
    en: 'Four workers learn exactly what one learns. FP16 costs hardly any accuracy and saves memory; whether it is faster depends on the GPU.',
    zh: '四个 Worker 学到的与一个完全相同。FP16 几乎不损失准确率，并且省内存；是否更快取决于 GPU。',
  },
  lookAt: {
    en: 'The loss curves of 1xfp32 and 4xfp32 lie on each other. Then test accuracy, “Graph” memory and Δw in the table.',
    zh: '1xfp32 与 4xfp32 的损失曲线重合。然后看表格里的测试准确率、“计算图”内存和 Δw。',
  },
  misconception: {
    en: 'Four workers on one GPU are not four GPUs: they share it, so the step does not get four times faster here. What is shown is that the result stays the same.',
    zh: '一块 GPU 上的四个 Worker 不是四块 GPU：它们共享一块，所以这里的单步不会快四倍。这里展示的是结果不变。',
  },
};

const all = ['1xfp32', '1xfp16', '4xfp32', '4xfp16'] as const;
const accuracyOf = ({ final }: ClaimLane): number => final['testAccuracy'] ?? NaN;

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'Four workers learn what one learns: the first 50 losses agree to four digits.',
      zh: '四个 Worker 学到的与一个相同：前 50 个损失有四位数字一致。',
    },
    holds: (results) =>
      withLanes(results, ['1xfp32', '4xfp32'], (one, four) =>
        one.series.slice(0, 50).every(({ loss }, step) => Math.abs((four.series[step]?.loss ?? NaN) / (loss ?? NaN) - 1) <= 1e-4),
      ),
  },
  {
    text: {
      en: 'Every lane recognises at least 95 of 100 digits it has never seen.',
      zh: '每条泳道都能认出至少 95 % 从未见过的数字。',
    },
    holds: (results) =>
      results.manifest.preset === 'cpu' ? null : withLanes(results, all, (...lanes) => lanes.every((lane) => accuracyOf(lane) >= 0.95)),
  },
  {
    text: {
      en: 'FP16 costs at most two points of accuracy, on one worker and on four.',
      zh: '无论一个还是四个 Worker，FP16 最多损失两个百分点的准确率。',
    },
    holds: (results) =>
      withLanes(results, all, (one, oneHalf, four, fourHalf) => {
        return accuracyOf(oneHalf) >= accuracyOf(one) - 0.02 && accuracyOf(fourHalf) >= accuracyOf(four) - 0.02;
      }),
  },
  {
    text: {
      en: 'FP16 holds at most 0.8 of FP32’s activations and temporaries in memory (counted; simulated FP16 says nothing).',
      zh: 'FP16 的激活与临时数据最多占 FP32 的 0.8（实际计数；模拟的 FP16 不作判断）。',
    },
    holds: (results) =>
      withLanes(results, ['1xfp32', '1xfp16'], (full, half) =>
        full.bytes === null || half.bytes === null || half.f16 === 'simulated' ? null : half.bytes.graph <= 0.8 * full.bytes.graph,
      ),
  },
];
