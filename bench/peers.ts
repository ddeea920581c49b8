// What only benchmarks need, installed into bench/node_modules when it is first asked for, so that the project's own `npm ci` stays light: jax-js, which is compared
// with, and Dawn for Node. Versions are exact (bench/package-lock.json), and their licences are held to the project's own list.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { forbiddenLicences } from '../scripts/licences.ts';
import { withLock } from '../src/cli/lock.ts';

const folder = import.meta.dirname;
const stamp = join(folder, 'node_modules', '.lock-digest');

/** Installs what bench/package-lock.json names, where that is not here yet. Throws an Error where npm fails or a licence is not allowed. */
export async function providePeers(say: (line: string) => void): Promise<void> {
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  const isHere = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
  const install = async (): Promise<void> => {
    if (isHere()) return; // another process installed it while this one waited
    say('installing what only benchmarks need (bench/package.json)');
    rmSync(stamp, { force: true });
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    const forbidden = forbiddenLicences(folder);
    if (forbidden.length > 0) throw new Error(`bench: expected licences that the project allows, got ${forbidden.join(', ')}.`);
    writeFileSync(stamp, digest);
  };
  if (!isHere())
    await withLock(join(folder, '..', '.cache', 'bench-peers.lock'), install, () => say('waiting for another process that is installing'));
}
