// Weights as plain arrays, and their fingerprint. Comparable on one adapter only: another one rounds its sums differently.

import type { Variable } from '@tensorflow/tfjs';
import { hashHex } from '../core/hash.ts';

/** The values of every variable, in order, as copies that later steps do not change. */
export async function readWeights(variables: readonly Variable[]): Promise<Float32Array[]> {
  return Promise.all(variables.map(async (variable) => Float32Array.from(await variable.data<'float32'>())));
}

/** 8 hex digits over all values in order: FNV-1a over 32-bit words. */
export async function weightsHash(variables: readonly Variable[]): Promise<string> {
  return hashHex(await readWeights(variables));
}
