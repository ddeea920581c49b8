// Find the bug: "distributed" training that is not
//
// After a code sample that goes round as an interview answer: choose a GPU, loop over the loader, forward, backward, step. Started on four
// ranks it runs, the loss falls, and nothing about it is distributed. Run it, read the table under "Shown", then mend the three switches
// one after the other and run again.

import * as tf from '@tensorflow/tfjs';
import { datasets, program, withLanes } from 'lockstep';
import type { Card, Claim } from 'lockstep';

/** Every rank begins with rank 0's weights, as DDP sees to when it wraps a model. */
const beginTogether = false;
/** Each rank takes its own rows of a batch, as a DistributedSampler sees to. */
const shareRows = false;
/** After the backward pass the gradients are averaged over the ranks: the step that makes it data parallel. */
const averageGradients = false;

export default program({ title: 'Find the bug', seed: 11, steps: 60, lanes: ['1xfp32', '4xfp32'] }, async (ctx) => {
  const { rank, worldSize, dist } = ctx;
  const { train, test } = await datasets.iris();
  const model = tf.sequential({
    layers: [tf.layers.dense({ inputShape: [4], units: 16, activation: 'tanh' }), tf.layers.dense({ units: 3 })],
  });
  if (beginTogether) model.setWeights(await dist.broadcast(model.getWeights()));
  const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  // With this line Lockstep compares the ranks at the end and refuses lanes whose ranks differ. It would spoil the riddle.
  if (beginTogether && averageGradients) ctx.weights(weights);
  const optimizer = ctx.optim({ name: 'sgd', learningRate: 0.2 });

  let rowsSeen = 0;
  for (let step = 0; step < 60; step++) {
    const batch = Array.from({ length: 24 }, (_, row) => (step * 24 + row) % 120);
    const rows = shareRows ? batch.filter((_, row) => row % worldSize === rank) : batch;
    rowsSeen += rows.length;
    await ctx.step(async () => {
      const { value, grads } = tf.variableGrads(() => {
        const logits = model.apply(train.x.gather(rows)) as tf.Tensor; // (rows, 4) -> (rows, 3)
        return tf.losses.softmaxCrossEntropy(train.y.gather(rows), logits);
      }, weights);
      const gradients = averageGradients ? await dist.allReduce(grads, 'mean') : grads;
      optimizer.applyGradients(gradients);
      ctx.log({ loss: value });
      tf.dispose([value, grads, gradients]);
    });
  }

  const bytesSent = dist.bytesSent; // in all of training; what follows only looks at the outcome
  const flat = tf.concat(weights.map((weight) => weight.flatten()));
  const everybody = await dist.allGather(tf.concat([flat, tf.tensor1d([rowsSeen, bytesSent])]));
  const table = await Promise.all(
    everybody.map(async (theirs, index) => {
      const [rowCount, sent] = await theirs.slice(flat.size).data();
      const [distance] = await tf.norm(theirs.slice(0, flat.size).sub(flat)).data();
      return { rank: index, 'rows read': rowCount ?? NaN, 'bytes sent': sent ?? NaN, '‖Δw‖ to rank 0': distance ?? NaN };
    }),
  );
  ctx.show.table(table, 'the ranks after 60 steps');
  const logits = model.apply((test ?? train).x) as tf.Tensor;
  const [testLoss = NaN] = await tf.losses.softmaxCrossEntropy((test ?? train).y, logits).data();
  const mended = Number(beginTogether) + Number(shareRows) + Number(averageGradients);
  ctx.evaluated({ testLoss, mended, rowsSeen, bytesSent, furthestRank: Math.max(...table.map((row) => row['‖Δw‖ to rank 0'])) });
});

export const card: Card = {
  id: 'not-distributed',
  group: 'find-the-bug',
  seconds: 12,
  tier: 'quick',
  title: { en: 'Find the bug: “distributed” training', zh: '找错：“分布式”训练' },
  question: {
    en: 'Four ranks run this loop and every loss falls. What makes it distributed training?',
    zh: '四个 rank 运行这个循环，损失都在下降。是什么让它成为分布式训练？',
  },
  usualAnswer: {
    en: 'It runs on four devices at once, so it is distributed, and four times as fast.',
    zh: '它同时在四个设备上运行，所以是分布式的，而且快四倍。',
  },
  claim: {
    en: 'Nothing does. No process group, no sampler, no all-reduce: it is one training, done four times, each with other weights, and three are thrown away.',
    zh: '什么都没有。没有进程组，没有采样器，没有 all-reduce：这是同一个训练做了四遍，各有各的权重，其中三份被扔掉。',
  },
  lookAt: {
    en: 'The table under “Shown”: bytes sent while training, rows each rank read, how far its weights are from rank 0’s. Then set a switch to true.',
    zh: '看“展示”里的表格：训练中发送的字节、每个 rank 读过的行数、权重与 rank 0 的距离。然后把一个开关改成 true。',
  },
  misconception: {
    en: 'Distribution does not “reduce synchronisation time”: it adds an all-reduce of 2(N−1)/N · S bytes to every step. What shrinks is the work per rank. And one repair is not enough: with averaging alone the ranks still begin apart and stay apart; without shares they average four times the same gradient.',
    zh: '分布式并不“减少同步时间”：它给每一步加上 2(N−1)/N · S 字节的 all-reduce，减少的是每个 rank 的工作量。只修一处也不够：只做平均，各 rank 起点不同，就一直不同；不分数据，则是把同一个梯度平均四遍。',
  },
};

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'As it stands: no rank sends a byte while training, and the four end with different weights.',
      zh: '原样运行：训练中没有任何 rank 发送一个字节，四个 rank 最终权重各不相同。',
    },
    holds: (results) =>
      withLanes(results, ['4xfp32'], ({ final }) =>
        final['mended'] !== 0 ? null : final['bytesSent'] === 0 && (final['furthestRank'] ?? 0) > 0.01,
      ),
  },
  {
    text: {
      en: 'As it stands: rank 0 of four has the very losses of one rank alone. The other three changed nothing.',
      zh: '原样运行：四个 rank 中的 rank 0 与单独一个 rank 的损失完全一样。另外三个什么也没改变。',
    },
    holds: (results) =>
      withLanes(results, ['1xfp32', '4xfp32'], (one, four) =>
        four.final['mended'] !== 0 ? null : four.series.every(({ loss }, index) => loss === one.series[index]?.loss),
      ),
  },
  {
    text: {
      en: 'With all three mended: every rank holds the same weights, having read a quarter of the rows.',
      zh: '三处都修好后：每个 rank 权重相同，而各自只读了四分之一的行。',
    },
    holds: (results) =>
      withLanes(results, ['1xfp32', '4xfp32'], (one, four) =>
        four.final['mended'] !== 3
          ? null
          : four.final['furthestRank'] === 0 && four.final['rowsSeen'] === (one.final['rowsSeen'] ?? NaN) / 4,
      ),
  },
  {
    text: {
      en: 'With all three mended: four ranks learn what one does (test losses within 1e-4).',
      zh: '三处都修好后：四个 rank 学到的与一个 rank 相同（测试损失相差 1e-4 以内）。',
    },
    holds: (results) =>
      withLanes(results, ['1xfp32', '4xfp32'], (one, four) =>
        four.final['mended'] !== 3 ? null : Math.abs((four.final['testLoss'] ?? NaN) - (one.final['testLoss'] ?? NaN)) <= 1e-4,
      ),
  },
];
