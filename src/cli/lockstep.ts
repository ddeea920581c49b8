// The command line's entry: reads the arguments, does what they say, turns every outcome into an exit code. Run through
// scripts/ts.mjs: `npm run lockstep -- run FILE.ts`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { helpText, parseArguments } from './arguments.ts';
import { runDoctor } from './doctor-command.ts';
import { exitCodes } from './exit-codes.ts';
import { runProgram } from './run-command.ts';
import type { Terminal } from './run-printer.ts';
import { runServe } from './serve-command.ts';
import { UsageError } from './usage-error.ts';
import { runVerify } from './verify-command.ts';

const root = join(import.meta.dirname, '..', '..');
const widthOfAFile = 200;

const terminal: Terminal = {
  isTty: process.stdout.isTTY && process.env['TERM'] !== 'dumb',
  width: () => process.stdout.columns || widthOfAFile,
  write: (text) => void process.stdout.write(text),
  nowMs: () => performance.now(),
};

async function main(args: readonly string[]): Promise<number> {
  const command = parseArguments(args);
  switch (command.name) {
    case 'help':
      terminal.write(helpText);
      return exitCodes.done;
    case 'version': {
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
      terminal.write(`${version}\n`);
      return exitCodes.done;
    }
    case 'run':
      return runProgram(command, root, terminal);
    case 'verify':
      return runVerify(command, root, terminal);
    case 'doctor':
      return runDoctor(command, root, terminal);
    case 'serve':
      return runServe(command.port, root, terminal);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  if (thrown instanceof UsageError) {
    console.error(thrown.message);
    process.exitCode = exitCodes.badUsage;
  } else {
    console.error(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    process.exitCode = exitCodes.failed;
  }
}
