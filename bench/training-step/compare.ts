// What the times of a model say: ours against the quicker of the two others.

import { median } from '../../src/core/stats.ts';
import { measurement, type Measurement } from '../measurement.ts';
import type { ModelTimes } from './measure.ts';
import type { SideName } from './sides/side.ts';

const peers: ReadonlySet<SideName> = new Set(['stock', 'jax-js']);

/** A row per side; ours is compared with the peer that was quicker. */
export function rowsOf({ model, sides }: ModelTimes): readonly Measurement[] {
  const nameOf = (side: SideName): string => `${model}, ${side} (${sides.find((one) => one.side === side)?.execution ?? ''})`;
  return sides.map(({ side, stepMs }) =>
    measurement(nameOf(side), 'ms', stepMs, peers.has(side) ? {} : { yardstick: nameOf(bestPeer(sides).side) }),
  );
}

/** How many times as long the best peer's median step takes as ours; above 1 ours is ahead. */
export function timesAhead({ sides }: Pick<ModelTimes, 'sides'>): number {
  const ours = sides.find(({ side }) => side === 'lockstep');
  return median(bestPeer(sides).stepMs) / median(ours?.stepMs ?? []);
}

/** The geometric mean; NaN of no values. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function bestPeer(sides: ModelTimes['sides']): ModelTimes['sides'][number] {
  const [best] = sides.filter(({ side }) => peers.has(side)).toSorted((a, b) => median(a.stepMs) - median(b.stepMs));
  if (best === undefined) throw new Error('bench: expected a peer to compare with, got none.');
  return best;
}
