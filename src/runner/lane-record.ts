// What the page has recorded of one lane, and the LaneResult it becomes.

import { modelLane } from '../cluster/lane-model.ts';
import { defaultNetworkName } from '../cluster/networks.ts';
import type { GpuTimes } from '../core/gpu-times.ts';
import { typicalStepMs } from '../core/typical-step.ts';
import { formatLane } from '../train/lane.ts';
import type { Lane } from '../train/lane.ts';
import type { NumberLines, Overflow } from '../train/number-lines.ts';
import { seedOf } from '../train/repeats.ts';
import type { Declaration } from '../train/program-module.ts';
import type { EvalPoint, ReplicaEvent, StepBatch } from '../train/telemetry.ts';
import { measuredLane } from './measured-lane.ts';
import type { LaneReport } from './lane-run.ts';
import { notFiniteSpans } from './not-finite.ts';
import { PhaseTally } from './phase-tally.ts';
import { RankStepAssembler } from './rank-steps.ts';
import type { LaneResult, LearningRateChange, MembershipChange, StepRow } from './results.ts';
import type { LanePhase, RunFailure } from './run-events.ts';

/** A scale that falls step by step can overflow for ever. */
const mostKeptOverflows = 100;

/** Collects one lane's numbers. */
export class LaneRecord {
  phase: LanePhase = 'waiting';
  failure: RunFailure | null = null;
  report: LaneReport | null = null;
  distanceToBaseline: number | null = null;
  readonly lane: Lane;
  readonly learningRateChanges: LearningRateChange[] = [];
  readonly membershipChanges: MembershipChange[] = [];
  private readonly declaration: Declaration;
  private readonly batches: StepBatch[] = [];
  private readonly evals: EvalPoint[] = [];
  private gpuTimes: GpuTimes | null = null;
  private numberLines: NumberLines | null = null;
  private readonly overflows: Overflow[] = [];
  private readonly assembler: RankStepAssembler;
  private readonly phases = new PhaseTally();

  constructor(lane: Lane, declaration: Declaration) {
    this.lane = lane;
    this.declaration = declaration;
    this.assembler = new RankStepAssembler(lane.worldSize);
  }

  add(event: ReplicaEvent): void {
    if (event.type === 'steps') this.batches.push(event.batch);
    if (event.type === 'gpu-times') this.gpuTimes = event.times;
    if (event.type === 'number-lines') this.numberLines = event.lines;
    if (event.type === 'overflow' && this.overflows.length < mostKeptOverflows) this.overflows.push(event.overflow);
    if (event.type === 'eval') this.evals.push(event.point);
    if (event.type === 'spans') for (const rankStep of this.assembler.add(event.batch)) this.phases.add(rankStep);
  }

  /** The result as it stands; final once the lane has ended. */
  toResult(): LaneResult {
    const series = this.batches.flatMap(toRows);
    const medianStepMs = typicalStepMs(series.map((row) => row.stepMs));
    const { lane, report } = this;
    const globalBatch = this.declaration.globalBatch === null ? null : (lane.globalBatch ?? this.declaration.globalBatch);
    const f16 = report?.f16 ?? null;
    const result: Omit<LaneResult, 'modelled'> = {
      label: lane.label,
      shortForm: formatLane(lane),
      repeat: lane.repeat,
      seed: seedOf(lane, this.declaration.seed),
      worldSize: lane.worldSize,
      virtual: lane.virtual,
      precision: lane.precision,
      lossScaleMode: lane.lossScale,
      allReduce: lane.allReduce,
      f16,
      f32Ops: report?.f32Ops ?? [],
      f16Math: f16 === null ? null : 'f32',
      execution: report?.execution ?? 'unknown (the lane did not come to its end)',
      state: this.phase,
      steps: series.length,
      series,
      evals: this.evals.map(({ step, values }) => ({ step, ...finiteOrNull(values) })),
      notFinite: notFiniteSpans(this.batches, this.evals),
      testSampleCount: report?.testSampleCount ?? null,
      final: { loss: series.at(-1)?.loss ?? null, ...finiteOrNull(this.evals.at(-1)?.values ?? {}) },
      toTarget: this.toTarget(series),
      medianStepMs,
      samplesPerSecond: medianStepMs === null || medianStepMs === 0 || globalBatch === null ? null : (globalBatch / medianStepMs) * 1000,
      bytes: report?.bytes ?? null,
      weightsHash: report?.weightsHash ?? null,
      distanceToBaseline: this.distanceToBaseline,
      replicasAgree: report?.replicasAgree ?? null,
      lossScale: report?.lossScale ?? null,
      skippedSteps: report?.skippedSteps ?? 0,
      bytesSent: report?.bytesSent ?? 0,
      links: report?.links ?? null,
      phases: this.phases.summarise(),
      gpuTimes: this.gpuTimes,
      numberLines: this.numberLines,
      overflows: [...this.overflows],
      learningRateChanges: [...this.learningRateChanges],
      membershipChanges: [...this.membershipChanges],
      error: this.failure,
    };
    const measured = measuredLane(result);
    const localSteps = lane.sync === 'every-step' ? 1 : lane.sync.localSteps;
    const plan = { network: lane.network ?? defaultNetworkName, bucketBytes: lane.bucketBytes, localSteps };
    return { ...result, modelled: measured === null ? null : modelLane(measured, plan) };
  }

  private toTarget(series: readonly StepRow[]): LaneResult['toTarget'] {
    const { target } = this.declaration;
    if (target === null) return null;
    const reached = this.evals.find(({ values }) => (values[target.metric] ?? Number.NEGATIVE_INFINITY) >= target.value);
    if (reached === undefined) return { ...target, step: null, trainMs: null };
    const trainMs = series.reduce((sum, row) => (row.step <= reached.step ? sum + row.stepMs : sum), 0);
    return { ...target, step: reached.step, trainMs };
  }
}

function toRows(batch: StepBatch): StepRow[] {
  return batch.step.map((step, index) => ({
    ...Object.fromEntries(Object.entries(batch.metrics).map(([name, column]) => [name, toFinite(column[index])])),
    step,
    loss: toFinite(batch.loss[index]),
    stepMs: batch.stepMs[index] ?? 0,
  }));
}

function finiteOrNull(values: Readonly<Record<string, number>>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toFinite(value)]));
}

function toFinite(value: number | null | undefined): number | null {
  return value !== undefined && value !== null && Number.isFinite(value) ? value : null;
}
