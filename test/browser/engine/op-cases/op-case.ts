// One operation with its inputs: run forward and backward on every backend and compared. Inputs are seeded, so a case is the same
// everywhere; the gradient is of the sum of the output times fixed random weights, so that no output element cancels another.

import type { Tensor } from '@tensorflow/tfjs';
import { createPrng } from '../../../../src/core/prng.ts';

/** Shape and values of one input. */
export interface CaseInput {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface OpCase {
  readonly name: string;
  readonly inputs: readonly CaseInput[];
  readonly run: (...inputs: Tensor[]) => Tensor;
  /** Why the gradient is not compared; absent where it is. */
  readonly noGradient?: string;
}

/** Uniform in [-scale, scale). */
export function uniform(shape: readonly number[], seed = 1, scale = 1): CaseInput {
  const prng = createPrng(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, values: Float32Array.from({ length: size }, () => (prng.next() * 2 - 1) * scale) };
}

/** Uniform in [0.1, 1.1), for logarithms, roots and divisors. */
export function positive(shape: readonly number[], seed = 1): CaseInput {
  const { values } = uniform(shape, seed);
  return { shape, values: values.map((value) => Math.abs(value) + 0.1) };
}
