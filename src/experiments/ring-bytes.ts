// What an all-reduce sends: 2(N−1)/N · S
//
// S bytes of gradients, reduced over 2 to 6 ranks. Around a ring every rank sends its N−1 chunks twice, whatever N is: once to add them
// up, once to hand the sums on. The naive way sends everything to rank 0 and back. Bytes are counted where messages leave a rank.

import * as tf from '@tensorflow/tfjs';
import { program, withLanes } from 'lockstep';
import type { Card, Claim, ClaimLane } from 'lockstep';

const payloadBytes = 480_000; // S: 120,000 values of 4 bytes, as many gradients as a small network has
const stepCount = 5;

const declared = {
  title: 'Ring bytes',
  steps: stepCount,
  lanes: ['2xfp32+ring', '3xfp32+ring', '4xfp32+ring', '6xfp32+ring', '6xfp32+naive'],
};

export default program(declared, async ({ dist, worldSize, step, log, evaluated, show }) => {
  const gradient = tf.randomNormal([payloadBytes / 4]);
  for (let done = 0; done < stepCount; done++) {
    const before = dist.bytesSent;
    await step(async () => {
      const sum = await dist.allReduce(gradient, 'sum');
      log({ sentShare: (dist.bytesSent - before) / payloadBytes }); // of rank 0, headers included
      sum.dispose();
    });
  }
  const sentShare = dist.bytesSent / payloadBytes / stepCount;
  const shares = await dist.allGather(tf.scalar(sentShare));
  const rows = await Promise.all(shares.map(async (share, index) => ({ rank: index, 'bytes ÷ S': (await share.data())[0] ?? NaN })));
  show.table(rows, `sent per all-reduce; the ring’s formula says ${((2 * (worldSize - 1)) / worldSize).toFixed(4)}`);
  evaluated({ sentShare });
});

export const card: Card = {
  id: 'ring-bytes',
  group: 'communication',
  seconds: 20,
  tier: 'quick',
  title: { en: 'Ring all-reduce: bytes against world size', zh: '环形 all-reduce：字节数与 world size' },
  question: {
    en: 'Gradients of S bytes are all-reduced over N ranks. How many bytes does each rank send as N grows?',
    zh: '对 S 字节的梯度在 N 个 rank 上做 all-reduce。随着 N 增大，每个 rank 要发送多少字节？',
  },
  usualAnswer: {
    en: 'About N times S: everybody has to tell everybody else.',
    zh: '大约 N 倍的 S：每个 rank 都要告诉其他所有 rank。',
  },
  claim: {
    en: 'Around a ring each rank sends 2(N−1)/N · S: never as much as 2S, however many ranks there are.',
    zh: '在环上每个 rank 发送 2(N−1)/N · S：无论有多少 rank，都不到 2S。',
  },
  lookAt: {
    en: 'The tables under “Shown”: bytes ÷ S on every rank. All ranks of a ring send the same; in the naive way rank 0 carries it all.',
    zh: '看“展示”里的表格：每个 rank 的字节数 ÷ S。环上各 rank 发送量相同；朴素方式则全压在 rank 0 上。',
  },
  misconception: {
    en: 'Bytes are not time. A ring takes 2(N−1) hops one after the other, so with small tensors or many ranks latency decides, and a tree or the direct way is faster. Bytes here are counted; no network was involved.',
    zh: '字节数不等于时间。环要依次走 2(N−1) 跳，张量小或 rank 多时由延迟决定，树形或直接方式更快。这里的字节是实际计数，并没有真实网络。',
  },
};

/** What rank 0 sent per all-reduce, in payloads. */
const sentShareOf = ({ final }: ClaimLane): number => final['sentShare'] ?? NaN;
/** Headers are some bytes per message, and a chunk is at least 80 KB. */
const isNear = (value: number, expected: number): boolean => Math.abs(value / expected - 1) <= 0.005;

export const claims: readonly Claim[] = [
  {
    text: {
      en: 'On 2, 3, 4 and 6 ranks the ring sends 2(N−1)/N · S per rank: 1, 1.33, 1.5 and 1.67 payloads (counted, within 0.5 % for headers).',
      zh: '在 2、3、4、6 个 rank 上，环每个 rank 发送 2(N−1)/N · S：即 1、1.33、1.5、1.67 份（实际计数，含消息头误差 0.5 % 以内）。',
    },
    holds: (results) =>
      withLanes(results, ['2xfp32+ring', '3xfp32+ring', '4xfp32+ring', '6xfp32+ring'], (...rings) =>
        rings.every((ring) => isNear(sentShareOf(ring), (2 * (ring.worldSize - 1)) / ring.worldSize)),
      ),
  },
  {
    text: {
      en: 'The naive way makes rank 0 of six send five payloads, three times as much as a rank of the ring.',
      zh: '朴素方式下，六个 rank 中的 rank 0 要发送五份，是环上一个 rank 的三倍。',
    },
    holds: (results) =>
      withLanes(
        results,
        ['6xfp32+naive', '6xfp32+ring'],
        (naive, ring) => isNear(sentShareOf(naive), 5) && isNear(sentShareOf(naive), 3 * sentShareOf(ring)),
      ),
  },
];
