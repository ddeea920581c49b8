// Replaces `Math.random` in the worker: initialisers without a seed, dropout and whatever the program itself draws then follow the
// master seed. Each phase gets a stream of its own, so that a program that draws one number more in `data` has the same model.

import { createPrng, deriveSeed } from '../core/prng.ts';

/** A stream of numbers that `Math.random` can be. */
export type RandomStream = () => number;

/** The named stream, from its beginning. */
export function randomStream(seed: number, ...names: readonly (string | number)[]): RandomStream {
  const prng = createPrng(deriveSeed(seed, ...names));
  return () => prng.next();
}

/** Goes on with a stream: from here `Math.random` gives its numbers. */
export function useRandomStream(stream: RandomStream): void {
  Math.random = stream;
}

/** Starts the named stream. */
export function seedMathRandom(seed: number, ...names: readonly (string | number)[]): void {
  useRandomStream(randomStream(seed, ...names));
}

/**
 * Runs `body` with the random numbers of an earlier run of it: the first time `numbers` is empty and is filled with what `body` draws, later
 * the same numbers come again, so that dropout drops the same values.
 */
export function replayRandom<T>(numbers: number[], body: () => T): T {
  const draw = Math.random;
  const isReplay = numbers.length > 0;
  let next = 0;
  Math.random = () => {
    if (isReplay) return numbers[next++] ?? draw();
    const number = draw();
    numbers.push(number);
    return number;
  };
  try {
    return body();
  } finally {
    Math.random = draw;
  }
}
