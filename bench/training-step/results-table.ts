// The tables of step and overhead for RESULTS.md.

import { cpus } from 'node:os';
import { median } from '../../src/core/stats.ts';
import { geometricMean, timesAhead } from './compare.ts';
import type { StepRow } from './kept-rows.ts';
import { laneNames, type LaneTimes } from './lane-names.ts';
import type { ModelTimes } from './measure.ts';
import type { SideName } from './sides/side.ts';

/** Milliseconds per step, a table per adapter: medians, with the least and the most. */
export function stepTables(rows: readonly StepRow[]): string {
  const adapters = [...new Set(rows.map(({ adapter }) => adapter))].toSorted();
  return adapters
    .map((adapter) =>
      stepTable(
        adapter,
        rows.filter((row) => row.adapter === adapter),
      ),
    )
    .join('\n\n');
}

function stepTable(adapter: string, rows: readonly StepRow[]): string {
  const columns = [
    'model',
    'stock tfjs',
    'jax-js',
    'ours',
    'best peer ÷ ours',
    ...laneNames.map((lane) => `lane \`${lane}\``),
    'measured, UTC',
  ];
  const cells = rows.map(({ times, lanes, takenAt }) => [
    times.model,
    spread(times, 'stock'),
    spread(times, 'jax-js'),
    spread(times, 'lockstep'),
    `**${timesAhead(times).toFixed(2)}**`,
    ...laneNames.map((name) => laneCell(lanes.find(({ lane }) => lane === name))),
    takenAt.slice(0, 16).replace('T', ' '),
  ]);
  const times = rows.map((row) => row.times);
  const mean = geometricMean(times.map(timesAhead)).toFixed(2);
  const difference = Math.max(...times.map(({ mostLossDifference }) => mostLossDifference)).toExponential(1);
  const places = [...new Set(rows.map(({ browser, repeats }) => `${browser}, ${repeats} rounds`))].join('; ');
  return [
    `**${adapter}**: ${places}, ${machine()}. Geometric mean of best peer ÷ ours: **${mean}**. Losses of the first ten steps at most ${difference} apart. Ours: ${executions(times)}.`,
    '',
    ...table(columns, cells),
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

/** How our steps ran, each way once, with the models where there are several. */
function executions(times: readonly ModelTimes[]): string {
  const models = new Map<string, string[]>();
  for (const one of times) {
    const execution = sideOf(one, 'lockstep')?.execution ?? '';
    models.set(execution, [...(models.get(execution) ?? []), one.model]);
  }
  if (models.size === 1) return [...models.keys()].join('');
  return [...models].map(([execution, names]) => `${execution} (${names.join(', ')})`).join('; ');
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
