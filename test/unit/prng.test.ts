import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/core/errors.ts';
import { createPrng, deriveSeed, parseSeed, prngFromState, splitMix64 } from '../../src/core/prng.ts';
import { mean } from '../../src/core/stats.ts';

const take = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);

describe('xoshiro128** and SplitMix64', () => {
  it('xoshiro128** gives the published sequence from state 1, 2, 3, 4', () => {
    // The reference program xoshiro128starstar.c 1.1, as pinned in the tests of Rust's rand_xoshiro.
    const prng = prngFromState([1, 2, 3, 4]);
    expect(take(10, () => prng.nextUint32())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('SplitMix64 gives the published sequence from 1234567', () => {
    // Rosetta Code, "Pseudo-random numbers/Splitmix64".
    expect(splitMix64(1234567n, 5)).toEqual([
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
      16408922859458223821n,
    ]);
  });

  it('a seed fills the state with the low and high halves of two SplitMix64 outputs', () => {
    const [first = 0n, second = 0n] = splitMix64(0n, 2); // e220a8397b1dcdaf, 6e789e6aa1b965f4
    expect([first, second]).toEqual([0xe220a8397b1dcdafn, 0x6e789e6aa1b965f4n]);
    const expected = prngFromState([0x7b1dcdaf, 0xe220a839, 0xa1b965f4, 0x6e789e6a]);
    const prng = createPrng(0);
    expect(take(20, () => prng.nextUint32())).toEqual(take(20, () => expected.nextUint32()));
  });
});

describe('createPrng', () => {
  it('repeats itself for one seed and differs for another, also for seed 0', () => {
    const draw = (seed: number): number[] => {
      const prng = createPrng(seed);
      return take(50, () => prng.next());
    };
    const seeds = [0, 1, 42, 2 ** 32, Number.MAX_SAFE_INTEGER];
    for (const seed of seeds) expect(draw(seed)).toEqual(draw(seed));
    expect(new Set(seeds.map((seed) => draw(seed)[0])).size).toBe(seeds.length);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '42', null, undefined])('refuses %s as a seed', (seed) => {
    expect(() => parseSeed(seed)).toThrow(PlaygroundError);
    expect(() => parseSeed(seed)).toThrow(/^seed: expected a whole number from 0 to 9007199254740991, got /);
  });

  it('draws numbers in [0, 1) with mean 1/2 and variance 1/12', () => {
    const prng = createPrng(7);
    const drawn = take(200_000, () => prng.next());
    expect(Math.min(...drawn.slice(0, 50_000))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn.slice(0, 50_000))).toBeLessThan(1);
    // Five standard errors: sqrt(1/12/n) = 6.5e-4 and sqrt(1/180/n) = 1.7e-4.
    expect(Math.abs(mean(drawn) - 0.5)).toBeLessThan(5 * 6.5e-4);
    expect(Math.abs(mean(drawn.map((x) => (x - 0.5) ** 2)) - 1 / 12)).toBeLessThan(5 * 1.7e-4);
  });

  it('draws normal numbers whose first four moments are 0, 1, 0 and 3', () => {
    const prng = createPrng(8);
    const drawn = take(200_000, () => prng.normal());
    const moment = (power: number): number => mean(drawn.map((x) => x ** power));
    // Five standard errors, sqrt(Var(x^p)/n) with Var = 1, 2, 15, 96.
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / 200_000));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / 200_000));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / 200_000));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / 200_000));
  });

  it('draws below a bound without favouring small numbers', () => {
    const prng = createPrng(10);
    // Of 2^32 words, 3·2^30 fit once and the rest would fold onto the first third: half of the draws instead of a third.
    const inFirstThird = take(20_000, () => prng.nextBelow(3 * 2 ** 30)).filter((drawn) => drawn < 2 ** 30).length;
    expect(Math.abs(inFirstThird / 20_000 - 1 / 3)).toBeLessThan(5 * Math.sqrt(2 / 9 / 20_000)); // five standard errors of a proportion
    expect(new Set(take(100, () => prng.nextBelow(1)))).toEqual(new Set([0]));
  });

  it('shuffles into every order equally often', () => {
    const prng = createPrng(9);
    const counts = new Map<string, number>();
    const draws = 24_000;
    for (let draw = 0; draw < draws; draw++) {
      const order = prng.shuffle([0, 1, 2, 3]).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // Chi-squared with 23 degrees of freedom exceeds 58.6 once in 20,000 times.
    const expected = draws / 24;
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeLessThan(58.6);
  });

  it('shuffles typed arrays in place and keeps their elements', () => {
    const array = Uint32Array.from({ length: 1000 }, (_, index) => index);
    const shuffled = createPrng(1).shuffle(array);
    expect(shuffled).toBe(array);
    expect([...array]).not.toEqual([...array].sort((a, b) => a - b));
    expect([...array].sort((a, b) => a - b)).toEqual(take(1000, () => 0).map((_, index) => index));
  });
});

describe('deriveSeed', () => {
  it('tells names, their order, their kind and their number apart', () => {
    const seeds = [
      deriveSeed(0),
      deriveSeed(1),
      deriveSeed(0, 'a'),
      deriveSeed(0, 'b'),
      deriveSeed(0, 'a', 'b'),
      deriveSeed(0, 'b', 'a'),
      deriveSeed(0, 'ab'),
      deriveSeed(0, 1),
      deriveSeed(0, '1'),
      deriveSeed(0, 'a', 0),
      deriveSeed(0, 'a', ''),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
    for (const seed of seeds) expect(parseSeed(seed)).toBe(seed);
  });

  it('is the same today and tomorrow', () => {
    // Pinned: a change here changes every curve that somebody has published with its seed.
    expect([deriveSeed(42, 'shuffle', 0), deriveSeed(0, 'dataset', 'mnist', 'train')]).toMatchInlineSnapshot(`
      [
        5617767578845943,
        5733940886294656,
      ]
    `);
  });

  it('gives streams that do not correlate', () => {
    const [a, b] = [createPrng(deriveSeed(42, 'rank', 0)), createPrng(deriveSeed(42, 'rank', 1))];
    const products = take(100_000, () => a.normal() * b.normal());
    expect(Math.abs(mean(products))).toBeLessThan(5 / Math.sqrt(100_000)); // five standard errors; the product's variance is 1
  });
});
