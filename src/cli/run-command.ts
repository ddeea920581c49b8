// `run FILE.ts`: the program through the page, its progress on the terminal, the comparison at the end, the results in a file.

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

import type { RunFailure } from '../runner/run-events.ts';
import type { RunResults } from '../runner/results.ts';
import type { RunCommand } from './arguments.ts';
import { formatClaims } from './claim-text.ts';
import { formatComparison } from './comparison.ts';
import { exitCodes } from './exit-codes.ts';
import { formatProblems } from './failure-text.ts';
import { openHeadlessPage, type HeadlessPage } from './headless-page.ts';
import { RunPrinter, type Terminal } from './run-printer.ts';
import { UsageError } from './usage-error.ts';
import { formatVerdict } from './verdict-text.ts';

/** Runs the command and returns the exit code. Throws UsageError where the file or the place for the results is not there. */
export async function runProgram(command: RunCommand, root: string, terminal: Terminal): Promise<number> {
  const path = resolve(command.file);
  if (!existsSync(path) || !statSync(path).isFile())
    throw new UsageError(`run: expected a program file, got ${command.file}, which does not exist.`);
  const out = placeOf('--out', command.out);
  const trace = placeOf('--trace', command.trace);
  const source = readFileSync(path, 'utf8');
  const printer = new RunPrinter(terminal, command.file);
  const page = await openHeadlessPage(root, command, (line) => printer.print([line]));
  const { lanes, schedule, steps, seed } = command;
  const overrides = {
    ...(lanes === null ? {} : { lanes }),
    ...(schedule === null ? {} : { schedule }),
    ...(steps === null ? {} : { steps }),
    ...(seed === null ? {} : { seed }),
  };
  printer.print([`headless browser on ${page.adapter}`]);
  const interrupt = stopOnInterrupt(page, printer);
  try {
    const { results, problems } = await page.run({ source, fileName: basename(path), ...overrides }, (event) => printer.accept(event));
    printer.finish();
    printer.print(formatProblems(problems, command.file, source));
    if (results !== null) report(results, printer, out, command.out);
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

function report(results: RunResults, printer: RunPrinter, out: string | null, typedOut: string | null): void {
  const failures = results.lanes.map(({ error }) => error).filter((error): error is RunFailure => error !== null);
  for (const failure of failures) printer.printFailure(failure);
  const comparison = formatComparison(results);
  if (comparison.length > 0) printer.print(['', ...comparison]);
  const verdict = formatVerdict(results);
  if (verdict.length > 0) printer.print(['', ...verdict]);
  const claims = formatClaims(results.claims);
  if (claims.length > 0) printer.print(['', ...claims]);
  if (out === null) return;
  writeFileSync(out, `${JSON.stringify(results, null, 2)}\n`);
  printer.print([`results: ${typedOut}`]);
}

/** First Ctrl+C: the run stops and keeps what it has. Second: the process ends at once. */
function stopOnInterrupt(page: HeadlessPage, printer: RunPrinter): { isStopped(): boolean; end(): void } {
  let isStopped = false;
  const onInterrupt = (): void => {
    if (isStopped) process.exit(exitCodes.interrupted);
    isStopped = true;
    printer.print(['stopping; Ctrl+C again ends at once']);
    // The page may be gone already; then the run ends by itself, with its own message.
    page.stop().catch((thrown: unknown) => printer.print([`stop: ${String(thrown)}`]));
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  return {
    isStopped: () => isStopped,
    end: () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onInterrupt);
    },
  };
}
