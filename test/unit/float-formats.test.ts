// Plan: rounding against what JavaScript and float16.ts do by other means, bf16 by its bits; fields against the bits of a Float32Array; the
// numbers that everybody quotes.

import { describe, expect, test } from 'vitest';
import { roundInPlaceToBfloat16 } from '../../src/core/bfloat16.ts';
import { decodeFloat16, encodeFloat16 } from '../../src/core/float16.ts';
import { floatFormats, largestOf, roundToFormat, smallestNormalOf, smallestOf, storeAs } from '../../src/core/float-formats.ts';
import type { FloatFormat } from '../../src/core/float-formats.ts';
import { createPrng } from '../../src/core/prng.ts';

const { fp32, fp16, bf16 } = floatFormats;

/** f32 numbers of all sizes: random bit patterns, and the neighbourhood of what is special in f16. */
function* samples(): Generator<number> {
  const prng = createPrng(11);
  const word = new Uint32Array(1);
  const float = new Float32Array(word.buffer);
  for (let index = 0; index < 5000; index++) {
    word[0] = prng.nextUint32();
    if (!Number.isNaN(float[0])) yield float[0] ?? 0;
    yield Math.fround((prng.next() - 0.5) * 2 ** (Math.floor(prng.next() * 44) - 26));
  }
  yield* [0, -0, 1, 65504, 65519.99, 65520, 2 ** -24, 2 ** -25, 1.5 * 2 ** -25, -(2 ** -14), 2 ** -149, 3.4028234e38].map(Math.fround);
  yield* [Infinity, -Infinity, NaN];
}

/** bf16 by its definition: the upper half of an f32, rounded on the lower. */
function byHalves(value: number): number {
  const word = new Uint32Array(Float32Array.of(value).buffer);
  if (Number.isNaN(value)) return value;
  const bits = word[0] ?? 0;
  word[0] = ((bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000) >>> 0;
  return new Float32Array(word.buffer)[0] ?? 0;
}

/** The samples for which two ways of looking at them differ. */
function differing<T>(one: (value: number) => T, other: (value: number) => T): readonly number[] {
  return [...samples()].filter((value) => !Object.is(one(value), other(value)));
}

describe('rounding', () => {
  test('to fp32 is Math.fround, also of numbers between', () => {
    const between = (value: number) => value * (1 + ((value * 2 ** 20) % 1) * 2 ** -23);
    expect(
      differing(
        (value) => roundToFormat(between(value), fp32),
        (value) => Math.fround(between(value)),
      ),
    ).toEqual([]);
  });

  test('to bf16 in place is that of the format, by its definition', () => {
    expect(
      differing(
        (value) => roundToFormat(value, bf16),
        (value) => {
          const values = Float32Array.of(value);
          roundInPlaceToBfloat16(values);
          return values[0];
        },
      ),
    ).toEqual([]);
  });

  test('to fp16 is what the codec of f16 tensors does', () => {
    expect(
      differing(
        (value) => roundToFormat(value, fp16),
        (value) => decodeFloat16(encodeFloat16(Float32Array.of(value)))[0],
      ),
    ).toEqual([]);
  });

  test('to bf16 is rounding the lower half of the bits away', () => {
    expect(differing((value) => roundToFormat(value, bf16), byHalves)).toEqual([]);
  });
});

test('fields are the bits', () => {
  const fields = (value: number, format: FloatFormat) => {
    const { sign, exponent, fraction } = storeAs(value, format);
    return sign + exponent + fraction;
  };
  const word = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
  const half = (value: number) => encodeFloat16(Float32Array.of(value))[0] ?? 0;
  expect(
    differing(
      (value) => fields(value, fp32),
      (value) => word(value).toString(2).padStart(32, '0'),
    ),
  ).toEqual([]);
  expect(
    differing(
      (value) => fields(value, fp16),
      (value) => half(value).toString(2).padStart(16, '0'),
    ),
  ).toEqual([]);
});

test('the numbers that everybody quotes', () => {
  expect([largestOf(fp16), smallestNormalOf(fp16), smallestOf(fp16)]).toEqual([65504, 2 ** -14, 2 ** -24]);
  expect(largestOf(fp32)).toBe(3.4028234663852886e38);
  expect(largestOf(bf16)).toBe(3.3895313892515355e38);
  expect(storeAs(2048, fp16).spacing).toBe(2); // adding 1 to it changes nothing
  expect(storeAs(1, fp16).spacing).toBe(2 ** -10);
  expect(storeAs(0.1, fp16).value).toBe(0.0999755859375);
  expect(storeAs(70_000, fp16).kind).toBe('infinite');
  expect(storeAs(1e-8, fp16)).toMatchObject({ kind: 'zero', value: 0 });
  expect(storeAs(1e-5, fp16).kind).toBe('subnormal');
});
