// Seeded randomness: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), its state
// filled by SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014), as its authors advise.
// It is small, fast in 32-bit arithmetic and passes BigCrush; Math.random can neither be seeded nor repeated, and tfjs reads
// seed 0 as "no seed". One master seed drives everything through `deriveSeed`, which names a stream: the initialisers, the
// shuffle of epoch 3 and the noise of rank 2 then never share numbers, and adding a stream changes no other.

import { PlaygroundError } from './errors.ts';

/** A stream of random numbers; two with the same seed give the same numbers for ever. */
export interface Prng {
  /** Uniform in [0, 1), 53 random bits. */
  next(): number;
  /** Uniform whole number in [0, 2³²). */
  nextUint32(): number;
  /** Uniform whole number in [0, bound), without bias. `bound` is 1 to 2³². */
  nextBelow(bound: number): number;
  /** Normally distributed, mean 0, variance 1 (Marsaglia's polar method). */
  normal(): number;
  /** Shuffles in place (Fisher–Yates) and returns the same array. */
  shuffle<T extends ShuffledArray>(array: T): T;
}

/** What can be shuffled. */
export type ShuffledArray = unknown[] | Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** The four 32-bit words of xoshiro128**; not all zero. */
export type PrngState = readonly [number, number, number, number];

const twoTo32 = 2 ** 32;

/** Checks a seed and returns it: a whole number from 0 to 2⁵³ − 1. Throws `config-invalid`. */
export function parseSeed(value: unknown, place = 'seed'): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value === 0 ? 0 : value;
  throw new PlaygroundError(
    'config-invalid',
    `${place}: expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got ${String(value)}. Any such number will do; 0 is a seed like any other.`,
    { place },
  );
}

/** A generator for this seed. Throws `config-invalid` unless the seed is a non-negative safe integer. */
export function createPrng(seed: number): Prng {
  const words = splitMix64(BigInt(parseSeed(seed)), 2);
  const [first = 0n, second = 0n] = words;
  return prngFromState([low32(first), high32(first), low32(second), high32(second)]);
}

/** A generator from raw state words, for checking against published sequences. */
export function prngFromState(state: PrngState): Prng {
  let [a, b, c, d] = state.map((word) => word | 0) as [number, number, number, number]; // map loses the tuple's length
  let spareNormal: number | null = null;

  const nextUint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result >>> 0;
  };
  const next = (): number => ((nextUint32() >>> 5) * 2 ** 26 + (nextUint32() >>> 6)) / 2 ** 53;
  const nextBelow = (bound: number): number => {
    // Numbers past the last whole multiple of `bound` would favour the small results: draw again.
    const limit = twoTo32 - (twoTo32 % bound);
    let drawn = nextUint32();
    while (drawn >= limit) drawn = nextUint32();
    return drawn % bound;
  };
  const normal = (): number => {
    if (spareNormal !== null) {
      const spare = spareNormal;
      spareNormal = null;
      return spare;
    }
    for (;;) {
      const u = 2 * next() - 1;
      const v = 2 * next() - 1;
      const square = u * u + v * v;
      if (square > 0 && square < 1) {
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        spareNormal = v * factor;
        return u * factor;
      }
    }
  };
  return {
    next,
    nextUint32,
    nextBelow,
    normal,
    shuffle: (array) => {
      const items: { length: number; [index: number]: unknown } = array; // one view over every kind of array
      for (let last = items.length - 1; last > 0; last--) {
        const picked = nextBelow(last + 1);
        const held = items[last];
        items[last] = items[picked];
        items[picked] = held;
      }
      return array;
    },
  };
}

/**
 * The seed of a named stream, such as `deriveSeed(42, 'shuffle', 3)`: a safe integer that depends on the master seed, the names,
 * their order and their kind (`'1'` and `1` differ). Throws `config-invalid` for a bad master seed or a name that is no safe integer.
 */
export function deriveSeed(master: number, ...names: readonly (string | number)[]): number {
  let state = BigInt(parseSeed(master));
  for (const name of names) {
    const [mixed = 0n] = splitMix64(state, 1);
    state = mixed ^ hashName(name);
  }
  const [seed = 0n] = splitMix64(state, 1);
  return Number(seed >> 11n); // 53 bits: the largest that a number holds exactly
}

/** `count` outputs of SplitMix64 from a 64-bit state. */
export function splitMix64(state: bigint, count: number): readonly bigint[] {
  let current = state;
  return Array.from({ length: count }, () => {
    current = BigInt.asUintN(64, current + 0x9e3779b97f4a7c15n);
    let mixed = current;
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
    return mixed ^ (mixed >> 31n);
  });
}

/** FNV-1a, 64 bits, over a tag for the kind and the UTF-16 units of the name. */
function hashName(name: string | number): bigint {
  const text = typeof name === 'number' ? `n${parseSeed(name, 'deriveSeed')}` : `s${name}`;
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  }
  return hash;
}

function rotateLeft(word: number, count: number): number {
  return (word << count) | (word >>> (32 - count));
}

function low32(word: bigint): number {
  return Number(word & 0xffffffffn);
}

function high32(word: bigint): number {
  return Number(word >> 32n);
}
