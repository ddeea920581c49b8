// `npm run reference -- [FILE.json] [--topic T] [--json OUT]`: runs reference cases through what programs get, in Node, and says of each
// whether it passed. Without a file it runs the project's own, test/reference/*.json.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodes } from '../exit-codes.ts';
import { formatTable } from '../text-table.ts';
import { UsageError } from '../usage-error.ts';
import { endCpuEngine } from './cpu-engine.ts';
import { parseCases, type ReferenceCase } from './reference-case.ts';
import { runCase, type CaseReport } from './run-case.ts';

/** What was typed. */
interface ReferenceArguments {
  /** Null: the project's own cases. */
  readonly file: string | null;
  readonly topic: string | null;
  /** Where the reports go as JSON. */
  readonly json: string | null;
}

/** Runs the command and returns its exit code: 1 where a case failed. Throws UsageError for what cannot be meant. */
export async function runReference(args: readonly string[], root: string, write: (text: string) => void): Promise<number> {
  const { file, topic, json } = readArguments(args);
  const cases = selectTopic(readCases(file, root), topic);
  const reports: CaseReport[] = [];
  try {
    for (const given of cases) {
      const report = await runCase(given);
      reports.push(report);
      write(`${line(report)}\n`);
    }
  } finally {
    await endCpuEngine();
  }
  write(`\n${tally(reports).join('\n')}\n`);
  if (json !== null) writeOut(json, reports);
  return reports.some(({ status }) => status === 'fail') ? exitCodes.failed : exitCodes.done;
}

function readArguments(args: readonly string[]): ReferenceArguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { topic: { type: 'string' }, json: { type: 'string' } },
      allowPositionals: true,
    });
    if (positionals.length > 1) throw new Error(`expected one file, got ${positionals.join(' ')}`);
    return { file: positionals[0] ?? null, topic: values.topic ?? null, json: values.json ?? null };
  } catch (thrown) {
    const reason = thrown instanceof Error ? (thrown.message.split('. ')[0] ?? thrown.message) : String(thrown);
    throw new UsageError(`reference: ${reason}. Write: npm run reference -- [FILE.json] [--topic T] [--json OUT].`);
  }
}

function readCases(file: string | null, root: string): readonly ReferenceCase[] {
  if (file !== null) return parseCases(readText(file), file);
  const folder = join(root, 'test', 'reference');
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.toSorted().flatMap((name) => parseCases(readText(join(folder, name)), name));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new UsageError(
      `reference: expected a readable file, got ${path} (${thrown instanceof Error ? thrown.message : String(thrown)}).`,
    );
  }
}

function selectTopic(cases: readonly ReferenceCase[], topic: string | null): readonly ReferenceCase[] {
  if (topic === null) return cases;
  const selected = cases.filter((given) => given.topic === topic);
  if (selected.length > 0) return selected;
  const known = [...new Set(cases.map((given) => given.topic))].toSorted().join(', ');
  throw new UsageError(`--topic: expected one that has cases (${known}), got ${topic}.`);
}

function writeOut(path: string, reports: readonly CaseReport[]): void {
  try {
    writeFileSync(path, `${JSON.stringify(reports, infinityAsText, 2)}\n`);
  } catch (thrown) {
    throw new UsageError(
      `--json: expected a file that can be written, got ${path} (${thrown instanceof Error ? thrown.message : String(thrown)}).`,
    );
  }
}

/** As the cases themselves write what JSON has no number for. */
function infinityAsText(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function line({ id, status, error }: CaseReport): string {
  return `${status.padEnd('unsupported'.length)}  ${id}${error === null ? '' : `  (${error})`}`;
}

/** A table of counts by topic, with their sum. */
function tally(reports: readonly CaseReport[]): readonly string[] {
  const count = (of: readonly CaseReport[], status: CaseReport['status']): number => of.filter((report) => report.status === status).length;
  const row = (name: string, of: readonly CaseReport[]) => [name, count(of, 'pass'), count(of, 'fail'), count(of, 'unsupported')] as const;
  const topics = [...new Set(reports.map(({ topic }) => topic))].toSorted();
  const rows = topics.map((topic) =>
    row(
      topic,
      reports.filter((report) => report.topic === topic),
    ),
  );
  return formatTable(['topic', 'pass', 'fail', 'unsupported'], [...rows, row('all', reports)]);
}
