// The shape of a run in a file, field by field. A field that a later version adds to a run is a type error here until it is described.

import { gpuPhases } from '../../core/gpu-times.ts';
import type { GpuTimes } from '../../core/gpu-times.ts';
import { backendNames } from '../../core/device-report.ts';
import type { GpuBytes, GpuParts } from '../../core/device-report.ts';
import { parseVariantTable } from '../../core/kernel-variants.ts';
import type { LineCounts } from '../../core/number-line.ts';
import type { NotFiniteSpan } from '../../runner/not-finite.ts';
import type { LaneResult, Manifest } from '../../runner/results.ts';
import { schedules } from '../../runner/schedule.ts';
import { allReduceNames } from '../../train/lane-options.ts';
import { precisions } from '../../core/precision/precision-modes.ts';
import { countedKinds } from '../../train/number-lines.ts';
import type { CountedTensor, NumberLines, Overflow } from '../../train/number-lines.ts';
import { spanPhases } from '../../train/span-phases.ts';
import { count, date, either, flag, listOf, number, object, oneOf, orNull, recordOf, ShapeError, text } from './shape.ts';
import type { Shape } from './shape.ts';
import type { RunBody, RunHead, RunMarks } from './run-record.ts';

/** Columns of a file: numbers, null where one was not finite. */
export interface FileTable {
  readonly step: readonly number[];
  readonly columns: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

/** A run as a file has it. */
export interface FileRun {
  readonly head: Omit<RunHead, 'bodyBytes' | 'origin'>;
  readonly marks: Omit<RunMarks, 'id' | 'removedAtMs'>;
  readonly source: string;
  readonly manifest: Manifest;
  readonly result: RunBody['result'];
  readonly series: FileTable;
  readonly evals: FileTable;
}

const id: Shape<string> = (value, place) => {
  if (typeof value === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(value)) return value;
  throw new ShapeError(place, 'a UUID');
};

const head = object<FileRun['head']>({
  schemaVersion: oneOf([1]),
  id,
  createdAt: date,
  launchId: text,
  laneIndex: count,
  programId: text,
  fileName: text,
  title: text,
  parentId: orNull(id),
  name: text,
  label: text,
  shortForm: text,
  state: oneOf(['done', 'failed', 'stopped']),
  steps: count,
  final: recordOf(orNull(number)),
});

const manifest = object<Manifest>({
  title: text,
  codeHash: orNull(text),
  seed: orNull(number),
  steps: orNull(count),
  globalBatch: orNull(count),
  preset: orNull(oneOf(['cpu'])),
  versions: object({ lockstep: text, tfjs: text }),
  userAgent: text,
  backend: orNull(oneOf(backendNames)),
  adapter: orNull(object({ vendor: text, architecture: text, device: text, description: text })),
  features: listOf(text),
  notes: listOf(text),
  selfTest: orNull(
    object({
      passed: flag,
      ms: number,
      checks: listOf(object({ name: oneOf(['internals', 'gradients', 'f16']), passed: flag, detail: text })),
    }),
  ),
  kernelVariants: parseVariantTable, // runs that are older than the choice have none
  schedule: oneOf(schedules),
  startedAt: date,
});

const f16 = oneOf(['native', 'packed', 'simulated']);

const notFiniteSpan = object<NotFiniteSpan>({
  table: oneOf(['series', 'evals']),
  metric: text,
  value: oneOf(['NaN', 'Infinity', '-Infinity']),
  fromStep: number,
  toStep: number,
});

const gpuTimes = object<GpuTimes>({
  origin: oneOf(['measured']),
  stepCount: count,
  lastStep: count,
  resolutionMs: number,
  spanMs: number,
  dispatchCount: count,
  untimedCount: count,
  phases: listOf(object({ phase: oneOf(gpuPhases), ms: number })),
  kernels: listOf(object({ phase: oneOf(gpuPhases), name: text, runCount: number, ms: number })),
});

const bytesInAll = object<Omit<GpuBytes, 'parts'>>({ weights: number, optimizer: number, graph: number, peak: number });
const memoryParts = object<GpuParts>({ data: number, gradients: number, weightCopies: number, activations: number });

/** Older runs do not tell the parts apart. */
const gpuBytes: Shape<GpuBytes> = (value, place) => {
  const bytes = bytesInAll(value, place);
  const { parts } = value as { readonly parts?: unknown }; // an object, as was just found
  return parts === undefined ? bytes : { ...bytes, parts: memoryParts(parts, `${place}.parts`) };
};

const lineCounts = object<LineCounts>({
  classes: object<LineCounts['classes']>({ zero: count, lost: count, subnormal: count, normal: count, overflow: count, nan: count }),
  bins: listOf(count),
});

const numberLines = object<NumberLines>({
  step: count,
  lossScale: orNull(number),
  tensors: listOf(
    object<CountedTensor>({
      kind: oneOf(countedKinds),
      layer: text,
      weight: orNull(text),
      shape: listOf(count),
      isF16: flag,
      counts: lineCounts,
      unscaled: orNull(lineCounts),
    }),
  ),
});

const overflows = listOf(object<Overflow>({ step: count, kind: oneOf(countedKinds), name: text, isSkipped: flag }));

const result = object<RunBody['result']>({
  label: text,
  shortForm: text,
  repeat: orNull(object({ group: text, index: count, count })),
  seed: count,
  worldSize: count,
  virtual: flag,
  precision: oneOf(precisions),
  lossScaleMode: either(oneOf(['dynamic', 'off']), number),
  allReduce: oneOf(allReduceNames),
  f16: orNull(f16),
  // Older runs do not say.
  f32Ops: (value, place) => (value === undefined ? [] : listOf(text)(value, place)),
  f16Math: orNull(oneOf(['f32', 'f16'])),
  execution: text,
  state: oneOf(['done', 'failed', 'stopped']),
  steps: count,
  final: recordOf(orNull(number)),
  notFinite: (value, place) => (value === undefined ? null : orNull(listOf(notFiniteSpan))(value, place)),
  testSampleCount: orNull(count),
  toTarget: orNull(object({ metric: text, value: number, step: orNull(count), trainMs: orNull(number) })),
  medianStepMs: orNull(number),
  samplesPerSecond: orNull(number),
  bytes: orNull(gpuBytes),
  weightsHash: orNull(text),
  distanceToBaseline: orNull(number),
  replicasAgree: orNull(flag),
  lossScale: orNull(number),
  skippedSteps: count,
  bytesSent: number,
  links: orNull(object({ origin: oneOf(['measured']), bytes: listOf(object({ from: count, to: count, bytes: number })) })),
  phases: orNull(
    object({
      origin: oneOf(['measured']),
      stepCount: count,
      phases: listOf(object({ phase: oneOf(spanPhases), rank0Ms: number, slowestRankMs: number, fastestRankMs: number })),
      communicationShare: number,
      waitShare: number,
      hiddenMs: number,
    }),
  ),
  // Runs that are older than time stamps have none.
  gpuTimes: (value, place) => (value === undefined ? null : orNull(gpuTimes)(value, place)),
  // Nor were their numbers counted.
  numberLines: (value, place) => (value === undefined ? null : orNull(numberLines)(value, place)),
  overflows: (value, place) => (value === undefined ? [] : overflows(value, place)),
  learningRateChanges: listOf(object({ step: count, learningRate: number })),
  membershipChanges: listOf(object({ step: count, lostRank: count, worldSize: count })),
  error: orNull(
    object<NonNullable<LaneResult['error']>>({
      code: text,
      message: text,
      hint: orNull(text),
      lane: orNull(text),
      rank: orNull(count),
      place: orNull(object({ line: number, column: number, text })),
      stack: text,
    }),
  ),
  modelled: orNull(
    object<NonNullable<LaneResult['modelled']>>({
      kind: oneOf(['modelled']),
      // A name that this page does not know is shown as it is; nothing is computed from it.
      network: text as Shape<NonNullable<LaneResult['modelled']>['network']>,
      alphaSeconds: number,
      bytesPerSecond: number,
      networkSource: text,
      algorithm: text,
      formula: text,
      formulaSource: text,
      gradientBytes: number,
      microBatchMs: number,
      assumptions: listOf(text),
      predictions: listOf(
        object({
          worldSize: count,
          modelledStepMs: number,
          modelledCommunicationMs: number,
          modelledSpeedUp: number,
          modelledEfficiency: number,
        }),
      ),
    }),
  ),
});

const table: Shape<FileTable> = (value, place) => {
  const read = object<FileTable>({ step: listOf(number), columns: listOf(object({ name: text, values: listOf(orNull(number)) })) })(
    value,
    place,
  );
  const uneven = read.columns.findIndex(({ values }) => values.length !== read.step.length);
  if (uneven !== -1) throw new ShapeError(`${place}.columns[${uneven}].values`, `${read.step.length} values, as there are steps`);
  return read;
};

/** A run in a file. */
export const fileRun = object<FileRun>({
  head,
  marks: object({ isStarred: flag, tags: listOf(text), note: text }),
  source: text,
  manifest,
  result,
  series: table,
  evals: table,
});
