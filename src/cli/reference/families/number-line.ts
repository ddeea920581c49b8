// What f16 makes of numbers, counted: how many it stores as zero, as subnormal, as normal, as infinity, and how many lie in each power of two.

import { countOnLine } from '../../../core/number-line.ts';
import type { CaseFamily } from '../family.ts';
import { numberOf, numbersOf } from '../input-fields.ts';

export const family: CaseFamily = {
  claims: ({ id, input }) => id.startsWith('number-line/') && 'words' in input,
  compute({ input }) {
    const values = new Float32Array(Uint32Array.from(numbersOf(input, 'words')).buffer);
    const { classes, bins } = countOnLine(values, numberOf(input, 'factor'));
    return { ...classes, bins };
  },
};
