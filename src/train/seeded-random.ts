// Replaces `Math.random` in the worker: initialisers without a seed, dropout and whatever the program itself draws then follow the
// master seed. Each phase gets a stream of its own, so that a program that draws one number more in `data` has the same model.

import { createPrng, deriveSeed } from '../core/prng.ts';

/** Starts the named stream: from here `Math.random` gives its numbers. */
export function seedMathRandom(seed: number, ...names: readonly (string | number)[]): void {
  const prng = createPrng(deriveSeed(seed, ...names));
  Math.random = () => prng.next();
}
