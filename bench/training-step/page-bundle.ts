// The page with the three libraries, and each side's worker.

import { join } from 'node:path';
import { buildBenchPage } from '../build-page.ts';

const root = join(import.meta.dirname, '..', '..');

/** What programs import, as the page's own loader gives it to them. */
export const programImports = [
  { find: /^lockstep$/, replacement: join(root, 'src', 'train', 'lockstep.ts') },
  { find: /^lockstep\/lab$/, replacement: join(root, 'src', 'lab', 'lab.ts') },
];

/** The built folder, and the page's address in it. */
export function buildStepPage(): ReturnType<typeof buildBenchPage> {
  return buildBenchPage('training-step/page', { base: './', resolve: { alias: programImports }, worker: { format: 'es' } });
}
