// One row of the results table: from the lane's own result once it ended, until then from its series. What only the end can tell
// (memory, bytes sent, distance of the weights) is null before, and the table leaves it open instead of guessing.

import { f16KindOf } from '../core/lane-use.ts';
import type { MetricTarget } from '../train/program-module.ts';
import type { F16Kind, GpuBytes } from '../train/telemetry.ts';
import type { LaneState } from './lanes.ts';
import type { LaneSeries } from './series.ts';

/** Numbers of one lane so far. Null: not known (yet). */
export interface LaneSummary {
  /** Finished steps. */
  readonly steps: number;
  readonly loss: number | null;
  readonly metric: number | null;
  /** `reached` is null while it has not been. */
  readonly target: { readonly value: number; readonly reached: { readonly step: number; readonly trainMs: number | null } | null } | null;
  readonly samplesPerSecond: number | null;
  readonly medianStepMs: number | null;
  readonly bytes: GpuBytes | null;
  /** Null for fp32 lanes and before the device is known. */
  readonly f16: F16Kind | null;
  readonly lossScale: number | null;
  readonly skippedSteps: number | null;
  readonly bytesSent: number | null;
  readonly distanceToBaseline: number | null;
}

/** What a summary needs to know about the run. */
export interface SummaryContext {
  readonly metricName: string | null;
  readonly target: MetricTarget | null;
  readonly globalBatch: number | null;
  readonly deviceF16: F16Kind | null;
}

/** Step times of the last this many steps make the running median. */
const medianWindow = 201;

/** The row of a lane. Reads its signals and columns: read the run's revision to follow them. */
export function summariseLane(lane: LaneState, context: SummaryContext): LaneSummary {
  const { series } = lane;
  const result = lane.result.value;
  const medianStepMs = result?.medianStepMs ?? medianOfLast(series.steps.metric('stepMs')?.view() ?? new Float64Array(0));
  return {
    steps: result?.steps ?? series.steps.length,
    loss: finite(result?.final['loss']) ?? finite(series.steps.metric('loss')?.last()),
    metric: context.metricName === null ? null : (finite(result?.final[context.metricName]) ?? lastOf(series, context.metricName)),
    target: readTarget(lane, context.target),
    samplesPerSecond:
      result?.samplesPerSecond ??
      (context.globalBatch === null || medianStepMs === null ? null : (context.globalBatch * 1000) / medianStepMs),
    medianStepMs,
    bytes: result?.bytes ?? null,
    f16: result?.f16 ?? f16KindOf(lane.lane.precision, context.deviceF16),
    lossScale: result?.lossScale ?? null,
    skippedSteps: result?.skippedSteps ?? null,
    bytesSent: result?.bytesSent ?? null,
    distanceToBaseline: result?.distanceToBaseline ?? null,
  };
}

/** The median of the last values; the mean of the middle two where their number is even; null for none. */
export function medianOfLast(values: Float64Array): number | null {
  const last = values
    .slice(-medianWindow)
    .filter((value) => Number.isFinite(value))
    .sort();
  if (last.length === 0) return null;
  const middle = last.length >> 1;
  const upper = last[middle] ?? NaN;
  return last.length % 2 === 1 ? upper : ((last[middle - 1] ?? NaN) + upper) / 2;
}

function readTarget(lane: LaneState, target: MetricTarget | null): LaneSummary['target'] {
  const known = lane.result.value?.toTarget;
  if (known !== undefined && known !== null) {
    return { value: known.value, reached: known.step === null ? null : { step: known.step, trainMs: known.trainMs } };
  }
  if (target === null) return null;
  const { evals, steps } = lane.series;
  const column = evals.metric(target.metric)?.view();
  const row = column?.findIndex((value) => value >= target.value) ?? -1;
  if (row === -1) return { value: target.value, reached: null };
  const step = evals.step.at(row);
  return { value: target.value, reached: { step, trainMs: trainMsUntil(steps.step.view(), steps.metric('stepMs')?.view() ?? null, step) } };
}

/** Measured milliseconds of all steps up to and including `step`. */
function trainMsUntil(steps: Float64Array, stepMs: Float64Array | null, step: number): number | null {
  if (stepMs === null) return null;
  let total = 0;
  for (let row = 0; row < steps.length && (steps[row] ?? Infinity) <= step; row += 1) total += stepMs[row] ?? 0;
  return total;
}

function lastOf(series: LaneSeries, name: string): number | null {
  return finite((series.evals.metric(name) ?? series.steps.metric(name))?.last());
}

function finite(value: number | null | undefined): number | null {
  return value !== undefined && value !== null && Number.isFinite(value) ? value : null;
}
