// Times are only compared where the same thing was computed: the losses of the first steps, from the same weights on the same batches.

import type { SideName } from './sides/side.ts';

/** What a side's first steps lost. */
interface SideLosses {
  readonly side: SideName;
  readonly losses: readonly number[];
}

/** The most that losses may differ: ten steps of f32 rounding in another order are some 1e-5 apart, a wrong model 1e-2 and more. */
const tolerance = 1e-3;

/** The largest difference between any two sides at any step. Throws where it is above the tolerance, or a loss is not a number. */
export function checkAgreement(where: string, sides: readonly SideLosses[]): number {
  const steps = Math.max(...sides.map(({ losses }) => losses.length));
  let most = 0;
  for (let step = 0; step < steps; step++) {
    const losses = sides.map((side) => side.losses[step] ?? Number.NaN);
    most = Math.max(most, Math.max(...losses) - Math.min(...losses));
  }
  if (most <= tolerance) return most;
  const lists = sides.map(({ side, losses }) => `  ${side}: ${losses.map((loss) => loss.toFixed(5)).join(' ')}`);
  throw new Error(
    `bench: expected the losses of ${where} to agree within ${tolerance}, got ${most.toExponential(1)}.\n${lists.join('\n')}`,
  );
}
