// A rank is lost: fail, or go on with the others
//
// The worker of rank 2 ends as it would begin step 30. Without `elastic` that is the end of the lane. With it the three that are left go
// back to the last step they all completed, share the batch anew, and train on.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment, withLanes } from 'lockstep';
import type { Card, Claim, ClaimLane } from 'lockstep';

export default experiment({
  title: 'A lost rank',
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
  optimizer: { name: 'momentum', learningRate: 0.1, momentum: 0.9 },
  globalBatch: 60, // 4 ranks divide it, and 3 do
  steps: 100,
  evalEvery: 20,
  metrics: ['accuracy'],
  lanes: ['4xfp32', '4xfp32+fault=kill:2@30+elastic'], // take "+elastic" away to see a lane fail
});

export const card: Card = {
  id: 'elastic',
  group: 'faults',
  seconds: 35,
  tier: 'short',
  title: { en: 'A lost rank: the others go on', zh: '丢失一个 rank：其余继续' },
  question: {
    en: 'One of four ranks dies in the middle of training. What is lost?',
    zh: '训练中途，四个 rank 中的一个死掉了。会损失什么？',
  },
  usualAnswer: {
    en: 'A quarter of the data, and what that rank had learned: the result will be worse.',
    zh: '四分之一的数据，以及那个 rank 学到的东西：结果会变差。',
  },
  claim: {
    en: 'Nothing but the step under way. Every rank holds all of the weights, and the batch is shared anew over the three that are left.',
    zh: '只损失正在进行的那一步。每个 rank 都持有全部权重，批次会在剩下的三个之间重新划分。',
  },
  lookAt: {
    en: 'The mark on the curve at step 30, and that both curves lie on each other after it. Sums over three ranks round differently; nothing else changes.',
    zh: '看曲线上第 30 步处的标记，以及之后两条曲线仍然重合。三个 rank 的求和舍入不同，除此之外什么也没变。',
  },
  misconception: {
    en: 'It goes on because data parallel ranks are copies. Where each rank holds a part (a shard of the weights or of the optimizer), a lost rank takes its part along, and only a checkpoint brings it back.',
    zh: '能继续是因为数据并行的 rank 互为副本。如果每个 rank 只持有一部分（权重或优化器的分片），丢失的 rank 会带走它那部分，只有检查点能找回来。',
  },
};

const lossAt = ({ series }: ClaimLane, step: number): number => series.find((row) => row.step === step)?.loss ?? NaN;

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'Until rank 2 is lost both lanes are the same, bit for bit.',
      zh: '在 rank 2 丢失之前，两条泳道逐位相同。',
    },
    holds: (results) =>
      withLanes(results, ['4xfp32', '4xfp32+fault=kill:2@30+elastic'], (whole, elastic) =>
        Array.from({ length: 29 }, (_, index) => index + 1).every((step) => lossAt(elastic, step) === lossAt(whole, step)),
      ),
  },
  {
    text: {
      en: 'The other three take all of the 100 steps, and every loss agrees with the undisturbed lane’s to four digits.',
      zh: '另外三个走完全部 100 步，每一步的损失都与未受干扰的泳道有四位数字一致。',
    },
    holds: (results) =>
      withLanes(results, ['4xfp32', '4xfp32+fault=kill:2@30+elastic'], (whole, elastic) =>
        Array.from({ length: 100 }, (_, index) => index + 1).every(
          (step) => Math.abs(lossAt(elastic, step) / lossAt(whole, step) - 1) <= 1e-4,
        ),
      ),
  },
];
