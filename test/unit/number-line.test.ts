// Counting on f16's number line: as NumPy's float16 has it, and as the formats' own arithmetic has it, number by number.

import { describe, expect, it } from 'vitest';
import { floatFormats, storeAs } from '../../src/core/float-formats.ts';
import { countOnLine, infiniteCount, lostShare, sizeOfCounts } from '../../src/core/number-line.ts';
import type { LineClass } from '../../src/core/number-line.ts';
import references from '../reference/number-line.json' with { type: 'json' };

const classOf = (value: number): LineClass => {
  const { kind } = storeAs(value, floatFormats.fp16);
  if (kind === 'infinite') return 'overflow';
  return kind === 'zero' && value !== 0 ? 'lost' : kind;
};

describe('the number line', () => {
  it.each(references)('counts as NumPy does: $id', ({ input: { words, factor }, expected: { bins, ...classes } }) => {
    const counts = countOnLine(new Float32Array(Uint32Array.from(words).buffer), factor);
    expect(counts).toEqual({ classes, bins });
    expect(sizeOfCounts(counts)).toBe(words.length);
  });

  it.each([
    ['zero', [0, -0]],
    ['lost', [2 ** -25, -(2 ** -25), 1e-45]],
    ['subnormal', [2 ** -25 * (1 + 2 ** -23), 2 ** -24, 2 ** -14 * (1 - 2 ** -11 - 2 ** -23)]],
    ['normal', [2 ** -14 * (1 - 2 ** -11), 2 ** -14, 1, 65504, 65519.99609375]],
    ['overflow', [65520, -65536, 3e38, Infinity]],
    ['nan', [NaN]],
  ] as const)('puts numbers at the borders where rounding puts them: %s', (name, values) => {
    for (const value of values) {
      expect(classOf(Math.fround(value))).toBe(name);
      expect(countOnLine(Float32Array.of(value)).classes[name]).toBe(1);
    }
  });

  it('tells infinities from what f16 alone would overflow on', () => {
    expect(infiniteCount(countOnLine(Float32Array.of(1, 70000, Infinity, -Infinity, NaN, 0)))).toBe(3);
    expect(countOnLine(Float32Array.of(70000, Infinity)).classes.overflow).toBe(2);
  });

  it('says which share of what is not zero is lost, and nothing of a tensor of zeros', () => {
    expect(lostShare(countOnLine(Float32Array.of(0, 0, 1e-9, 1, 2, 3)))).toBe(0.25);
    expect(lostShare(countOnLine(new Float32Array(3)))).toBeNull();
  });
});
