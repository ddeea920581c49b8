// The seed of everything random about data: which images are drawn, how a table is split, where a spiral's points fall. It is derived from
// the master seed and is the same on every rank and lane, so that all of them train on the same samples.

import { createPrng, deriveSeed, parseSeed, type Prng } from '../core/prng.ts';

let masterSeed = 0;

/** Sets the master seed for datasets made from now on; 0 until then. Throws `config-invalid` for what is no seed. */
export function setDatasetSeed(seed: number): void {
  masterSeed = parseSeed(seed);
}

/** The random numbers of one dataset, such as `datasetPrng('mnist', 'train')`. */
export function datasetPrng(...names: readonly (string | number)[]): Prng {
  return createPrng(deriveSeed(masterSeed, 'dataset', ...names));
}
