// Running other programs from the scripts: quietly, with their output shown only when they fail, so that a good run reads as a
// few lines and a bad one says everything.

import { spawnSync } from 'node:child_process';

export interface CommandResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** Both streams, for a message about a failure. */
  readonly output: string;
}

/** Runs a program to its end without a shell; a program that is not installed is a result that is not `ok`. */
export function tryCommand(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): CommandResult {
  const result = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error === undefined ? '' : String(result.error)}`;
  return { ok: result.status === 0, stdout: result.stdout ?? '', output };
}

/** Runs a program that must succeed and returns what it printed; throws an Error with its last 30 lines otherwise. */
export function runCommand(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const result = tryCommand(command, args, env);
  if (result.ok) return result.stdout;
  const tail = result.output.trim().split('\n').slice(-30).join('\n');
  throw new Error(`${command}: expected success, got a failure of \`${command} ${args.join(' ')}\`:\n${tail}`);
}

/** Whether a program of that name can be found. */
export function hasCommand(name: string): boolean {
  return tryCommand(process.platform === 'win32' ? 'where' : 'which', [name]).ok;
}
