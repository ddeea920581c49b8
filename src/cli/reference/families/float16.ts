// Rounding to f16, as numpy does it: bit patterns and values of a list, and sums that are rounded after every addition.

import { decodeFloat16, encodeFloat16, roundToFloat16 } from '../../../core/float16.ts';
import { UnsupportedCase, type CaseFamily } from '../family.ts';
import { numbersOf, textOf } from '../input-fields.ts';

export const family: CaseFamily = {
  claims: ({ id, input }) => id.startsWith('fp16/') && ('x' in input || 'desc' in input),
  compute({ input, expected }) {
    if ('x' in input) {
      const bits = encodeFloat16(Float32Array.from(numbersOf(input, 'x')));
      return { bits: Array.from(bits), value: Array.from(decodeFloat16(bits)) };
    }
    // A description such as "add 1.0 4096 times in fp16; add 1e-4 1000 times to 1.0 in fp16", a sum for each name in `expected`.
    const sums = [...textOf(input, 'desc').matchAll(/add ([\d.e+-]+) (\d+) times(?: to ([\d.e+-]+))?/g)];
    const names = Object.keys(expected);
    if (sums.length === 0 || sums.length !== names.length)
      throw new UnsupportedCase('the description holds no sum that is understood here.');
    return Object.fromEntries(
      sums.map(([, term, count, start], index) => [names[index] ?? '', sumInFloat16(Number(term), Number(count), Number(start ?? 0))]),
    );
  },
};

function sumInFloat16(term: number, count: number, start: number): number {
  const rounded = roundToFloat16(term);
  let sum = roundToFloat16(start);
  for (let index = 0; index < count; index++) sum = roundToFloat16(sum + rounded);
  return sum;
}
