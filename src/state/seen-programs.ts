// Which programs somebody has opened in this browser, and which of them have trained to the end here: the marks in the gallery. Kept as one
// text; what is not a mark in there is left out.

import { effect, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { isRecord } from '../core/is-record.ts';
import type { ProgramState } from './program.ts';
import type { RunState } from './run.ts';
import type { PageStorage } from './storage.ts';

/** `run` is more than `opened`: a run of it ended as it should. */
export type SeenMark = 'opened' | 'run';

/** Marks by the program's id. */
export type SeenPrograms = ReadonlySignal<ReadonlyMap<string, SeenMark>>;

const storageKey = 'seen';

/** Reads the kept marks and follows what is opened and run from now on. The program a page begins with counts once it has run. */
export function createSeenPrograms(program: ProgramState, run: RunState, storage: PageStorage): SeenPrograms {
  const marks = signal(readMarks(storage.read(storageKey)));
  const firstOpen = program.open.peek().id;
  const known = new Set(program.originals.map(({ id }) => id));

  function mark(id: string, next: SeenMark): void {
    const before = marks.peek().get(id);
    if (!known.has(id) || before === next || before === 'run') return;
    marks.value = new Map([...marks.peek(), [id, next]]);
    storage.write(storageKey, JSON.stringify(Object.fromEntries(marks.peek())));
  }

  let isFirst = true;
  effect(() => {
    const { id } = program.open.value;
    if (!isFirst || id !== firstOpen) mark(id, 'opened');
    isFirst = false;
  });
  effect(() => {
    const id = run.input.peek()?.programId;
    if (run.phase.value === 'done' && id !== undefined) mark(id, 'run');
  });
  return marks;
}

function readMarks(text: string | null): ReadonlyMap<string, SeenMark> {
  const found = text === null ? null : parse(text);
  if (!isRecord(found)) return new Map();
  return new Map(Object.entries(found).flatMap(([id, mark]) => (mark === 'opened' || mark === 'run' ? [[id, mark] as const] : [])));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // somebody else's text under our name: no marks
  }
}
