// What people type into the number inspector.

import { expect, test } from 'vitest';
import { readNumber } from '../../src/ui/numbers/read-number.ts';

test.each([
  ['0.1', 0.1],
  [' -6e-8 ', -6e-8],
  ['2^-24', 2 ** -24],
  ['-2^10', -1024],
  ['1.5 × 2^3', 12],
  ['−3', -3],
  ['-0', -0],
  ['Infinity', Infinity],
  ['NaN', NaN],
])('%s is a number', (text, value) => {
  expect(readNumber(text)).toBe(value);
});

test.each(['', '  ', 'one', '1,5', '2^', '1.2.3*2^4', '--1'])('%j is none', (text) => {
  expect(readNumber(text)).toBeNull();
});
