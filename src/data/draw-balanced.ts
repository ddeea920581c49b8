// Draws samples so that every class is there equally often, as far as the data allow: counts differ by at most one until a
// class runs out, and what it lacks is shared among the others.

import type { Prng } from '../core/prng.ts';

/** Samples to take of each class; `available[c]` bounds the c-th. Their sum is `count`, or everything where that is less. */
export function balancedQuotas(available: readonly number[], count: number): number[] {
  const quotas = available.map(() => 0);
  let remaining = count;
  for (;;) {
    const open = quotas.flatMap((quota, index) => (quota < (available[index] ?? 0) ? [index] : []));
    if (remaining === 0 || open.length === 0) return quotas;
    const share = Math.max(1, Math.floor(remaining / open.length));
    for (const index of open) {
      const given = Math.min(share, remaining, (available[index] ?? 0) - (quotas[index] ?? 0));
      quotas[index] = (quotas[index] ?? 0) + given;
      remaining -= given;
    }
  }
}

/** Indices of `count` samples drawn without replacement, classes balanced, in random order. `labels[i]` is in [0, classCount). */
export function drawBalanced(labels: ArrayLike<number>, classCount: number, count: number, prng: Prng): Uint32Array {
  const byClass: number[][] = Array.from({ length: classCount }, () => []);
  for (let index = 0; index < labels.length; index++) byClass[labels[index] ?? 0]?.push(index);
  const quotas = balancedQuotas(
    byClass.map((members) => members.length),
    count,
  );
  const drawn = byClass.flatMap((members, index) => prng.shuffle(members).slice(0, quotas[index]));
  return Uint32Array.from(prng.shuffle(drawn));
}
