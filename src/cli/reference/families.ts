// Every kind of case there is: each file of families/ exports one as `family`.

import type { CaseFamily } from './family.ts';
import type { ReferenceCase } from './reference-case.ts';

const families = import.meta.glob<CaseFamily>('./families/*.ts', { import: 'family', eager: true });

/** The family of a case; null where none claims it. */
export function familyOf(given: ReferenceCase): CaseFamily | null {
  return Object.values(families).find((family) => family.claims(given)) ?? null;
}
