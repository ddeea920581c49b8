// Runs that nobody trained, for tests and benchmarks of the history: made-up numbers (losses of the form 2^-k), everything else as a real
// run has it.

import type { ComparedRun } from '../../src/compare/run-config.ts';
import type { LaneResult, RunResults } from '../../src/runner/results.ts';
import { bytesOf } from '../../src/state/history/make-records.ts';
import { packRows } from '../../src/state/history/packed-series.ts';
import type { RunBody, RunHead, RunRecord } from '../../src/state/history/run-record.ts';
import { laneResult, runResults } from './lane-result.ts';

export const { manifest: fakeManifest } = runResults([], {
  title: 'FAKE',
  codeHash: null,
  steps: 280,
  globalBatch: 128,
  userAgent: 'FAKE',
  adapter: { vendor: 'fake', architecture: '', device: '', description: 'FAKE adapter' },
});

/** A lane that ended after so many steps; its losses are 32-bit numbers, as a GPU's are. */
export function fakeLane(steps: number, more: Partial<LaneResult> = {}): LaneResult {
  const series = Array.from({ length: steps }, (_, at) => ({
    step: at + 1,
    loss: Math.fround(2.3 * 2 ** (-at / (steps / 4)) + 0.01 * Math.sin(at)),
    stepMs: 20 + (at % 7) * 0.1,
  }));
  const evals = steps === 0 ? [] : [{ step: steps, testLoss: 0.2, testAccuracy: 0.9375 }];
  return laneResult('1xfp32', {
    lossScaleMode: 'off',
    execution: 'FAKE',
    steps,
    series,
    evals,
    final: { loss: series.at(-1)?.loss ?? null, testLoss: 0.2, testAccuracy: 0.9375 },
    testSampleCount: 1000,
    medianStepMs: 20.3,
    samplesPerSecond: 6305,
    bytes: { weights: 1000, optimizer: 2000, graph: 30_000, peak: 40_000 },
    weightsHash: 'fakefake',
    distanceToBaseline: 0,
    ...more,
  });
}

/** Results of a run with these lanes. */
export function fakeResults(lanes: readonly LaneResult[]): RunResults {
  return { schemaVersion: 1, manifest: fakeManifest, lanes, claims: [] };
}

/** A run of one lane as a comparison reads it. */
export function comparedRun(source: string): ComparedRun {
  return { source, manifest: fakeManifest, lane: fakeLane(0) };
}

/** A kept run; `at` counts seconds and makes its id. */
export function fakeRecord(
  at: number,
  more: { readonly head?: Partial<RunHead>; readonly source?: string; readonly steps?: number } = {},
): RunRecord {
  const id = `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
  const { series, evals, ...result } = fakeLane(more.steps ?? 20);
  const source = more.source ?? 'export default experiment({ steps: 20 });\n';
  const body: RunBody = { id, source, manifest: fakeManifest, result, series: packRows(series), evals: packRows(evals) };
  const head: RunHead = {
    schemaVersion: 1,
    id,
    createdAt: new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString(),
    launchId: `launch ${at}`,
    laneIndex: 0,
    programId: 'mnist',
    fileName: 'mnist.ts',
    title: 'FAKE',
    parentId: null,
    name: `lr 1e-${at} → 1e-${at + 1}`,
    label: result.label,
    shortForm: result.shortForm,
    state: 'done',
    steps: result.steps,
    final: result.final,
    bodyBytes: bytesOf(body),
    origin: 'here',
    ...more.head,
  };
  return { head, body };
}
