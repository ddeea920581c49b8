// Buckets: the same sums in smaller pieces
//
// Gradients do not travel one by one, nor all at once: they are packed into buckets, last layer first, and while one bucket is reduced
// the next is read back from the GPU. Here the same eight layers travel in one bucket, in a few, and in one per tensor.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment, withLanes } from 'lockstep';
import type { Card, Claim } from 'lockstep';

const hidden = () => tf.layers.dense({ units: 64, activation: 'tanh' }); // 64 × 64 weights: 16 KB of gradients

export default experiment({
  title: 'Buckets of gradients',
  seed: 5,
  data: () => datasets.spiral({ classes: 3, points: 200 }),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [2], units: 64, activation: 'tanh' }), // (B, 2) -> (B, 64)
        ...Array.from({ length: 6 }, hidden), // -> (B, 64), 98 KB of gradients together
        tf.layers.dense({ units: 3 }), // -> (B, 3), logits
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  globalBatch: 60,
  steps: 40,
  lanes: ['2xfp32', '2xfp32+bucket=32KB', '2xfp32+bucket=1KB'],
});

export const card: Card = {
  id: 'buckets',
  group: 'communication',
  seconds: 35,
  tier: 'short',
  title: { en: 'Buckets, and what overlap can hide', zh: '分桶，以及重叠能隐藏什么' },
  question: {
    en: 'Gradients could be reduced all at once or tensor by tensor. What changes with the size of the buckets?',
    zh: '梯度可以一次全部归约，也可以逐个张量归约。桶的大小会改变什么？',
  },
  usualAnswer: {
    en: 'Smaller buckets start sooner and overlap more, so smaller is faster.',
    zh: '桶越小，开始得越早，重叠越多，所以越小越快。',
  },
  claim: {
    en: 'The result is the same, bit for bit. What changes is when messages leave and how many there are.',
    zh: '结果逐位相同。改变的只是消息何时发出、一共多少条。',
  },
  lookAt: {
    en: 'The weights do not differ (Δw is 0). Compare “Step ms” and “Sent”: every bucket pays for its own read-back and its own messages.',
    zh: '权重毫无差别（Δw 为 0）。比较“单步 ms”和“已发送”：每个桶都要付出自己的读回和消息开销。',
  },
  misconception: {
    en: 'There is a best size in between. One bucket can only start when the last gradient is there, so nothing overlaps; a bucket per tensor pays a latency per tensor. Here buckets overlap with each other’s read-back, not with the backward pass, and the first layer’s gradient always comes last: the reduce of its bucket cannot be hidden.',
    zh: '最佳大小在两者之间。只有一个桶时，要等最后一个梯度到齐才能开始，毫无重叠；一个张量一个桶，则每个张量都付一次延迟。这里桶与桶的读回相互重叠，而不是与反向传播重叠；第一层的梯度总是最后到，它那个桶的归约无法隐藏。',
  },
};

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'One bucket, a few, or one per tensor: the final weights are the same, bit for bit.',
      zh: '一个桶、几个桶或每个张量一个桶：最终权重逐位相同。',
    },
    holds: (results) =>
      withLanes(results, ['2xfp32', '2xfp32+bucket=32KB', '2xfp32+bucket=1KB'], (one, few, many) => {
        return few.weightsHash === one.weightsHash && many.weightsHash === one.weightsHash;
      }),
  },
  {
    text: {
      en: 'Smaller buckets send a little more, because every message has a header, and not more than a tenth.',
      zh: '桶越小发送得略多，因为每条消息都有消息头，但多出不超过十分之一。',
    },
    holds: (results) =>
      withLanes(results, ['2xfp32', '2xfp32+bucket=1KB'], (one, many) => {
        return many.bytesSent > one.bytesSent && many.bytesSent <= 1.1 * one.bytesSent;
      }),
  },
];
