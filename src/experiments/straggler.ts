// A straggler: one late rank, everybody waits
//
// Rank 3 is late by 150 ms in every step: a busy machine, a slow disk, a hot GPU. An all-reduce needs every rank's gradient, so nobody
// takes the next step before rank 3 has arrived.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment, withLanes } from 'lockstep';
import type { Card, Claim } from 'lockstep';

export default experiment({
  title: 'A straggler',
  seed: 7,
  data: () => datasets.spiral({ classes: 3, points: 200 }),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [2], units: 16, activation: 'tanh' }), // (B, 2) -> (B, 16)
        tf.layers.dense({ units: 3 }), // -> (B, 3), logits
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: 0.2 },
  globalBatch: 60,
  steps: 60,
  lanes: ['4xfp32', '4xfp32+fault=delay:3@150ms', '4xfp32+local=10+fault=delay:3@150ms'],
});

export const card: Card = {
  id: 'straggler',
  group: 'faults',
  seconds: 45,
  tier: 'short',
  title: { en: 'A straggler: one late rank, everybody waits', zh: '拖后腿者：一个迟到，全体等待' },
  question: {
    en: 'One rank of four is late by 150 ms in every step. How much longer does the training take?',
    zh: '四个 rank 中有一个每步迟到 150 毫秒。训练会慢多少？',
  },
  usualAnswer: { en: 'A quarter of that: the other three are as fast as before.', zh: '只慢它的四分之一：另外三个还和以前一样快。' },
  claim: {
    en: 'All of it. A step takes as long as its slowest rank, so three healthy ranks wait. The result is the same, bit for bit.',
    zh: '全部。一步的时间等于最慢的 rank，所以三个健康的 rank 都在等。结果逐位相同。',
  },
  lookAt: {
    en: '“Step ms” of rank 0, which is not the late one, and Δw = 0. The delay is put in on purpose; the waiting is measured.',
    zh: '看 rank 0（并不是迟到者）的“单步 ms”，以及 Δw = 0。延迟是故意加入的；等待时间是实测的。',
  },
  misconception: {
    en: 'Agreeing less often does not remove a rank that is always late: with 10 local steps rank 0 runs ahead and then waits for ten delays at once. It helps where a different rank is late each time.',
    zh: '少同步几次并不能消除总是迟到的 rank：本地走 10 步后，rank 0 先跑到前面，再一次性等上十个延迟。只有每次迟到的 rank 不同时才有帮助。',
  },
};

const delayMs = 150;

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'Rank 0 is not late, and its median step takes at least the 150 ms that rank 3 is.',
      zh: 'rank 0 并没有迟到，但它的单步耗时中位数至少有 rank 3 的那 150 毫秒。',
    },
    holds: (results) => withLanes(results, ['4xfp32+fault=delay:3@150ms'], ({ medianStepMs }) => (medianStepMs ?? 0) >= delayMs),
  },
  {
    text: { en: 'A late rank changes no bit of the result.', zh: '迟到的 rank 不改变结果的任何一位。' },
    holds: (results) => withLanes(results, ['4xfp32', '4xfp32+fault=delay:3@150ms'], (all, late) => late.weightsHash === all.weightsHash),
  },
  {
    text: {
      en: 'With 10 local steps the same delays are waited for all at once: on the average no step is shorter.',
      zh: '本地走 10 步时，同样的延迟被集中等待：平均下来每一步并没有变短。',
    },
    holds: (results) =>
      withLanes(results, ['4xfp32+local=10+fault=delay:3@150ms'], ({ series }) => {
        const total = series.reduce((sum, { stepMs }) => sum + (stepMs ?? NaN), 0);
        return total / series.length >= 0.9 * delayMs;
      }),
  },
];
