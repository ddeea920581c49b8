// Spans for the fake runner: made up like its losses, in the form of real ones. Ranks are late in turn, so that there is waiting to see.

import { spanPhases, type SpanBatch, type SpanPhase } from '../../src/train/span-phases.ts';

/** Milliseconds since 1970 when fake steps begin; each takes 20. */
const firstMs = 1_795_000_000_000;
const stepMs = 20;

/** What one rank did in the steps from `first` to `last`, both included. */
export function fakeSpans(rank: number, worldSize: number, first: number, last: number): SpanBatch {
  const rows: (readonly [step: number, phase: SpanPhase, bucket: number, fromMs: number, toMs: number])[] = [];
  for (let step = first; step <= last; step++) {
    const lateMs = (step + rank) % worldSize;
    rows.push([step, 'data', -1, 0, 1], [step, 'forward-backward', -1, 1, 8 + lateMs]);
    if (worldSize > 1) {
      rows.push([step, 'read-back', 0, 8 + lateMs, 9 + lateMs], [step, 'wait', -1, 9 + lateMs, 8 + worldSize]);
      rows.push([step, 'reduce', 0, 9 + lateMs, 9 + worldSize], [step, 'upload', 0, 9 + worldSize, 10 + worldSize]);
    }
    rows.push([step, 'optimizer', -1, 10 + worldSize, 12 + worldSize], [step, 'step', -1, 0, stepMs]);
  }
  return {
    rank,
    step: Int32Array.from(rows, ([step]) => step),
    phase: Uint8Array.from(rows, ([, phase]) => spanPhases.indexOf(phase)),
    bucket: Int32Array.from(rows, ([, , bucket]) => bucket),
    startMs: Float64Array.from(rows, ([step, , , fromMs]) => firstMs + step * stepMs + fromMs),
    endMs: Float64Array.from(rows, ([step, , , , toMs]) => firstMs + step * stepMs + toMs),
    droppedCount: 0,
  };
}
