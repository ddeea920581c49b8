// `npm test`: provides the browsers, checks lint, format, unused code, types and licences, runs the vitest projects, some side by side, and
// says what took how long. The last line is `N passed, N failed`; a check counts as one test. In CI (CI=true) an adapter that
// could not be provided and a test that was skipped without a reason are failures: nothing is silently skipped there.
// `npm test -- unit e2e` runs only those projects or checks.

import { join } from 'node:path';

import { forbiddenLicences } from './licences.ts';
import { provision } from './provision.ts';
import { runProject, runTool, singleTally, type StepOutcome } from './steps.ts';

const root = join(import.meta.dirname, '..');
const isCi = ['true', '1'].includes(process.env['CI'] ?? '');
const projectLimitMs = 15 * 60_000;

const tools: readonly (readonly [name: string, ...args: string[]])[] = [
  ['lint', 'oxlint', '--type-aware'],
  ['format', 'oxfmt', '--check'],
  ['tsc', 'tsc', '--noEmit', '-p', '.'],
  ['knip', 'knip'],
];

const wanted = new Set(process.argv.slice(2));
const known = [
  'lint',
  'format',
  'tsc',
  'knip',
  'licences',
  'unit',
  'types',
  'browser-llvmpipe',
  'browser-swiftshader',
  'e2e',
  'e2e-firefox',
  'e2e-webkit',
];
const strangers = [...wanted].filter((name) => !known.includes(name));
if (strangers.length > 0) {
  console.error(`test: expected some of ${known.join(', ')}, got ${strangers.join(', ')}.`);
  process.exit(2);
}
const isWanted = (name: string): boolean => wanted.size === 0 || wanted.has(name);

const outcomes: StepOutcome[] = [];
const startedAt = performance.now();

const browsers = await provision(root, (line) => console.log(`provision: ${line}`));
for (const { name, reason } of browsers.missing) {
  const project = name === 'firefox' || name === 'webkit' ? `e2e-${name}` : `browser-${name}`;
  if (!isWanted(project)) continue;
  console.log(`not covered: ${name}: ${reason}`);
  if (isCi) outcomes.push({ name: project, tally: singleTally(false), ms: 0 });
}
outcomes.push({ name: 'provision', tally: { passed: 0, failed: 0, skipped: [], files: [] }, ms: performance.now() - startedAt });

const runTools = async (): Promise<void> => {
  for (const [name, ...args] of tools) if (isWanted(name)) outcomes.push(await runTool(root, name, args));
  if (isWanted('licences')) outcomes.push(checkLicences());
};

// Two at a time: a software adapter compiles on one core, a driven browser is often waited for. The longest first, so that none is left alone
// at the end.
const queue = [
  ...(browsers.chromium === null ? [] : ['e2e']),
  'unit',
  ...(browsers.webkit === null ? [] : ['e2e-webkit']),
  ...(browsers.firefox === null ? [] : ['e2e-firefox']),
  ...(browsers.chromium === null ? [] : ['browser-swiftshader']),
  ...(browsers.llvmpipe === null ? [] : ['browser-llvmpipe']),
  'types',
].filter(isWanted);
const runNext = async (): Promise<void> => {
  for (let project = queue.shift(); project !== undefined; project = queue.shift())
    outcomes.push(await runProject(root, project, [], projectLimitMs));
};
await Promise.all([runNext(), runTools().then(runNext)]); // the tools beside the longest project

report();

function checkLicences(): StepOutcome {
  const began = performance.now();
  const forbidden = forbiddenLicences(root);
  for (const line of forbidden) console.log(`licence not allowed: ${line}`);
  return { name: 'licences', tally: singleTally(forbidden.length === 0), ms: performance.now() - began };
}

function report(): void {
  const skipped = outcomes.flatMap(({ name, tally }) => tally.skipped.map((test) => ({ ...test, project: name })));
  console.log('');
  for (const { project, name, reason } of skipped) console.log(`skipped in ${project}: ${name}: ${reason ?? 'no reason given'}`);
  for (const { name, tally, ms } of outcomes) {
    const counts = tally.passed + tally.failed === 0 ? '' : `${tally.passed} passed, ${tally.failed} failed`;
    console.log(`${name.padEnd(20)} ${(ms / 1000).toFixed(1).padStart(7)} s   ${counts}`);
  }
  console.log(`${'all'.padEnd(20)} ${((performance.now() - startedAt) / 1000).toFixed(1).padStart(7)} s`);
  const silent = isCi ? skipped.filter(({ reason }) => reason === null).length : 0;
  const passed = outcomes.reduce((sum, { tally }) => sum + tally.passed, 0);
  const failed = outcomes.reduce((sum, { tally }) => sum + tally.failed, 0) + silent;
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
