// The steps of `npm test`: the checks that are not tests (each counts as one), and vitest, one project at a time. A step prints
// its own output as it comes and gives back how it ended and how long it took.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { Tally } from '../test/support/tally-reporter.ts';

/** How a step ended. */
export interface StepOutcome {
  readonly name: string;
  readonly tally: Tally;
  readonly ms: number;
}

/** A tally of one thing that is fine or not. */
export function singleTally(isFine: boolean): Tally {
  return { passed: isFine ? 1 : 0, failed: isFine ? 0 : 1, skipped: [], files: [] };
}

/** A tool from node_modules that must exit with 0. */
export async function runTool(root: string, name: string, args: readonly string[]): Promise<StepOutcome> {
  const startedAt = performance.now();
  const [tool = '', ...rest] = args;
  const code = await runToEnd(join(root, 'node_modules', '.bin', tool), rest, root, {}, 300_000);
  return { name, tally: singleTally(code === 0), ms: performance.now() - startedAt };
}

/** One vitest project; a run that dies or overstays its time without a tally counts as one failure. */
export async function runProject(
  root: string,
  project: string,
  filters: readonly string[],
  limitMs: number,
  env: Readonly<Record<string, string>> = {},
): Promise<StepOutcome> {
  const startedAt = performance.now();
  const folder = join(root, '.cache', 'tallies');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${project}.json`);
  rmSync(path, { force: true });
  const args = ['run', '--project', project, '--reporter=default', '--reporter=./test/support/tally-reporter.ts', ...filters];
  const code = await runToEnd(join(root, 'node_modules', '.bin', 'vitest'), args, root, { LOCKSTEP_TALLY: path, ...env }, limitMs);
  const tally = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Tally) : singleTally(false); // written by our own reporter
  // Vitest also fails for what is no test: a type error outside them, a set-up that threw.
  const isUncounted = code !== 0 && tally.failed === 0;
  return { name: project, tally: isUncounted ? { ...tally, failed: 1 } : tally, ms: performance.now() - startedAt };
}

/** Exit code of a program that shares our terminal; null where it was ended after `limitMs`. */
function runToEnd(
  command: string,
  args: readonly string[],
  root: string,
  env: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<number | null> {
  // A group of its own on systems that have groups, so that ending it ends the browsers it started too.
  const hasGroups = process.platform !== 'win32';
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: hasGroups,
    shell: !hasGroups,
  });
  const end = (signal: NodeJS.Signals): void => {
    if (hasGroups && child.pid !== undefined) process.kill(-child.pid, signal);
    else child.kill(signal);
  };
  const onInterrupt = (): void => {
    end('SIGINT');
    process.exit(130);
  };
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      console.log(`${args.join(' ')}: ended after ${limitMs / 60_000} minutes`);
      end('SIGKILL');
    }, limitMs);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(limit);
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onInterrupt);
      resolve(code);
    });
  });
}
