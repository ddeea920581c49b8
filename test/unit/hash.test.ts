import { describe, expect, it } from 'vitest';
import { emptyHash, hashFloats, hashHex } from '../../src/core/hash.ts';

/** Floats with these bit patterns. */
const floatsOf = (...words: readonly number[]): Float32Array => new Float32Array(Uint32Array.from(words).buffer);

describe('hashFloats', () => {
  it('of nothing is the offset basis', () => {
    expect(hashHex([])).toBe('811c9dc5');
    expect(hashFloats(new Float32Array(0))).toBe(emptyHash);
  });

  it.each([
    ['a', 'e40c292c'],
    ['b', 'e70c2de5'],
    ['fo', '6222e842'],
    ['foobar', 'bf9cf968'],
  ])('gives the published FNV-1a vector for the bytes of %s, one byte a word', (text, expected) => {
    // draft-eastlake-fnv, appendix C; words below 2^16 pass the fold unchanged.
    expect(hashHex([floatsOf(...[...text].map((letter) => letter.charCodeAt(0)))])).toBe(expected);
  });

  it('agrees with whole-number arithmetic on words of every size', () => {
    const words = [0x3f800000, 0xbf800000, 0x7f800000, 0x00000001, 0x80000000, 0x12345678];
    let expected = 0x811c9dc5n;
    for (const word of words.map(BigInt)) expected = BigInt.asUintN(32, (expected ^ word ^ (word >> 16n)) * 0x01000193n);
    expect(hashFloats(floatsOf(...words))).toBe(Number(expected));
  });

  it('tells −0 from 0 and one last bit from another', () => {
    expect(hashFloats(Float32Array.of(-0))).not.toBe(hashFloats(Float32Array.of(0)));
    expect(hashFloats(floatsOf(0x3f800000))).not.toBe(hashFloats(floatsOf(0x3f800001)));
  });

  it('notices when the signs of two weights flip, which plain FNV over words does not', () => {
    const plain = (values: Float32Array): number =>
      new Uint32Array(values.buffer).reduce((hash, word) => Math.imul(hash ^ word, 0x01000193), 0);
    const [weights, flipped] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(1, -2, 3, -4)];
    expect(plain(flipped)).toBe(plain(weights));
    expect(hashFloats(flipped)).not.toBe(hashFloats(weights));
  });

  it('of arrays in a row is the hash of their concatenation, and depends on the order', () => {
    const [a, b] = [Float32Array.of(1, 2), Float32Array.of(3)];
    expect(hashHex([a, b])).toBe(hashHex([Float32Array.of(1, 2, 3)]));
    expect(hashHex([b, a])).not.toBe(hashHex([a, b]));
  });

  it('reads only the view of a larger buffer', () => {
    const buffer = Float32Array.of(9, 1, 2, 9);
    expect(hashFloats(buffer.subarray(1, 3))).toBe(hashFloats(Float32Array.of(1, 2)));
  });
});
