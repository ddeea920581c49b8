// Checks a program's default export: it must come from `experiment(…)` or `program(…)`, which have checked the rest.

import { PlaygroundError } from '../core/errors.ts';
import { isRecord } from '../core/is-record.ts';
import type { Experiment } from './experiment.ts';
import type { Program } from './program.ts';

/** The default export as a program. Throws `program-invalid`. */
export function checkProgramExport(value: unknown): Experiment | Program {
  if (isRecord(value) && (value['kind'] === 'experiment' || value['kind'] === 'program')) return value as unknown as Experiment | Program; // made by experiment() or program()
  const got = value === undefined ? 'none' : value === null ? 'null' : typeof value;
  throw new PlaygroundError(
    'program-invalid',
    `program: expected \`export default experiment({ … })\` or \`export default program({ … }, async (ctx) => { … })\`, got ${got === 'none' ? 'no default export' : `a default export of type ${got}`}.`,
  );
}
