// The end of a run whose program makes claims: a replica loads the program once more and is asked whether each claim holds. The page
// never calls a program's functions itself, and believes nothing of the answer but true, false and null.

import { PlaygroundError } from '../core/errors.ts';
import { parseText } from '../train/card.ts';
import type { LocalText } from '../train/card.ts';
import type { ProgramModule } from '../train/program-module.ts';
import type { ReplicaHandle } from './replica-handle.ts';
import type { ClaimResult, RunResults } from './results.ts';

/** A judge that takes longer is in an endless loop; loading a replica and the program takes seconds on a slow machine. */
const patienceMs = 30_000;
const mostClaims = 20;

/** The claims of `results` with their verdicts. Ends the replica. Throws what the program threw, and `program-invalid` for what is no verdict. */
export async function judgeClaims(replica: ReplicaHandle, program: ProgramModule, results: RunResults): Promise<readonly ClaimResult[]> {
  const timer = setTimeout(() => {
    replica.end(new PlaygroundError('program-invalid', `no verdict after ${patienceMs / 1000} s. A claim only compares numbers.`));
  }, patienceMs);
  try {
    await replica.warmed;
    await replica.call((remote) => remote.load(program));
    const verdicts: unknown = await replica.call((remote) => remote.judge(results));
    if (!Array.isArray(verdicts)) throw noVerdict(verdicts);
    return results.claims.map(({ text }, index) => ({ text, holds: checkVerdict((verdicts as readonly unknown[])[index]) }));
  } finally {
    clearTimeout(timer);
    replica.end();
  }
}

/** The texts of claims as a replica declared them. Throws `config-invalid` for what is none. */
export function checkClaimTexts(value: unknown): readonly LocalText[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).slice(0, mostClaims).map((text, index) => parseText(text, `claims[${index}].text`));
}

function checkVerdict(value: unknown): boolean | null {
  if (typeof value === 'boolean' || value === null) return value;
  throw noVerdict(value);
}

function noVerdict(value: unknown): PlaygroundError {
  return new PlaygroundError('program-invalid', `a claim's holds(results): expected true, false or null, got ${typeof value}.`);
}
