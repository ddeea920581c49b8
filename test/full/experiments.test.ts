// Every experiment of the gallery, whole, through the command line on llvmpipe: what it claims holds. (mnist has a check of its own,
// mnist-lanes.test.ts.) The slice of it in `npm test` is test/unit/experiments.test.ts, which runs none of them.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import type { RunResults } from '../../src/runner/results.ts';
import { root } from '../support/chromium.ts';

const folder = join(root, 'src/experiments');
const fileNames = readdirSync(folder).filter((fileName) => fileName !== 'mnist.ts');

test.each(fileNames)('%s: every claim that this run can judge holds', (fileName) => {
  const verdicts = judge(readFileSync(join(folder, fileName), 'utf8'));
  expect(verdicts.filter(({ holds }) => holds === false)).toEqual([]);
  expect(verdicts.some(({ holds }) => holds === true)).toBe(true);
  // Only what is to be mended first may be open.
  expect(verdicts.filter(({ holds }) => holds === null)).toHaveLength(fileName === 'not-distributed.ts' ? 2 : 0);
});

test('not-distributed.ts, mended: the claims about the mended program hold, and those about the bug are silent', () => {
  const mended = readFileSync(join(folder, 'not-distributed.ts'), 'utf8').replaceAll('= false;', '= true;');
  expect(judge(mended).map(({ holds }) => holds)).toEqual([null, null, true, true]);
});

function judge(source: string): readonly { readonly text: string; readonly holds: boolean | null }[] {
  const place = mkdtempSync(join(tmpdir(), 'lockstep-full-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const out = join(place, 'results.json');
  writeFileSync(join(place, 'program.ts'), source);
  const args = ['scripts/ts.mjs', 'src/cli/lockstep.ts', 'run', join(place, 'program.ts'), '--adapter', 'llvmpipe', '--out', out];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
  const { claims } = JSON.parse(readFileSync(out, 'utf8')) as RunResults; // the schema of the program under test
  return claims.map(({ text, holds }) => ({ text: text.en, holds }));
}
