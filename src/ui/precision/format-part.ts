// A share of a tensor's numbers, short: one of a million is not none, and all but one are not all.

import { formatGoal, unknownNumber } from '../number-format.ts';

const least = 0.0001;

/** `0`, `< 0.01 %`, `12.34 %`, `> 99.99 %`; an en dash where there is nothing to be a share of. */
export function formatPart(share: number | null): string {
  if (share === null) return unknownNumber;
  if (share === 0) return '0';
  if (share < least) return `< ${formatGoal(least)}`;
  return share < 1 && share > 1 - least ? `> ${formatGoal(1 - least)}` : formatGoal(share);
}
