// The comparison at the end of a run: one row per lane, the same columns as the page's table. Columns that say nothing in this
// run (no target, no fp16 lane, no test accuracy) are left out, so that the table fits a terminal.

import type { LaneResult, RunResults } from '../runner/results.ts';
import type { Schedule } from '../runner/schedule.ts';
import { modelledLine } from './modelled-text.ts';
import { duration, megabytes, shortNumber } from './number-text.ts';
import { formatTable } from './text-table.ts';

interface Column {
  readonly title: string;
  readonly cell: (lane: LaneResult) => string;
  /** Whether any lane has something to say here. */
  readonly isUseful?: (lane: LaneResult) => boolean;
}

const isVirtual = (lane: LaneResult): boolean => lane.virtual;
const hasFp16 = (lane: LaneResult): boolean => lane.precision !== 'fp32';

const columns: readonly Column[] = [
  { title: 'lane', cell: (lane) => lane.label },
  { title: 'ranks', cell: (lane) => (lane.virtual ? `${lane.worldSize} virtual` : String(lane.worldSize)), isUseful: isVirtual },
  { title: 'state', cell: (lane) => lane.state },
  { title: 'steps', cell: (lane) => String(lane.steps) },
  { title: 'loss', cell: (lane) => shortNumber(lane.final['loss'] ?? null) },
  { title: 'test loss', cell: (lane) => shortNumber(lane.final['testLoss'] ?? null), isUseful: (lane) => 'testLoss' in lane.final },
  { title: 'test acc', cell: (lane) => accuracy(lane), isUseful: (lane) => 'testAccuracy' in lane.final },
  { title: 'to target', cell: toTarget, isUseful: (lane) => lane.toTarget !== null },
  { title: 'samples/s', cell: (lane) => shortNumber(lane.samplesPerSecond) },
  { title: 'step ms', cell: (lane) => shortNumber(lane.medianStepMs) },
  { title: 'graph MB', cell: (lane) => megabytes(lane.bytes?.graph ?? null) },
  { title: 'peak MB', cell: (lane) => megabytes(lane.bytes?.peak ?? null) },
  { title: 'f16', cell: (lane) => lane.f16 ?? '–', isUseful: hasFp16 },
  { title: 'loss scale', cell: (lane) => shortNumber(lane.lossScale), isUseful: (lane) => lane.lossScale !== null },
  { title: 'skipped', cell: (lane) => String(lane.skippedSteps), isUseful: hasFp16 },
  { title: 'distance', cell: (lane) => shortNumber(lane.distanceToBaseline), isUseful: (lane) => lane.distanceToBaseline !== null },
  { title: 'weights', cell: (lane) => lane.weightsHash ?? '–', isUseful: (lane) => lane.weightsHash !== null },
];

const howTimed: Readonly<Record<Schedule, string>> = {
  turns: 'the lanes took turns on one GPU, each timed only inside its own steps',
  sequence: 'the lanes ran one after the other, each timed only inside its own steps',
  race: 'the lanes raced, all at once on one GPU, so that their times do not compare',
};

/** Lines that compare the lanes, with a note on what was measured. */
export function formatComparison(results: RunResults): readonly string[] {
  const { lanes, manifest } = results;
  if (lanes.length === 0) return [];
  const used = columns.filter(({ isUseful }) => isUseful === undefined || lanes.some((lane) => isUseful(lane)));
  const table = formatTable(
    used.map(({ title }) => title),
    lanes.map((lane) => used.map(({ cell }) => cell(lane))),
  );
  return [...table, '', ...notes(results, manifest.schedule)];
}

function notes({ lanes }: RunResults, schedule: Schedule): readonly string[] {
  const baseline = lanes[0]?.label ?? '';
  const target = lanes.find((lane) => lane.toTarget !== null)?.toTarget ?? null;
  const sentences = [`Measured on this machine: ${howTimed[schedule]}.`];
  if (lanes.some(({ f16 }) => f16 === 'simulated'))
    sentences.push(
      'simulated: values are rounded to 16 bits, arithmetic and storage are f32; no claim on the speed or memory of fp16 or bf16.',
    );
  if (lanes.some(isVirtual))
    sentences.push('Virtual ranks: one after the other in one worker, the mathematics of as many workers; their times do not compare.');
  if (target !== null) sentences.push(`Target: ${target.metric} ${target.value}.`);
  if (lanes.length > 1) sentences.push(`Distance: the largest ‖Δw‖₂/‖w‖₂ of any tensor against ${baseline}.`);
  for (const { label, worldSize, modelled } of lanes) if (modelled !== null) sentences.push(modelledLine(label, worldSize, modelled));
  return sentences;
}

function accuracy(lane: LaneResult): string {
  const value = lane.final['testAccuracy'] ?? null;
  return value === null ? '–' : value.toFixed(4);
}

function toTarget({ toTarget: reached }: LaneResult): string {
  if (reached === null) return '–';
  if (reached.step === null) return 'not reached';
  return `${reached.step} steps${reached.trainMs === null ? '' : `, ${duration(reached.trainMs)}`}`;
}
