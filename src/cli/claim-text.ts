// The program's claims and what became of them, one line each.

import type { ClaimResult } from '../runner/results.ts';

/** Lines such as `✓ The gradients agree.`; none where the program claims nothing. */
export function formatClaims(claims: readonly ClaimResult[]): readonly string[] {
  return claims.map(({ text, holds }) => {
    if (holds === null) return `– ${text.en} (not judged: this run is not about it)`;
    return `${holds ? '✓' : '✗'} ${text.en}${holds ? '' : ' (did not hold in this run)'}`;
  });
}
