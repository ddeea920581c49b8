// Plan: a lane of virtual ranks has the losses, evaluations, weights and gradient bytes of as many real ranks, bit for bit: for every
// algorithm, wire and batch, with micro-steps, with breakers, with dropout and BatchNorm, and where one rank overflows.

import { describe, expect, test } from 'vitest';
import { startEngine } from '../../src/engine/start.ts';
import { tf } from '../../src/engine/tf.ts';
import { parseLane, parseLaneList } from '../../src/train/lane.ts';
import { refuseVirtual } from '../../src/train/run-limits.ts';
import { VirtualExchange } from '../../src/train/virtual-exchange.ts';
import { lossesOf, trainLane } from '../support/train-in-node.ts';
import type { TrainedLane } from '../support/train-in-node.ts';
import { lstm, mlp, mlpWithOutlier, mlpWithState } from '../support/tiny-experiments.ts';
import type { TinyExperiment } from '../support/tiny-experiments.ts';

const steps = 4;
/** The replicas' own checks: two words to every peer, before the first step and at every evaluation (replica-check.ts). */
const bytesPerCheck = (worldSize: number): number => (worldSize - 1) * (4 + 2) * 4;

async function expectSame(spec: TinyExperiment, laneText: string): Promise<{ readonly real: TrainedLane; readonly virtual: TrainedLane }> {
  const real = await trainLane(spec, laneText);
  const virtual = await trainLane(spec, `${laneText}+virtual`);
  expect(real.log).toHaveLength(spec.steps);
  expect(virtual.log).toEqual(real.log);
  expect(virtual.evaluations).toEqual(real.evaluations);
  expect(virtual.weightsHash).toBe(real.weightsHash);
  return { real, virtual };
}

describe('virtual ranks have the bits of real ones', () => {
  const options = ['direct', 'naive', 'ring', 'tree', 'wire=fp16', 'wire=int8', 'wire=topk:0.1', 'bucket=64B', 'break=sum', 'accum=2'];
  const lanes = [
    '2xfp32+ring',
    '2xfp32+wire=int8',
    ...options.map((option) => `3xfp32+${option}`),
    '5xfp32+ring',
    '5xfp32+tree',
    '5xfp32+wire=int8+accum=2',
    '4xfp32+tree+break=same-data',
    '4xfp16+ring',
    '3xfp16+wire=topk:0.1',
  ];
  test.each(lanes)('%s', async (laneText) => {
    const worldSize = Number.parseInt(laneText, 10);
    const { real, virtual } = await expectSame({ ...mlp, steps, globalBatch: 60, evalEvery: 2 }, laneText);
    expect(virtual.bytesSent).toBe(real.bytesSent - (1 + real.evaluations.length) * bytesPerCheck(worldSize));
  });

  test('with dropout and BatchNorm, whose random numbers and moving averages are each rank’s own', async () => {
    const { real } = await expectSame({ ...mlpWithState, steps: 5, evalEvery: 2 }, '3xfp32');
    const other = await trainLane({ ...mlpWithState, steps: 5, evalEvery: 2 }, '2xfp32');
    expect(lossesOf(other)).not.toEqual(lossesOf(real)); // what the ranks do not share does matter
  });

  test('with a last batch that leaves some ranks fewer samples, or none', async () => {
    // 60 samples in batches of 28: the third has four, for seven ranks.
    const { real } = await expectSame({ ...mlp, steps: 4, globalBatch: 28, lastBatch: 'short' }, '7xfp32+accum=2+ring');
    expect(lossesOf(real).every(Number.isFinite)).toBe(true);
  });

  test('where the gradients of one rank overflow, so that all skip the step', async () => {
    const { real, virtual } = await expectSame({ ...mlpWithOutlier, steps: 12 }, '3xfp16');
    expect(virtual.skippedSteps).toBe(real.skippedSteps);
    expect(real.skippedSteps).toBeGreaterThan(0);
    expect(real.skippedSteps).toBeLessThan(12);
  });
});

test('a step of virtual ranks leaves no tensor behind', async () => {
  const tensorsLeft = async (stepCount: number): Promise<number> => {
    const before = tf.memory().numTensors;
    await trainLane({ ...mlpWithState, steps: stepCount }, '3xfp32+virtual+accum=2');
    return tf.memory().numTensors - before;
  };
  expect(await tensorsLeft(5)).toBe(await tensorsLeft(2));
});

test('a thousand virtual ranks train', async () => {
  const { log } = await trainLane({ ...mlp, globalBatch: 1024, steps: 1 }, '1024xfp32+virtual');
  expect(log).toHaveLength(1);
});

describe('virtual ranks refuse', () => {
  test('what needs workers of their own', () => {
    expect(() => parseLane('4xfp32+virtual+break=seed-per-rank', 'lane')).toThrow(
      'lane.breakers: expected no seed-per-rank beside virtual',
    );
    expect(() => parseLane('4xfp32+virtual+fault=delay:1@5ms', 'lane')).toThrow('lane.faults: expected no fault beside virtual');
  });

  test('a program, whose functions would share one worker', () => {
    expect(() => refuseVirtual(parseLaneList('1xfp32, 4xfp32+virtual'))).toThrow('lanes[1].virtual: expected false, because this program');
    expect(() => refuseVirtual(parseLaneList('1xfp32, 4xfp32'))).not.toThrow();
  });

  test('to hold more than a worker can: a ring over a thousand ranks, but not a direct sum', async () => {
    const engine = await startEngine({ backend: 'cpu' });
    const exchange = (lane: string) => new VirtualExchange(engine, parseLane(lane, 'lane'), [[1000, 1000]]);
    expect(() => exchange('1024xfp32+virtual+ring')).toThrow(
      'lane 1024xfp32+ring+virtual: expected at most 1 GB to be held for its virtual ranks, got 1.9 GB',
    );
    expect(() => exchange('1024xfp32+virtual+wire=int8')).toThrow('int8 keeps what it owes each of them');
    expect(() => exchange('1024xfp32+virtual')).not.toThrow();
  });

  test('layers that keep a state from batch to batch', async () => {
    const model = () => {
      const layer = tf.layers.lstm({ batchInputShape: [4, 3, 4], units: 2, stateful: true });
      return tf.sequential({ layers: [layer, tf.layers.dense({ units: 3 })] });
    };
    await expect(trainLane({ ...lstm, model, globalBatch: 8 }, '2xfp32+virtual')).rejects.toThrow('keeps a state from batch to batch');
  });
});
