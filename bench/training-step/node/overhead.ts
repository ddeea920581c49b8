// Steps on Dawn's null backend, which checks every call and computes nothing: what is left is JavaScript and the API. Counted is the processor time of
// each side's process, so that other work on the machine is not in it.

import { median } from '../../../src/core/stats.ts';
import { measurement, type Measurement } from '../../measurement.ts';
import { timeWarm, type ModelTimes } from '../measure.ts';
import type { ModelName } from '../model-names.ts';
import { withSides, type NodeBundle } from './fork-side.ts';

const warmMs = 3000;

/** Times the models on the null backend. Losses there are whatever memory held, and are compared with nothing. */
export function measureOverhead(models: readonly ModelName[], bundle: NodeBundle, rounds: number): Promise<readonly ModelTimes[]> {
  return withSides(['stock', 'jax-js', 'lockstep'], bundle, ['backend=null'], async (sides) => {
    const times: ModelTimes[] = [];
    for (const model of models) times.push(await timeWarm(model, sides, rounds, warmMs));
    return times;
  });
}

/** A row per side; the others are compared with stock tfjs. */
export function overheadRows({ model, sides }: ModelTimes): readonly Measurement[] {
  const yardstick = `${model}, stock`;
  return sides.map(({ side, execution, cpuMs }) =>
    side === 'stock' ? measurement(yardstick, 'ms', cpuMs) : measurement(`${model}, ${side} (${execution})`, 'ms', cpuMs, { yardstick }),
  );
}

/** How many times as much a step of stock tfjs costs the processor as one of ours, as a note. */
export function overheadNote(times: readonly ModelTimes[]): string {
  const ratios = times.map(({ model, sides }) => {
    const [stock = [], ours = []] = (['stock', 'lockstep'] as const).map((name) => sides.find(({ side }) => side === name)?.cpuMs);
    return `${model} × ${(median(stock) / median(ours)).toFixed(1)}`;
  });
  return `Stock ÷ ours: ${ratios.join(', ')}. Processor time of the whole process per step, JavaScript, garbage collection and Dawn's checks.`;
}
