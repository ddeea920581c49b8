// Times of spans as text.

import { formatRate, unknownNumber } from '../number-format.ts';

/** Three significant digits with the unit; browsers round their clocks to a tenth of a millisecond or more. */
export function formatSpanMs(ms: number | null): string {
  if (ms === null) return unknownNumber;
  return ms === 0 ? '0 ms' : `${ms < 0.1 ? '< 0.1' : formatRate(ms)} ms`;
}
