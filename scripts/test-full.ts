// `npm run test:full [-- name…]`: the checks that take minutes, in test/full, all of them or those whose file name contains a
// given name. The tally of the last runs stands in test/FULL.md.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { formatFullTally, mergedRows, parseFullTally } from './full-tally.ts';
import { provision } from './provision.ts';
import { runProject } from './steps.ts';

const root = join(import.meta.dirname, '..');
const limitMs = 3 * 60 * 60_000;
const path = join(root, 'test', 'FULL.md');

await provision(root, (line) => console.log(`provision: ${line}`));
const { tally, ms } = await runProject(root, 'full', process.argv.slice(2), limitMs, { LOCKSTEP_FULL: '1' });
const day = new Date().toISOString().slice(0, 10);
const machine = `${availableParallelism()} cores, ${process.platform}, Node ${process.versions.node}`;
const fresh = tally.files.map(({ file, passed, failed, ms: fileMs }) => {
  return { file: file.replace(/^test\/full\//, ''), passed, failed, seconds: fileMs / 1000, day, machine };
});
const earlier = existsSync(path) ? parseFullTally(readFileSync(path, 'utf8')) : [];
if (fresh.length > 0) writeFileSync(path, formatFullTally(mergedRows(earlier, fresh)));
console.log(`full ${(ms / 1000).toFixed(1)} s, tally in test/FULL.md`);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
// Nothing run is no success: a misspelt name would pass.
process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1;
