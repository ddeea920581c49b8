// `verify RESULTS.json PROGRAM.ts`, or `verify NAME.run.json`, which holds its program: every lane of a results file that came to its end is run again, as the file says, and compared with it bit
// for bit (compare/verify.ts).

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { readResults } from '../compare/read-results.ts';
import { rerunsOf } from '../compare/rerun.ts';
import { isConfirmed, verifyLane, verifySentences } from '../compare/verify.ts';
import type { Verification } from '../compare/verify.ts';
import { PlaygroundError } from '../core/errors.ts';
import type { LaneResult, Manifest, RunResults } from '../runner/results.ts';
import { resultOf } from '../state/history/make-records.ts';
import { readRunFile } from '../state/history/run-file.ts';
import type { FileReading } from '../state/history/run-file.ts';
import type { VerifyCommand } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';
import { formatProblems } from './failure-text.ts';
import { openHeadlessPage } from './headless-page.ts';
import { stopOnInterrupt } from './interrupt.ts';
import { readProgram } from './program-file.ts';
import { RunPrinter, type Terminal } from './run-printer.ts';
import { UsageError } from './usage-error.ts';
import { english } from './verdict-text.ts';

/** Runs the command and returns the exit code. Throws UsageError for a file that is no record, or a program that is not the recorded one. */
export async function runVerify(command: VerifyCommand, root: string, terminal: Terminal): Promise<number> {
  const { recorded, source, fileName, shownName } = readAll(command);
  const { manifest } = recorded;
  const lanes = recorded.lanes.filter(({ state }) => state === 'done');
  if (lanes.length === 0) throw new UsageError(`verify: expected a lane that came to its end, got none in ${command.results}.`);

  const printer = new RunPrinter(terminal, shownName);
  const page = await openHeadlessPage(root, { ...command, backend: command.backend ?? recordedBackend(manifest) }, (line) =>
    printer.print([line]),
  );
  printer.print([`headless browser on ${page.adapter}`]);
  const interrupt = stopOnInterrupt(page, printer);
  try {
    const verified: { readonly lane: LaneResult; readonly verification: Verification | null }[] = [];
    for (const { rerun, lanes: together } of rerunsOf(manifest, lanes)) {
      const { results, problems } = await page.run({ source, fileName, schedule: manifest.schedule, ...rerun }, (event) =>
        printer.accept(event),
      );
      printer.finish();
      printer.print(formatProblems(problems, shownName, source));
      if (interrupt.isStopped()) return exitCodes.interrupted;
      for (const [index, lane] of together.entries()) {
        const again = results?.lanes[index];
        const verification =
          results === null || again === undefined ? null : verifyLane({ manifest, lane }, { manifest: results.manifest, lane: again });
        verified.push({ lane, verification });
      }
    }
    const left = recorded.lanes.filter(({ state }) => state !== 'done');
    printer.print([
      '',
      ...verified.map(laneLine),
      ...left.map(({ label, state }) => `– ${label} was recorded as ${state} and is not verified`),
    ]);
    const isAllConfirmed = verified.every(({ verification }) => verification !== null && isConfirmed(verification));
    return isAllConfirmed ? exitCodes.done : exitCodes.failed;
  } finally {
    interrupt.end();
    await page.close();
  }
}

/** What is run again, and with what. */
interface RecordAndProgram {
  readonly recorded: Pick<RunResults, 'manifest' | 'lanes'>;
  readonly source: string;
  readonly fileName: string;
  /** The program as messages call it. */
  readonly shownName: string;
}

function readAll({ results, file }: VerifyCommand): RecordAndProgram {
  if (file === null) return readKept(results);
  const recorded = readRecord(results);
  const program = readProgram('verify', file);
  expectSameProgram(recorded.manifest, program.source, file);
  return { recorded, ...program, shownName: file };
}

/** A run as the page exports it; docs/history.md. */
function readKept(file: string): RecordAndProgram {
  const reading = readRunFile(readText(file));
  if (reading.kind !== 'run') throw new UsageError(`verify: expected a run of Lockstep in ${file}, got ${whatItIs(reading)}.`);
  const { head, body } = reading.record;
  return {
    recorded: { manifest: body.manifest, lanes: [resultOf(body)] },
    source: body.source,
    fileName: head.fileName,
    shownName: head.fileName,
  };
}

function whatItIs(reading: Exclude<FileReading, { kind: 'run' }>): string {
  switch (reading.kind) {
    case 'not-json':
      return 'what is no JSON';
    case 'foreign':
      return 'JSON of something else';
    case 'newer':
      return `one of format ${reading.version}, which this version does not know`;
    case 'damaged':
      return 'one that was changed or damaged: its checksum is another';
    case 'invalid':
      return `one whose ${reading.place} is not ${reading.expected}`;
  }
}

function readText(file: string): string {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`verify: expected a results file, got ${file}, which does not exist.`);
  return readFileSync(path, 'utf8');
}

function readRecord(file: string): RunResults {
  const text = readText(file);
  try {
    return readResults(JSON.parse(text));
  } catch (thrown) {
    if (thrown instanceof PlaygroundError) throw new UsageError(`verify: ${file}: ${thrown.message}`);
    if (thrown instanceof SyntaxError) throw new UsageError(`verify: expected JSON in ${file}, got something else: ${thrown.message}.`);
    throw thrown;
  }
}

function expectSameProgram({ codeHash }: Manifest, source: string, file: string): void {
  const hash = createHash('sha256').update(source).digest('hex');
  if (codeHash === null || codeHash === hash) return; // null: the page that recorded it had no secure context to hash in
  throw new UsageError(
    `verify: expected the recorded program, with SHA-256 ${codeHash.slice(0, 12)}…, got ${file} with ${hash.slice(0, 12)}…. Give the text that was run.`,
  );
}

/** What was computed on for lack of something better is computed on again, though there may be better here. */
function recordedBackend({ backend }: Manifest): Manifest['backend'] {
  return backend === 'webgpu' ? null : backend;
}

function laneLine({ lane, verification }: { readonly lane: LaneResult; readonly verification: Verification | null }): string {
  if (verification === null) return `✗ ${lane.label}: could not be run again`;
  const sentences = verifySentences(verification).map((sentence) => english('verify', sentence));
  return `${isConfirmed(verification) ? '✓' : '✗'} ${lane.label}: ${sentences.join('; ')}`;
}
