// A lock between processes: `npm test` in two terminals must not unpack the driver into the same folder at once. The lock is a
// file that holds its owner's process id; it appears complete (a hard link to a finished file is made atomically), and one left
// behind by a killed process is taken over.

import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const retryMs = 200;

/** Runs `work` while holding the lock file `path`; waits for another living owner, for as long as it lives. */
export async function withLock<Result>(path: string, work: () => Promise<Result>, onWait: () => void): Promise<Result> {
  mkdirSync(dirname(path), { recursive: true });
  let hasToldWaiting = false;
  while (!tryTake(path)) {
    if (!hasToldWaiting) onWait();
    hasToldWaiting = true;
    await wait(retryMs);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryTake(path: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, path);
    return true;
  } catch (thrown) {
    if (errorCode(thrown) !== 'EEXIST') throw thrown;
  } finally {
    rmSync(own, { force: true });
  }
  dropIfDead(path);
  return false;
}

function dropIfDead(path: string): void {
  const owner = readOwner(path);
  if (owner === null || isAlive(owner)) return;
  // Moved away first: had somebody else taken the dead lock over meanwhile, theirs is what was moved, and it goes back.
  const moved = `${path}.dead.${process.pid}`;
  renameSync(path, moved);
  if (readOwner(moved) !== owner) linkSync(moved, path);
  rmSync(moved, { force: true });
}

function readOwner(path: string): number | null {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return errorCode(thrown) === 'EPERM';
  }
}

function errorCode(thrown: unknown): string | undefined {
  return (thrown as NodeJS.ErrnoException).code; // Node's file and process calls throw nothing else
}
