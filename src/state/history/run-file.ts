// One run as a file, `NAME.run.json`, and back: JSON that says its format, its version and a checksum, with columns of plain numbers that any
// language can read. docs/history.md describes it. Reading a file either gives a whole run or says what is wrong; nothing in between.

import { crc32Hex } from '../../core/crc32.ts';
import { isRecord } from '../../core/is-record.ts';
import { bytesOf } from './make-records.ts';
import { packColumn } from './packed-series.ts';
import type { PackedTable } from './packed-series.ts';
import type { RunMarks, RunRecord } from './run-record.ts';
import { fileRun } from './run-shape.ts';
import type { FileRun, FileTable } from './run-shape.ts';
import { ShapeError } from './shape.ts';

const format = 'lockstep-run';
const formatVersion = 1;
/** Larger files are refused before they are read: some 1.5 million steps. */
export const largestFileBytes = 64 * 1024 * 1024;

/** What came of reading a file. */
export type FileReading =
  | { readonly kind: 'run'; readonly record: RunRecord; readonly marks: RunMarks }
  /** It is no JSON, or not wholly here. */
  | { readonly kind: 'not-json' }
  /** JSON, but of something else. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'newer'; readonly version: number }
  /** Its checksum is another one: it was changed or damaged on the way. */
  | { readonly kind: 'damaged' }
  /** A field is not what it should be. */
  | { readonly kind: 'invalid'; readonly place: string; readonly expected: string };

/** The text of a run's file. */
export function writeRunFile({ head, body }: RunRecord, { isStarred, tags, note }: RunMarks): string {
  const { bodyBytes: _bytes, origin: _origin, ...keptHead } = head;
  const { source, manifest, result } = body;
  const run: FileRun = {
    head: keptHead,
    marks: { isStarred, tags, note },
    source,
    manifest,
    result,
    series: writeTable(body.series),
    evals: writeTable(body.evals),
  };
  return `${JSON.stringify({ format, formatVersion, checksum: checksumOf(run), run })}\n`;
}

/** Reads a run's file. Never throws. */
export function readRunFile(text: string): FileReading {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return { kind: 'not-json' }; // what is wrong where is of no use to anybody: nobody writes such a file by hand
  }
  if (!isRecord(file) || file['format'] !== format) return { kind: 'foreign' };
  const version = file['formatVersion'];
  if (typeof version === 'number' && version > formatVersion) return { kind: 'newer', version };
  if (version !== formatVersion) return { kind: 'invalid', place: 'formatVersion', expected: String(formatVersion) };
  if (file['checksum'] !== checksumOf(file['run'])) return { kind: 'damaged' };
  try {
    return { kind: 'run', ...asRecord(fileRun(file['run'], 'run')) };
  } catch (thrown) {
    if (thrown instanceof ShapeError) return { kind: 'invalid', place: thrown.place, expected: thrown.expected };
    throw thrown;
  }
}

/** A name for the file, of letters that every system takes. */
export function runFileName({ head }: RunRecord): string {
  const name = [head.fileName.replace(/\.[jt]s$/u, ''), head.shortForm, head.createdAt.slice(0, 19)].join(' ');
  return `${name.replaceAll(/[^\p{L}\p{N}=+.-]+/gu, '-')}.run.json`;
}

/** Of the run's own JSON without spaces, so that a file may be indented. */
function checksumOf(run: unknown): string {
  return `crc32:${crc32Hex(JSON.stringify(run) ?? '')}`;
}

function asRecord({ head, marks, source, manifest, result, series, evals }: FileRun): {
  readonly record: RunRecord;
  readonly marks: RunMarks;
} {
  const body = { id: head.id, source, manifest, result, series: readTable(series), evals: readTable(evals) };
  return {
    record: { head: { ...head, bodyBytes: bytesOf(body), origin: 'imported' }, body },
    marks: { id: head.id, ...marks, removedAtMs: null },
  };
}

function writeTable({ step, columns }: PackedTable): FileTable {
  const values = (column: PackedTable['step']): (number | null)[] => Array.from(column, (value) => (Number.isFinite(value) ? value : null));
  return { step: Array.from(step), columns: columns.map((column) => ({ name: column.name, values: values(column.values) })) };
}

function readTable({ step, columns }: FileTable): PackedTable {
  return { step: packColumn(step), columns: columns.map(({ name, values }) => ({ name, values: packColumn(values) })) };
}
