// One case, computed and judged.

import { UnsupportedCase, Runs } from './family.ts';
import { familyOf } from './families.ts';
import { firstDifference, missingFields } from './compare-fields.ts';
import type { Fields, ReferenceCase } from './reference-case.ts';

/** The judgement on a case, as `--json` writes it. */
export interface CaseReport {
  readonly id: string;
  readonly topic: string;
  readonly status: 'pass' | 'fail' | 'unsupported';
  /** What was computed; of several runs the first that differs, else the first. Null where nothing was. */
  readonly got: Fields | null;
  readonly expected: Fields;
  /** Why it did not pass. */
  readonly error: string | null;
}

/** Computes a case and compares; never throws: what goes wrong is in the report. */
export async function runCase(given: ReferenceCase): Promise<CaseReport> {
  const { id, topic, expected } = given;
  const report = (status: CaseReport['status'], got: Fields | null, error: string | null): CaseReport => {
    return { id, topic, status, got, expected, error };
  };
  const family = familyOf(given);
  if (family === null) return report('unsupported', null, 'no kind of case that is known here.');
  try {
    const computed = await family.compute(given);
    return judge(computed instanceof Runs ? [...computed.byName] : [['', computed]], given, report);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return report(thrown instanceof UnsupportedCase ? 'unsupported' : 'fail', null, message);
  }
}

function judge(
  runs: readonly (readonly [name: string, got: Fields])[],
  { expected, tol }: ReferenceCase,
  report: (status: CaseReport['status'], got: Fields | null, error: string | null) => CaseReport,
): CaseReport {
  for (const [name, got] of runs) {
    const place = name === '' ? '' : `${name}: `;
    const missing = missingFields(expected, got);
    if (missing.length > 0) return report('unsupported', got, `${place}${missing.join(', ')}: not computed here.`);
    const difference = firstDifference(expected, got, tol);
    if (difference !== null) return report('fail', got, `${place}${difference}.`);
  }
  return report('pass', runs[0]?.[1] ?? null, null);
}
