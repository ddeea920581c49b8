// What is put on the cluster: a lane of the run, with what it measured, or a published model. Either has gradients of so many bytes and a
// micro-batch; where its time comes from (measured here, or assumed of a named GPU) is carried along to the screen.

import { assumedSeconds, gpus } from '../cluster/gpus.ts';
import type { GpuFormat, GpuName } from '../cluster/gpus.ts';
import { gradientBytes, microBatchSeconds } from '../cluster/measured-lane.ts';
import type { NetworkName } from '../cluster/networks.ts';
import { flopsPerParameter, workloadNames, workloads } from '../cluster/workloads.ts';
import type { WorkloadName } from '../cluster/workloads.ts';
import { precisionMode } from '../core/precision/precision-modes.ts';
import { measuredLane } from '../runner/measured-lane.ts';
import type { LaneResult } from '../runner/results.ts';
import type { LaneState } from './lanes.ts';

/** Something to train on a cluster. */
export interface ClusterSubject {
  /** `lane:` and a label, or a workload's name. */
  readonly id: string;
  readonly title: string;
  readonly workload: WorkloadName | null;
  /** Ranks that shared this device; null for a workload. */
  readonly laneWorldSize: number | null;
  /** Null for a workload: nothing was measured. */
  readonly measuredSeconds: number | null;
  /** Whether that is without the exchange of gradients, because its phases were measured. */
  readonly isWithoutExchange: boolean;
  readonly gradientBytes: number;
  /** Really sent, told from the weights (a lane of one rank sends nothing), or published. */
  readonly bytesAre: 'sent' | 'weights' | 'published';
  readonly parameterCount: number;
  /** Null where a program has a loop of its own. */
  readonly samplesPerMicroBatch: number | null;
  readonly precision: GpuFormat;
  /** What the lane names as `network`; null where it names none. */
  readonly network: NetworkName | null;
  readonly flopsPerSample: number;
  readonly flopsAre: 'published' | 'assumed';
}

const bytesPerValue = 4;
const bytesPerWeight = { fp32: 4, fp16: 2 } as const;

/** Lanes that ended with numbers, those with several ranks first, and then the published models. */
export function listSubjects(lanes: readonly LaneState[], globalBatch: number | null): readonly ClusterSubject[] {
  const fromLanes = lanes.flatMap(({ lane, result }) => {
    if (result.value === null) return [];
    return laneSubject(result.value, globalBatch === null ? null : (lane.globalBatch ?? globalBatch), lane.network) ?? [];
  });
  return [
    ...fromLanes.toSorted((a, b) => Number(b.bytesAre === 'sent') - Number(a.bytesAre === 'sent')),
    ...workloadNames.map(workloadSubject),
  ];
}

function laneSubject(result: LaneResult, globalBatch: number | null, network: NetworkName | null): ClusterSubject | null {
  const { label, worldSize, bytes, precision } = result;
  const measured = measuredLane(result);
  if (measured === null || measured.medianStepMs === 0) return null;
  const sent = gradientBytes(measured);
  const { weights, format } = precisionMode(precision);
  const parameterCount = bytes === null ? (sent ?? 0) / bytesPerValue : bytes.weights / bytesPerWeight[weights];
  if (parameterCount === 0) return null;
  return {
    id: `lane:${label}`,
    title: label,
    workload: null,
    laneWorldSize: worldSize,
    measuredSeconds: microBatchSeconds(measured),
    isWithoutExchange: measured.communicationMs !== null,
    gradientBytes: sent ?? parameterCount * bytesPerValue,
    bytesAre: sent === null ? 'weights' : 'sent',
    parameterCount: Math.round(parameterCount),
    samplesPerMicroBatch: globalBatch === null ? null : globalBatch / worldSize,
    precision: format,
    network,
    flopsPerSample: flopsPerParameter * parameterCount,
    flopsAre: 'assumed',
  };
}

function workloadSubject(name: WorkloadName): ClusterSubject {
  const { title, parameterCount, flopsPerSample, samplesPerMicroBatch } = workloads[name];
  return {
    id: name,
    title,
    workload: name,
    laneWorldSize: null,
    measuredSeconds: null,
    isWithoutExchange: false,
    gradientBytes: parameterCount * bytesPerValue,
    bytesAre: 'published',
    parameterCount,
    samplesPerMicroBatch,
    precision: 'fp16',
    network: null,
    flopsPerSample,
    flopsAre: 'published',
  };
}

/** Seconds of a micro-batch, and whether they were measured: `here`, where that is known, else on a named GPU. */
export function subjectSeconds(
  subject: ClusterSubject,
  gpu: GpuName | 'here',
  utilisation: number,
  flopsPerSample: number | null,
): { readonly seconds: number; readonly gpu: GpuName | 'here'; readonly flopsPerSample: number } {
  const flops = subject.flopsAre === 'published' ? subject.flopsPerSample : (flopsPerSample ?? subject.flopsPerSample);
  if (gpu === 'here' && subject.measuredSeconds !== null) return { seconds: subject.measuredSeconds, gpu, flopsPerSample: flops };
  const named = gpu === 'here' ? 'A100' : gpu;
  const total = flops * (subject.samplesPerMicroBatch ?? 1);
  return { seconds: assumedSeconds(gpus[named], subject.precision, utilisation, total), gpu: named, flopsPerSample: flops };
}
