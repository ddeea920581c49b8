// Loss scaling: gradients that f16 cannot hold
//
// An autoencoder squeezes a digit through 16 numbers and draws it again. Its loss is the mean over 512 x 784 pixels, so that the
// gradient of one pixel is some millionths: f16 has few digits left there (its smallest numbers are 0.00000006 apart), or none. Multiply
// the loss by 65,536 before the backward pass and divide the gradients by it afterwards, and nothing is lost.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment, withLanes } from 'lockstep';
import type { Card, Claim, ClaimLane } from 'lockstep';

const flat = (images: tf.Tensor): tf.Tensor => images.reshape([-1, 784]); // (N, 28, 28, 1) -> (N, 784)

export default experiment({
  title: 'Loss scaling',
  seed: 5,
  data: async () => {
    const { train, test } = await datasets.mnist({ train: 4096, test: 500 });
    return { train: { x: flat(train.x), y: flat(train.x) }, test: test === null ? null : { x: flat(test.x), y: flat(test.x) } };
  },
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [784], units: 64, activation: 'relu' }), // (B, 784) -> (B, 64)
        tf.layers.dense({ units: 16 }), // -> (B, 16), all that is left of the digit
        tf.layers.dense({ units: 64, activation: 'relu' }), // -> (B, 64)
        tf.layers.dense({ units: 784, activation: 'sigmoid' }), // -> (B, 784), the digit drawn again
      ],
    }),
  loss: 'meanSquaredError',
  optimizer: { name: 'adam', learningRate: 6e-3 },
  globalBatch: 512,
  steps: 120,
  evalEvery: 40,
  onCpu: { steps: 40, evalEvery: 20 }, // without a GPU every step takes its time
  lanes: ['1xfp32', '1xfp16', '1xfp16+lossScale=off', '1xbf16'],
});

export const card: Card = {
  id: 'loss-scaling',
  group: 'precision',
  seconds: 130,
  tier: 'long',
  title: { en: 'Loss scaling: what FP16 loses without it', zh: '损失缩放：没有它，FP16 会丢掉什么' },
  question: {
    en: 'Is it enough to compute in FP16, or does the loss have to be multiplied by some large number first?',
    zh: '只用 FP16 计算就够了吗？还是必须先把损失乘上一个很大的数？',
  },
  usualAnswer: {
    en: '“Use FP16: half the memory, less time.” The scale is a detail that the framework sees to.',
    zh: '“用 FP16：内存减半，时间更短。”缩放只是框架会处理的细节。',
  },
  claim: {
    en: 'With the scale FP16 learns as FP32 does. Without it this model learns worse, and no error says so: gradients round to a few steps, or to zero.',
    zh: '有缩放时 FP16 学得和 FP32 一样。没有缩放时这个模型学得更差，而且没有任何报错：梯度被舍入到仅有的几档，甚至为零。',
  },
  lookAt: {
    en: 'Test loss of 1xfp16 beside 1xfp16+lossScale=off. Then the tab “Precision”: the share of each gradient that is lost or subnormal, with the scale and without.',
    zh: '看 1xfp16 与 1xfp16+lossScale=off 的测试损失；再看“精度”页：每个梯度在有、无缩放时丢失或变成次正规数的比例。',
  },
  misconception: {
    en: 'Not every model needs it: where gradients are large, FP16 learns without. bf16 has the range of FP32 and needs no scale anywhere, but three digits fewer; here it is simulated by rounding.',
    zh: '并非每个模型都需要：梯度够大时，FP16 不缩放也能学。bf16 的数值范围与 FP32 相同，任何时候都不需要缩放，但少三位有效位；这里用舍入来模拟它。',
  },
};

const lossOf = ({ final }: ClaimLane): number => final['testLoss'] ?? NaN;

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'Scaled, FP16 draws the digits as well as FP32: its test loss is within 5 %.',
      zh: '有缩放时，FP16 画得和 FP32 一样好：测试损失相差不到 5 %。',
    },
    holds: (results) => withLanes(results, ['1xfp32', '1xfp16'], (full, half) => Math.abs(lossOf(half) / lossOf(full) - 1) <= 0.05),
  },
  {
    text: {
      en: 'Not scaled, its test loss is at least 5 % higher.',
      zh: '不缩放时，它的测试损失至少高 5 %。',
    },
    holds: (results) =>
      results.manifest.preset === 'cpu'
        ? null
        : withLanes(results, ['1xfp32', '1xfp16+lossScale=off'], (full, bare) => lossOf(bare) >= 1.05 * lossOf(full)),
  },
  {
    text: {
      en: 'bf16 needs no scale: within 5 % of FP32 without one.',
      zh: 'bf16 不需要缩放：没有缩放也与 FP32 相差不到 5 %。',
    },
    holds: (results) => withLanes(results, ['1xfp32', '1xbf16'], (full, brain) => Math.abs(lossOf(brain) / lossOf(full) - 1) <= 0.05),
  },
];
