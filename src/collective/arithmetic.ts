// The sums of a reduction: f32, each addition rounded by the store.

import type { ReduceOp } from './message.ts';

/** sum += part. A double holds the sum of two floats closely enough that rounding it again gives the f32 sum (53 ≥ 2·24 + 2 bits). */
export function addInto(sum: Float32Array, part: Float32Array): void {
  for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] ?? 0) + (part[index] ?? 0);
}

/** Turns a sum over so many ranks into what was asked for: for `'mean'` one correctly rounded division. */
export function finishSum(sum: Float32Array, op: ReduceOp, worldSize: number): void {
  if (op === 'sum' || worldSize === 1) return;
  for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] ?? 0) / worldSize;
}
