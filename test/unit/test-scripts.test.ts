// The small parts of the test command that can be wrong by themselves: locks, licences, the tally of the long checks.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { formatFullTally, mergedRows, parseFullTally } from '../../scripts/full-tally.ts';
import { isAllowed } from '../../scripts/licences.ts';
import { withLock } from '../../src/cli/lock.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('two holders of one lock never overlap, and the lock is gone afterwards', async () => {
  const path = join(temporaryFolder(), 'lock');
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
  };
  let waits = 0;
  await Promise.all([withLock(path, work, () => (waits += 1)), withLock(path, work, () => (waits += 1))]);
  expect({ most, waits, isLeft: existsSync(path) }).toEqual({ most: 1, waits: 1, isLeft: false });
});

test('a lock whose owner is dead is taken over', async () => {
  const path = join(temporaryFolder(), 'lock');
  writeFileSync(path, '4194999'); // above the largest process id Linux gives by default
  expect(
    await withLock(
      path,
      async () => 'done',
      () => undefined,
    ),
  ).toBe('done');
});

test('a lock is given back when its work throws', async () => {
  const path = join(temporaryFolder(), 'lock');
  const failing = withLock(
    path,
    () => Promise.reject(new Error('no')),
    () => undefined,
  );
  await expect(failing).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});

test('a licence is allowed where one choice of it is, whole', () => {
  expect(['MIT', '(MPL-2.0 OR Apache-2.0)', 'GPL-3.0 OR MIT', 'MIT AND ISC'].filter((licence) => !isAllowed(licence))).toEqual([]);
  expect(['', 'GPL-3.0', 'MIT AND GPL-3.0', 'UNLICENSED'].filter(isAllowed)).toEqual([]);
});

test('the tally of the long checks reads back what it wrote, and a new run replaces only its own rows', () => {
  const row = (file: string, passed: number): Parameters<typeof formatFullTally>[0][number] => ({
    file,
    passed,
    failed: 0,
    seconds: 1.5,
    day: '2025-01-02',
    machine: '2 cores',
  });
  const text = formatFullTally([row('a.test.ts', 1), row('b.test.ts', 2)]);
  expect(parseFullTally(text)).toEqual([row('a.test.ts', 1), row('b.test.ts', 2)]);
  expect(mergedRows(parseFullTally(text), [row('b.test.ts', 5)])).toEqual([row('a.test.ts', 1), row('b.test.ts', 5)]);
  expect(text.trimEnd().endsWith('3 passed, 0 failed')).toBe(true);
});
