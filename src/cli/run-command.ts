// `run FILE.ts`: the program through the page, its progress on the terminal, the comparison at the end, the results in a file.

import { existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import type { RunFailure } from '../runner/run-events.ts';
import type { RunResults } from '../runner/results.ts';
import type { RunCommand } from './arguments.ts';
import { formatClaims } from './claim-text.ts';
import { formatComparison } from './comparison.ts';
import { exitCodes } from './exit-codes.ts';
import { formatProblems } from './failure-text.ts';
import { openHeadlessPage } from './headless-page.ts';
import { stopOnInterrupt } from './interrupt.ts';
import { formatKernels } from './kernel-text.ts';
import { readProgram } from './program-file.ts';
import { RunPrinter, type Terminal } from './run-printer.ts';
import { UsageError } from './usage-error.ts';
import { formatVerdict } from './verdict-text.ts';

/** Steps of each lane that `--kernels` has timed. */
const timedSteps = 20;

/** Runs the command and returns the exit code. Throws UsageError where the file or the place for the results is not there. */
export async function runProgram(command: RunCommand, root: string, terminal: Terminal): Promise<number> {
  const { source, fileName } = readProgram('run', command.file);
  const out = placeOf('--out', command.out);
  const trace = placeOf('--trace', command.trace);
  const printer = new RunPrinter(terminal, command.file);
  const page = await openHeadlessPage(root, command, (line) => printer.print([line]));
  const { lanes, schedule, steps, seed } = command;
  const overrides = {
    ...(lanes === null ? {} : { lanes }),
    ...(schedule === null ? {} : { schedule }),
    ...(steps === null ? {} : { steps }),
    ...(seed === null ? {} : { seed }),
    ...(command.showsKernels ? { timedSteps } : {}),
  };
  printer.print([`headless browser on ${page.adapter}`]);
  const interrupt = stopOnInterrupt(page, printer);
  try {
    const { results, problems } = await page.run({ source, fileName, ...overrides }, (event) => printer.accept(event));
    printer.finish();
    printer.print(formatProblems(problems, command.file, source));
    if (results !== null) report(results, printer);
    if (results !== null && command.showsKernels) printer.print(['', ...formatKernels(results.lanes)]);
    if (results !== null && out !== null) {
      writeFileSync(out, `${JSON.stringify(results, null, 2)}\n`);
      printer.print([`results: ${command.out}`]);
    }
    if (results !== null && trace !== null) {
      writeFileSync(trace, `${JSON.stringify(await page.trace())}\n`);
      printer.print([`trace: ${command.trace}, for ui.perfetto.dev`]);
    }
    if (interrupt.isStopped()) return exitCodes.interrupted;
    const hasStopped = problems.some(({ stopsRun }) => stopsRun);
    const isDone = results !== null && results.lanes.length > 0 && results.lanes.every(({ state }) => state === 'done');
    return isDone && !hasStopped ? exitCodes.done : exitCodes.failed;
  } finally {
    interrupt.end();
    await page.close();
  }
}

/** Where a file is to be written. Throws UsageError where its folder is missing. */
function placeOf(flag: string, typed: string | null): string | null {
  if (typed === null) return null;
  const path = resolve(typed);
  if (existsSync(dirname(path))) return path;
  throw new UsageError(`${flag}: expected a path in an existing folder, got ${typed}.`);
}

function report(results: RunResults, printer: RunPrinter): void {
  const failures = results.lanes.map(({ error }) => error).filter((error): error is RunFailure => error !== null);
  for (const failure of failures) printer.printFailure(failure);
  const comparison = formatComparison(results);
  if (comparison.length > 0) printer.print(['', ...comparison]);
  const verdict = formatVerdict(results);
  if (verdict.length > 0) printer.print(['', ...verdict]);
  const claims = formatClaims(results.claims);
  if (claims.length > 0) printer.print(['', ...claims]);
}
