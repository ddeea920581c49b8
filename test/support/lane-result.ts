// Results of lanes and runs with whatever numbers a test is about; the rest is what a lane of that short form has when nothing happened.

import { formatLane, parseLane } from '../../src/train/lane.ts';
import type { LaneResult, Manifest, RunResults } from '../../src/runner/results.ts';

/** A lane that came to its end after ten steps. */
export function laneResult(shortForm: string, numbers: Partial<LaneResult> = {}): LaneResult {
  const lane = parseLane(shortForm, 'lane');
  return {
    label: lane.label,
    shortForm: formatLane(lane),
    repeat: lane.repeat,
    seed: 42,
    worldSize: lane.worldSize,
    virtual: lane.virtual,
    precision: lane.precision,
    lossScaleMode: lane.lossScale,
    allReduce: lane.allReduce,
    f16: lane.precision === 'fp16' ? 'packed' : null,
    f32Ops: [],
    f16Math: lane.precision === 'fp16' ? 'f32' : null,
    execution: 'eager',
    state: 'done',
    steps: 10,
    series: [],
    evals: [],
    notFinite: [],
    testSampleCount: null,
    final: {},
    toTarget: null,
    medianStepMs: null,
    samplesPerSecond: null,
    bytes: null,
    weightsHash: null,
    distanceToBaseline: null,
    replicasAgree: true,
    lossScale: null,
    skippedSteps: 0,
    bytesSent: 0,
    links: null,
    phases: null,
    gpuTimes: null,
    numberLines: null,
    overflows: [],
    learningRateChanges: [],
    membershipChanges: [],
    error: null,
    modelled: null,
    ...numbers,
  };
}

/** A run of these lanes on one adapter, taking turns. */
export function runResults(lanes: readonly LaneResult[], manifest: Partial<Manifest> = {}): RunResults {
  return {
    schemaVersion: 1,
    manifest: {
      title: 'Test',
      codeHash: 'c0de',
      seed: 42,
      steps: 10,
      globalBatch: 32,
      preset: null,
      versions: { lockstep: '0', tfjs: '0' },
      userAgent: 'browser',
      backend: 'webgpu',
      adapter: { vendor: 'mesa', architecture: '', device: '', description: 'llvmpipe' },
      features: [],
      notes: [],
      selfTest: null,
      kernelVariants: {},
      schedule: 'turns',
      startedAt: '2026-01-01T00:00:00.000Z',
      ...manifest,
    },
    lanes,
    claims: [],
  };
}
