// The cluster panel's state: without a run it works with published models, with one it takes what the lanes measured, and what somebody
// chose is there again after a reload.

import { describe, expect, it } from 'vitest';
import { networks } from '../../src/cluster/networks.ts';
import { defaultClusterChoice, readClusterChoice } from '../../src/state/cluster-choice.ts';
import { createCluster } from '../../src/state/cluster.ts';
import { createRun } from '../../src/state/run.ts';
import { createStorage } from '../../src/state/storage.ts';
import { parseLaneList } from '../../src/train/lane.ts';
import { laneResult } from '../support/lane-result.ts';

function openPanel(map = new Map<string, string>()) {
  const storage = createStorage(() => ({
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  }));
  const run = createRun({ now: () => 0, requestFrame: () => undefined, delay: () => undefined });
  return { map, run, cluster: createCluster(run, storage) };
}

function trained() {
  const panel = openPanel();
  panel.run.begin({ programId: 'a', source: '', seed: null, lanes: null, schedule: null });
  const lanes = parseLaneList('1xfp32,4xfp32+ring');
  panel.run.apply({
    type: 'declared',
    declaration: { kind: 'experiment', title: '', seed: 1, steps: 10, globalBatch: 128, target: null, claims: [], lanes },
  });
  const bytes = { weights: 4_000_000, optimizer: 0, graph: 0, peak: 0 };
  panel.run.apply({ type: 'lane-result', lane: 0, result: laneResult('1xfp32', { medianStepMs: 90, bytes }) });
  panel.run.apply({
    type: 'lane-result',
    lane: 1,
    result: laneResult('4xfp32+ring', { medianStepMs: 400, bytes, bytesSent: 10 * 6_000_000 }),
  });
  return panel;
}

describe('without a run', () => {
  it('a published model is on the cluster, with an assumed GPU', () => {
    const { cluster } = openPanel();
    expect(cluster.subjects.value.map(({ id }) => id)).toEqual(['resnet50', 'gpt2']);
    expect(cluster.gpu.value).toBe('A100');
    // ResNet-50: 25,557,032 values of 4 bytes; 32 images of 3·2·4.09 GFLOP at 40 % of 312 TFLOP/s.
    expect(cluster.setting.value.gradientBytes).toBe(102_228_128);
    expect(cluster.setting.value.microBatchSeconds).toBeCloseTo((32 * 24.54e9) / (0.4 * 312e12), 9);
  });
});

describe('after a run', () => {
  it('the lane with several ranks comes first: its step shared out, its bytes from what it sent', () => {
    const { cluster } = trained();
    expect(cluster.subjects.value.map(({ id }) => id)).toEqual(['lane:4xfp32+ring', 'lane:1xfp32', 'resnet50', 'gpt2']);
    expect(cluster.subject.value).toMatchObject({ bytesAre: 'sent', gradientBytes: 4_000_000, samplesPerMicroBatch: 32, laneWorldSize: 4 });
    expect(cluster.gpu.value).toBe('here');
    expect(cluster.setting.value.microBatchSeconds).toBe(0.1);
  });

  it('a lane of one rank sends nothing: its weights say how large gradients are', () => {
    const { cluster } = trained();
    cluster.change({ subject: 'lane:1xfp32' });
    expect(cluster.subject.value).toMatchObject({ bytesAre: 'weights', gradientBytes: 4_000_000, samplesPerMicroBatch: 128 });
  });

  it('a named GPU takes the place of what was measured, six operations per parameter unless somebody knows better', () => {
    const { cluster } = trained();
    cluster.change({ gpu: 'T4', utilisation: 0.5 });
    expect(cluster.setting.value.microBatchSeconds).toBeCloseTo((32 * 6 * 1_000_000) / (0.5 * 8.1e12), 12);
    cluster.change({ flopsPerSample: 81e6 });
    expect(cluster.setting.value.microBatchSeconds).toBeCloseTo((32 * 81e6) / (0.5 * 8.1e12), 12);
  });
});

describe('what is chosen', () => {
  it('moves the curve, and is there again after a reload', () => {
    const { map, cluster } = openPanel();
    const before = cluster.scaling.value.best.speedUp;
    cluster.change({ network: 'own', ownNetwork: { alphaSeconds: 1e-3, bytesPerSecond: 1e8 }, ranks: 12 });
    expect(cluster.scaling.value.best.speedUp).toBeLessThan(before);
    expect(openPanel(map).cluster.choice.value).toEqual(cluster.choice.value);
  });

  it('is the default wherever storage holds nonsense', () => {
    expect(readClusterChoice('{')).toEqual(defaultClusterChoice);
    expect(readClusterChoice('[1]')).toEqual(defaultClusterChoice);
    const odd = {
      network: '1GbE',
      ownNetwork: { alphaSeconds: -1, bytesPerSecond: 'much' },
      utilisation: 7,
      ranks: 1e9,
      bucketBytes: 3,
      algorithm: 'x',
    };
    expect(readClusterChoice(JSON.stringify(odd))).toEqual(defaultClusterChoice);
    expect(readClusterChoice(JSON.stringify({ bucketBytes: null, network: 'WiFi' }))).toEqual({
      ...defaultClusterChoice,
      bucketBytes: null,
      network: 'WiFi',
    });
  });
});

describe('the check beside it', () => {
  it.each(['direct', 'ring', 'tree', 'naive', 'hierarchical', 'parameter-server'] as const)(
    'simulates %s among at most 64 ranks, in full groups, and agrees',
    (algorithm) => {
      const { cluster } = openPanel();
      cluster.change({ algorithm, ranks: 12, network: '100GbE' });
      const { worldSize, modelledSeconds, simulatedSeconds } = cluster.check.value;
      expect(worldSize).toBe(algorithm === 'hierarchical' ? 8 : 12);
      expect(Math.abs(modelledSeconds / simulatedSeconds - 1)).toBeLessThan(0.1);
      expect(cluster.costs.value.find(({ name }) => name === algorithm)?.seconds).toBeGreaterThan(0);
      expect(cluster.setting.value.network).toBe(networks['100GbE']);
    },
  );
});
