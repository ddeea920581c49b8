import { describe, expect, it } from 'vitest';
import { decodeFloat16, encodeFloat16, largestFloat16, roundInPlaceToFloat16, roundToFloat16 } from '../../src/core/float16.ts';

const everyPattern = Uint16Array.from({ length: 65536 }, (_, pattern) => pattern);

describe('f16 codec', () => {
  it('decodes all 65,536 patterns to the value that binary16 defines', () => {
    const values = decodeFloat16(everyPattern);
    const wrong = Array.from(everyPattern).filter((pattern) => !Object.is(values[pattern], definition(pattern)));
    expect(wrong).toEqual([]);
  });

  it('encodes every decoded value back to its own pattern, and every NaN to a quiet NaN of the same sign', () => {
    const bits = encodeFloat16(decodeFloat16(everyPattern));
    const wrong = Array.from(everyPattern).filter((pattern) => {
      const isNaNPattern = (pattern & 0x7c00) === 0x7c00 && (pattern & 0x3ff) !== 0;
      return isNaNPattern ? ((bits[pattern] ?? 0) & 0x7fff) !== 0x7e00 : bits[pattern] !== pattern;
    });
    expect(wrong).toEqual([]);
  });

  it('rounds arrays in place to what encoding and decoding gives, at and beside every f16 and every midpoint', () => {
    const values = decodeFloat16(everyPattern);
    const middles = values.map((value, pattern) => (value + (values[pattern + 1] ?? 0)) / 2);
    for (const offset of [-1, 0, 1]) {
      for (const start of [values, middles]) {
        const moved = new Float32Array(Uint32Array.from(new Uint32Array(start.slice().buffer), (word) => word + offset).buffer);
        const expected = decodeFloat16(encodeFloat16(moved));
        roundInPlaceToFloat16(moved);
        expect(moved.findIndex((value, index) => !Object.is(value, expected[index]))).toBe(-1);
      }
    }
  });

  it('rounds the midpoint of every two neighbours to the even one, and either side of it to the nearer one', () => {
    const wrong: number[] = [];
    for (let pattern = 0; pattern < 0x7bff; pattern++) {
      const low = definition(pattern);
      const high = definition(pattern + 1);
      const middle = (low + high) / 2; // exact in f32: one bit more than f16 has
      const even = pattern % 2 === 0 ? low : high;
      const isRight =
        roundToFloat16(middle) === even &&
        roundToFloat16(neighbour(middle, -1)) === low &&
        roundToFloat16(neighbour(middle, 1)) === high &&
        roundToFloat16(-middle) === -even;
      if (!isRight) wrong.push(pattern);
    }
    expect(wrong).toEqual([]);
  });

  it('overflows to infinity from 65,520 on, which is half a step above the largest f16', () => {
    expect(roundToFloat16(65519.996)).toBe(largestFloat16);
    expect(roundToFloat16(65520)).toBe(Infinity);
    expect(roundToFloat16(-65520)).toBe(-Infinity);
    expect(roundToFloat16(3.4e38)).toBe(Infinity);
    expect(roundToFloat16(NaN)).toBeNaN();
  });

  // numpy/_core/tests/test_half.py::test_half_rounding, inputs and executed results.
  it('agrees with numpy on its own rounding cases', () => {
    const inputs = [
      2.9831426218152046e-8, 2.9802322387695312e-8, 1.4901161193847656e-8, 1.0005035400390625, 1.00048828125, 1.000244140625, 65519, 65520,
      0.1, 0.3333333333333333, -2, 6.097555160522461e-5, 2049, 2051,
    ];
    const bits = [1, 0, 0, 15361, 15360, 15360, 31743, 31744, 11878, 13653, 49152, 1023, 26624, 26626];
    expect(Array.from(encodeFloat16(Float32Array.from(inputs)))).toEqual(bits);
  });

  it('cannot count past 2,048 in steps of one, nor add 1e-4 to 1 (numpy, executed)', () => {
    let ones = 0;
    for (let count = 0; count < 4096; count++) ones = roundToFloat16(ones + 1);
    let small = 1;
    for (let count = 0; count < 1000; count++) small = roundToFloat16(small + roundToFloat16(1e-4));
    expect([ones, small]).toEqual([2048, 1]);
  });
});

/** IEEE 754-2019, section 3.4, word for word. */
function definition(pattern: number): number {
  const sign = (-1) ** (pattern >>> 15);
  const exponent = (pattern >>> 10) & 31;
  const fraction = pattern & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * 2 ** -14 * (fraction / 1024) : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

/** The f32 next to a positive one. */
function neighbour(value: number, step: 1 | -1): number {
  const words = new Uint32Array(Float32Array.of(value).buffer);
  words[0] = (words[0] ?? 0) + step;
  return new Float32Array(words.buffer)[0] ?? NaN;
}
