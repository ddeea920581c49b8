// The built page, `dist/`: built when it is missing or older than what it is made of. "Older" is decided by a digest of names,
// sizes and times of the sources, kept beside the browsers in `.cache`, so a run on an unchanged tree starts at once.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { withLock } from './lock.ts';

const sources = ['src', 'workers', 'public', 'scripts/vite', 'index.html', 'vite.config.ts', 'tsconfig.json', 'package-lock.json'];
// Packed by the build itself from what the lock file pins.
const isGenerated = (path: string): boolean => path.startsWith('public/datasets/') && path.endsWith('.bin');
// The command line is not part of the page.
const isForeign = (path: string): boolean => path.startsWith('src/cli/');

/** Path of `dist/`, fresh. Throws an Error with the end of the build's output where the build fails. */
export async function ensureBuiltPage(root: string, say: (line: string) => void): Promise<string> {
  const dist = join(root, 'dist');
  if (isFresh(root, dist)) return dist;
  const buildIfStale = async (): Promise<void> => {
    if (isFresh(root, dist)) return; // another process built it while this one waited
    say(existsSync(join(dist, 'index.html')) ? 'the page has changed; building it' : 'building the page');
    // Taken before the build: what is edited while it runs makes the result stale.
    const digest = digestOf(root);
    await build(root);
    writeFileSync(stampFile(root), digest);
  };
  await withLock(join(root, '.cache', 'build.lock'), buildIfStale, () => say('waiting for another process that is building the page'));
  return dist;
}

function isFresh(root: string, dist: string): boolean {
  const stamp = stampFile(root);
  return existsSync(join(dist, 'index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digestOf(root);
}

function stampFile(root: string): string {
  return join(root, '.cache', 'built-page');
}

function build(root: string): Promise<void> {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`build: expected a built page, got a failure:\n${output.trim().split('\n').slice(-30).join('\n')}`));
    });
  });
}

function digestOf(root: string): string {
  const digest = createHash('sha256');
  for (const source of sources) {
    if (!existsSync(join(root, source))) continue;
    for (const path of filesUnder(root, source)) {
      const { size, mtimeMs } = statSync(join(root, path));
      digest.update(`${path} ${size} ${mtimeMs}\n`);
    }
  }
  return digest.digest('hex');
}

function filesUnder(root: string, path: string): readonly string[] {
  if (isGenerated(path) || isForeign(`${path}/`)) return [];
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .toSorted()
    .flatMap((name) => filesUnder(root, `${path}/${name}`));
}
