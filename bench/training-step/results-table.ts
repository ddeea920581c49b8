// The tables of step and overhead for RESULTS.md.

import { cpus } from 'node:os';
import { median } from '../../src/core/stats.ts';
import { geometricMean, timesAhead } from './compare.ts';
import { laneNames, type LaneTimes } from './lane-names.ts';
import type { ComparedTimes, ModelTimes } from './measure.ts';
import type { ModelName } from './model-names.ts';
import type { SideName } from './sides/side.ts';

/** All of one adapter. */
export interface StepResults {
  readonly adapter: string;
  readonly browser: string;
  readonly repeats: number;
  readonly times: readonly ComparedTimes[];
  readonly lanes: ReadonlyMap<ModelName, readonly LaneTimes[]>;
}

/** Milliseconds per step, medians with the least and the most. */
export function stepTable({ adapter, browser, repeats, times, lanes }: StepResults): string {
  const columns = ['model', 'stock tfjs', 'jax-js', 'ours', 'best peer ÷ ours', ...laneNames.map((lane) => `lane \`${lane}\``)];
  const rows = times.map((one) => [
    one.model,
    spread(one, 'stock'),
    spread(one, 'jax-js'),
    spread(one, 'lockstep'),
    `**${timesAhead(one).toFixed(2)}**`,
    ...laneNames.map((name) => laneCell(lanes.get(one.model)?.find(({ lane }) => lane === name))),
  ]);
  const mean = geometricMean(times.map(timesAhead)).toFixed(2);
  const difference = Math.max(...times.map(({ mostLossDifference }) => mostLossDifference)).toExponential(1);
  return [
    `${adapter}: ${browser}, ${repeats} rounds, ${machine()}, ${today()}. Geometric mean of best peer ÷ ours: **${mean}**. Losses of the first ten steps at most ${difference} apart. Ours: ${executions(times)}.`,
    '',
    ...table(columns, rows),
  ].join('\n');
}

/** Processor milliseconds per step on the null backend. */
export function overheadTable(times: readonly ModelTimes[], repeats: number): string {
  const columns = ['model', 'stock tfjs', 'jax-js', 'ours', 'stock ÷ ours'];
  const cpu = (one: ModelTimes, side: SideName): readonly number[] => sideOf(one, side)?.cpuMs ?? [];
  const rows = times.map((one) => [
    one.model,
    ...(['stock', 'jax-js', 'lockstep'] as const).map((side) => digits(median(cpu(one, side)))),
    `**${(median(cpu(one, 'stock')) / median(cpu(one, 'lockstep'))).toFixed(1)}**`,
  ]);
  return [
    `Node ${process.version}, ${repeats} rounds, ${machine()}, ${today()}. Ours: ${executions(times)}.`,
    '',
    ...table(columns, rows),
  ].join('\n');
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function spread(one: ModelTimes, side: SideName): string {
  const values = sideOf(one, side)?.stepMs ?? [];
  return `${digits(median(values))} (${digits(Math.min(...values))} to ${digits(Math.max(...values))})`;
}

function laneCell(lane: LaneTimes | undefined): string {
  return lane === undefined ? 'not measured' : `${digits(lane.stepMs)}${lane.execution.startsWith('captured') ? '' : ', eager'}`;
}

function sideOf({ sides }: ModelTimes, name: SideName): ModelTimes['sides'][number] | undefined {
  return sides.find(({ side }) => side === name);
}

/** How our steps ran; by model where they ran in several ways. */
function executions(times: readonly ModelTimes[]): string {
  const all = times.map((one) => [one.model, sideOf(one, 'lockstep')?.execution ?? ''] as const);
  const [[, first = ''] = []] = all;
  return all.every(([, execution]) => execution === first) ? first : all.map(([model, execution]) => `${model} ${execution}`).join('; ');
}

function digits(ms: number): string {
  return ms.toPrecision(ms >= 100 ? Math.ceil(Math.log10(ms + 1)) : 3);
}

function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
