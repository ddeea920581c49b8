// One worker or four: the same gradient
//
// Every rank computes two gradients: of the whole batch, as one worker would, and of its own rows alone. The mean of the second over
// all ranks is the first, up to the order in which f32 adds up. The largest difference of any entry is logged in every step.

import * as tf from '@tensorflow/tfjs';
import { datasets, program, withLanes } from 'lockstep';
import type { Card, Claim } from 'lockstep';

const rowCount = 120; // of the iris flowers, and in every batch: whatever the number of ranks, it must divide this

export default program({ title: 'The same gradient', seed: 3, steps: 40, lanes: ['2xfp32', '4xfp32'] }, async (ctx) => {
  const { x, y } = (await datasets.iris()).train; // (120, 4), (120, 3)
  const dense = [tf.layers.dense({ inputShape: [4], units: 16, activation: 'tanh' }), tf.layers.dense({ units: 3 })];
  const model = tf.sequential({ layers: dense });
  model.setWeights(await ctx.dist.broadcast(model.getWeights())); // all begin as rank 0, as in torch's DDP
  const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  ctx.weights(weights);
  const optimizer = ctx.optim({ name: 'sgd', learningRate: 0.3 });

  /** Loss, a mean over `count` rows, and its gradients. */
  const gradientsOf = (from: number, count: number) =>
    tf.variableGrads(() => {
      const logits = model.apply(x.slice([from], [count])) as tf.Tensor; // (count, 4) -> (count, 3)
      return tf.losses.softmaxCrossEntropy(y.slice([from], [count]), logits);
    }, weights);

  const share = rowCount / ctx.worldSize;
  let largest = 0;
  for (let step = 1; step <= 40; step++) {
    await ctx.step(async () => {
      const whole = gradientsOf(0, rowCount);
      const own = gradientsOf(ctx.rank * share, share);
      const mean = Object.values(await ctx.dist.allReduce(own.grads, 'mean'));
      const differences = tf.tidy(() =>
        tf.stack(
          Object.values(whole.grads).map((one, index) =>
            tf
              .sub(one, mean[index] ?? 0)
              .abs()
              .max(),
          ),
        ),
      );
      const difference = Math.max(...(await differences.data()));
      largest = Math.max(largest, difference);
      optimizer.applyGradients(Object.fromEntries(mean.map((gradient, index) => [weights[index]?.name ?? '', gradient])));
      ctx.log({ loss: whole.value, gradientDifference: difference });
      tf.dispose([whole.value, whole.grads, own.value, own.grads, mean, differences]);
    });
  }
  ctx.show.metric(largest, 'max |Δgradient| over all steps and weights');
});

/** f32 keeps 24 bits: a sum of 120 terms of size 1 may differ by some 1e-6 when its order changes. */
const rounding = 1e-6;

export const card: Card = {
  id: 'same-gradient',
  group: 'data-parallel',
  seconds: 8,
  tier: 'quick',
  title: { en: 'The same gradient from 1, 2 or 4 workers', zh: '1、2 或 4 个 Worker，同一个梯度' },
  question: {
    en: 'Four workers see a quarter of the batch each and average their gradients. How far is that from the gradient of one worker with the whole batch?',
    zh: '四个 Worker 各看四分之一的批次，再把梯度取平均。这与一个 Worker 用整个批次算出的梯度相差多少？',
  },
  usualAnswer: {
    en: 'It is an approximation: each worker sees less data, so the average is noisier.',
    zh: '是一种近似：每个 Worker 看到的数据更少，所以平均值的噪声更大。',
  },
  claim: {
    en: 'It is the same gradient. Only the last bits differ, because f32 adds up in another order.',
    zh: '是同一个梯度。只有最后几位不同，因为 f32 的求和顺序变了。',
  },
  lookAt: {
    en: 'The metric gradientDifference in the chart, and the largest value over the run under “Shown”. Then change `share` for one rank.',
    zh: '看图表里的 gradientDifference 指标，以及“展示”里整个运行的最大值。然后试着改一个 rank 的 `share`。',
  },
  misconception: {
    en: 'The mean of equal shares is the mean of the whole. It stops being exact in three places: shares of unequal size (weight them), layers that look across the batch (BatchNorm), and random numbers per rank (dropout).',
    zh: '等份的均值之均值就是总体均值。只有三种情况不再精确：份额不相等（要加权）、跨批次计算的层（BatchNorm）、每个 rank 各自的随机数（dropout）。',
  },
};

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'The mean of the ranks’ gradients equals the whole batch’s gradient within 1e-6, in every step, for 2 and for 4 ranks.',
      zh: '无论 2 个还是 4 个 rank，每一步中各 rank 梯度的均值与整批梯度之差都在 1e-6 以内。',
    },
    holds: (results) =>
      withLanes(results, ['2xfp32', '4xfp32'], (...lanes) =>
        lanes.every(({ series }) => series.every(({ gradientDifference }) => (gradientDifference ?? Infinity) <= rounding)),
      ),
  },
  {
    text: {
      en: 'After 40 updates the ranks of a lane hold the same weights, bit for bit.',
      zh: '40 次更新之后，一条泳道的各 rank 权重逐位相同。',
    },
    holds: (results) => withLanes(results, ['2xfp32', '4xfp32'], (...lanes) => lanes.every(({ replicasAgree }) => replicasAgree === true)),
  },
  {
    text: {
      en: 'Two ranks and four end at the same weights within rounding (Δw ≤ 1e-5).',
      zh: '两个 rank 与四个 rank 最终得到相同的权重，只差舍入误差（Δw ≤ 1e-5）。',
    },
    holds: (results) => withLanes(results, ['2xfp32', '4xfp32'], (_two, four) => (four.distanceToBaseline ?? Infinity) <= 1e-5),
  },
];
