// What tests ask of the linear regression that the reference cases train (src/cli/reference/scaled-regression.ts).

import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import { createRank, drawBatch, drawBytes } from '../../src/cli/reference/scaled-regression.ts';
import type { ScaledRegression } from '../../src/cli/reference/scaled-regression.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { parseLane } from '../../src/train/lane.ts';

/** Takes so many steps of one rank, the first ones of which are not replayed; then others, and what `watch` says of those. */
export async function watchReplays<Result>(
  engine: Engine,
  input: ScaledRegression,
  stepCount: number,
  watch: (takeSteps: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const [group] = createMemoryTransports(1).map((transport) => new ProcessGroup(transport));
  if (group === undefined) throw new Error('one was asked for');
  const member = createRank(engine, input, group, parseLane('1xfp16', 'lane'));
  const draw = drawBytes(input.seed);
  const takeSteps = async () => {
    for (let step = 0; step < stepCount; step++) await member.take(drawBatch(draw, input.samples));
  };
  await takeSteps();
  await engine.sync();
  return watch(takeSteps);
}

/** The largest |a − b| of two lists of the same length; NaN where they are not, or a value is. */
export function largestDistance(a: readonly number[], b: readonly number[]): number {
  return a.length === b.length ? Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? Number.NaN)))) : Number.NaN;
}
