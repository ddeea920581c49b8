// Runs from files into the history. A file that cannot be read changes nothing, and says why.

import { noMarks } from '../../state/history/run-record.ts';
import { largestFileBytes, readRunFile } from '../../state/history/run-file.ts';
import type { FileReading } from '../../state/history/run-file.ts';
import { t } from '../../state/locale.ts';
import { formatBytes, formatCount } from '../number-format.ts';
import type { Page } from '../page-context.ts';

/** What became of a file, as a sentence. */
export interface FileOutcome {
  readonly text: string;
  readonly isImported: boolean;
}

/** Takes runs out of files, one after the other. Never rejects. */
export async function importRuns(page: Page, files: readonly File[]): Promise<readonly FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  for (const file of files) outcomes.push(await importRun(page, file));
  return outcomes;
}

async function importRun({ history }: Page, file: File): Promise<FileOutcome> {
  const refused = (text: string): FileOutcome => ({ text, isImported: false });
  const sizes = { file: file.name, size: formatBytes(file.size), limit: formatBytes(largestFileBytes) };
  if (file.size > largestFileBytes) return refused(t('history.file.too-large', sizes));
  const text = await file.text().catch(() => null);
  if (text === null) return refused(t('history.file.unreadable', { file: file.name }));
  const reading = readRunFile(text);
  if (reading.kind !== 'run') return refused(whatIsWrong(file.name, reading));
  const { record, marks } = reading;
  const known = [...history.heads.value, ...history.removed.value];
  if (known.some(({ id }) => id === record.head.id)) return refused(t('history.file.known', { file: file.name }));
  await history.add([record]);
  if (JSON.stringify(marks) !== JSON.stringify(noMarks(marks.id))) history.mark(marks.id, marks);
  return { text: t('history.file.imported', { file: file.name }), isImported: true };
}

function whatIsWrong(file: string, reading: Exclude<FileReading, { readonly kind: 'run' }>): string {
  switch (reading.kind) {
    case 'not-json':
      return t('history.file.not-json', { file });
    case 'foreign':
      return t('history.file.foreign', { file });
    case 'newer':
      return t('history.file.newer', { file, version: formatCount(reading.version) });
    case 'damaged':
      return t('history.file.damaged', { file });
    case 'invalid':
      return t('history.file.invalid', { file, place: reading.place, expected: reading.expected });
  }
}
