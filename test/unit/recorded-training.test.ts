// What real steps of real ranks record: the CPU backend, memory transports, buckets of a few hundred bytes.

import { describe, expect, test } from 'vitest';
import { tf } from '../../src/engine/tf.ts';
import { RankStepAssembler, type RankStep } from '../../src/runner/rank-steps.ts';
import type { ExperimentSpec } from '../../src/train/experiment.ts';
import { trainLane } from '../support/train-in-node.ts';

const rows = 48;
const regression: Omit<ExperimentSpec, 'lanes'> = {
  title: 'Regression',
  data: () => ({ train: { x: tf.ones([rows, 3]), y: tf.ones([rows, 2]) }, test: null }),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [3], units: 64, activation: 'tanh' }),
        tf.layers.dense({ units: 64, activation: 'tanh' }),
        tf.layers.dense({ units: 2 }),
      ],
    }),
  loss: 'meanSquaredError',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  globalBatch: 24,
  steps: 6,
};

async function recordedSteps(lane: string, worldSize: number): Promise<readonly RankStep[]> {
  const { spans } = await trainLane(regression, lane);
  const assembler = new RankStepAssembler(worldSize);
  return spans.flatMap((batch) => assembler.add(batch));
}

const count = (phase: string, { spans }: RankStep) => spans.filter((span) => span.phase === phase).length;

describe('recorded training', () => {
  test('has every step of every rank, each within its own time', async () => {
    const steps = await recordedSteps('2xfp32', 2);
    expect(steps.map(({ rank, step }) => `${rank}/${step}`).sort()).toEqual(
      [0, 1].flatMap((rank) => [1, 2, 3, 4, 5, 6].map((step) => `${rank}/${step}`)),
    );
    for (const step of steps) {
      expect(count('forward-backward', step)).toBe(1);
      for (const { startMs, endMs } of step.spans) {
        expect(startMs).toBeGreaterThanOrEqual(step.startMs);
        expect(endMs).toBeLessThanOrEqual(step.endMs);
      }
    }
  });

  test('names every bucket, and no bucket is reduced before it is read and computed', async () => {
    const steps = await recordedSteps('2xfp32+bucket=1KB', 2);
    const buckets = new Set(steps.flatMap(({ spans }) => spans.flatMap(({ phase, bucket }) => (phase === 'reduce' ? [bucket] : []))));
    expect(buckets).toEqual(new Set(Array.from({ length: buckets.size }, (_, bucket) => bucket)));
    expect(buckets.size).toBeGreaterThan(1);
    for (const { spans } of steps) {
      const computedMs = Math.max(...spans.flatMap(({ phase, endMs }) => (phase === 'forward-backward' ? [endMs] : [])));
      for (const reduce of spans.filter(({ phase }) => phase === 'reduce')) {
        expect(reduce.startMs).toBeGreaterThanOrEqual(computedMs);
        const read = spans.find(({ phase, bucket }) => phase === 'read-back' && bucket === reduce.bucket);
        expect(reduce.startMs).toBeGreaterThanOrEqual(read?.endMs ?? computedMs);
      }
    }
  });

  test('has a pass for every micro-step', async () => {
    const steps = await recordedSteps('2xfp32+accum=3', 2);
    expect(new Set(steps.map((step) => count('forward-backward', step)))).toEqual(new Set([3]));
  });

  test('of local SGD exchanges only where weights are averaged', async () => {
    const steps = await recordedSteps('2xfp32+local=3', 2);
    const exchanging = steps.filter((step) => count('reduce', step) > 0).map(({ step }) => step);
    expect(new Set(exchanging)).toEqual(new Set([3, 6]));
  });
});
