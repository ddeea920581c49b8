// Which kept runs are listed, and how: those a text, a tag and a star leave over, by program, the program with the newest run first.

import type { RunHead, RunMarks } from './run-record.ts';

/** What somebody looks for. */
export interface RunFilter {
  readonly text: string;
  /** Empty: any. */
  readonly tag: string;
  readonly isStarredOnly: boolean;
}

/** Runs of one program, newest first. */
export interface RunGroup {
  readonly programId: string;
  /** Of its newest run. */
  readonly title: string;
  readonly heads: readonly RunHead[];
}

type Marks = ReadonlyMap<string, RunMarks>;

/** The runs that a filter leaves over, in their order. Every word of its text must be somewhere in what is known of the run. */
export function filterRuns(heads: readonly RunHead[], marks: Marks, { text, tag, isStarredOnly }: RunFilter): readonly RunHead[] {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
  return heads.filter((head) => {
    const own = marks.get(head.id);
    if (isStarredOnly && own?.isStarred !== true) return false;
    if (tag !== '' && own?.tags.includes(tag) !== true) return false;
    if (words.length === 0) return true;
    const { name, label, shortForm, title, fileName } = head;
    const known = [name, label, shortForm, title, fileName, ...(own?.tags ?? []), own?.note ?? ''].join('\n').toLowerCase();
    return words.every((word) => known.includes(word));
  });
}

/** The first `limit` runs by program. `heads` are newest first. */
export function groupRuns(heads: readonly RunHead[], limit: number): readonly RunGroup[] {
  const groups = new Map<string, RunHead[]>();
  for (const head of heads) {
    const known = groups.get(head.programId);
    if (known === undefined) groups.set(head.programId, [head]);
    else known.push(head);
  }
  let left = limit;
  return [...groups].flatMap(([programId, ofProgram]) => {
    const shown = ofProgram.slice(0, left);
    left -= shown.length;
    return shown.length === 0 ? [] : [{ programId, title: shown[0]?.title ?? programId, heads: shown }];
  });
}

/** Every tag in use, sorted. */
export function tagsInUse(heads: readonly RunHead[], marks: Marks): readonly string[] {
  return [...new Set(heads.flatMap(({ id }) => marks.get(id)?.tags ?? []))].sort();
}

/** `a, b,, a` as tags: trimmed, each once. */
export function parseTags(text: string): readonly string[] {
  return [...new Set(text.split(/[,，]/u).map((tag) => tag.trim()))].filter((tag) => tag !== '');
}
