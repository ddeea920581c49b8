// The programs one can open and the text one is writing. Every experiment has a draft of its own beside the original, which is
// never overwritten; a program handed in from outside (the command line) is opened beside them and not kept. Edits are written
// to storage soon after they happen and survive a reload.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { PageStorage } from './storage.ts';

/** A program that comes with the page. */
export interface Original {
  /** Stable; its file name without the ending. */
  readonly id: string;
  readonly fileName: string;
  readonly source: string;
}

/** The program that is open. */
export interface OpenProgram {
  readonly id: string;
  readonly fileName: string;
  /** What "revert" goes back to. */
  readonly original: string;
  /** False for a program handed in from outside. */
  readonly isKept: boolean;
}

/** The programs and the text of the open one. */
export interface ProgramState {
  readonly originals: readonly Original[];
  readonly open: ReadonlySignal<OpenProgram>;
  readonly source: ReadonlySignal<string>;
  readonly isEdited: ReadonlySignal<boolean>;
  /** Whether a program has a draft that differs from its original. */
  hasDraft(id: string): boolean;
  choose(id: string): void;
  /** Opens a text from outside; nothing of it is stored. */
  openExternal(fileName: string, source: string): void;
  edit(source: string): void;
  /** Writes the draft now; false where the browser refuses storage. */
  save(): boolean;
}

const chosenKey = 'program';
const draftKey = (id: string): string => `draft.${id}`;

/** How the delayed write is scheduled; returns a function that cancels it. */
export type Delay = (callback: () => void, delayMs: number) => () => void;

/** Edits are written this many milliseconds after the last key. */
export const autosaveMs = 400;

/** Opens the program used last, else `defaultId`, else the first. Throws where there is no program at all. */
export function createProgram(originals: readonly Original[], defaultId: string, storage: PageStorage, delay: Delay): ProgramState {
  const byId = new Map(originals.map((original) => [original.id, original]));
  const first = byId.get(storage.read(chosenKey) ?? '') ?? byId.get(defaultId) ?? originals[0];
  if (first === undefined) throw new Error('createProgram: expected at least one program, got none. Add one to src/experiments.');

  const open = signal<OpenProgram>(asOpen(first));
  const source = signal(storage.read(draftKey(first.id)) ?? first.source);
  let cancelSave: (() => void) | null = null;

  function save(): boolean {
    cancelSave?.();
    cancelSave = null;
    const { id, original, isKept } = open.value;
    if (!isKept) return false;
    if (source.value !== original) return storage.write(draftKey(id), source.value);
    storage.remove(draftKey(id));
    return !storage.refused.value;
  }

  function show(next: OpenProgram, text: string): void {
    if (cancelSave !== null) save();
    open.value = next;
    source.value = text;
  }

  return {
    originals,
    open,
    source,
    isEdited: computed(() => source.value !== open.value.original),
    hasDraft: (id) => storage.read(draftKey(id)) !== null,
    choose(id) {
      const original = byId.get(id);
      if (original === undefined) return;
      show(asOpen(original), storage.read(draftKey(id)) ?? original.source);
      storage.write(chosenKey, id);
    },
    openExternal(fileName, text) {
      show({ id: `external:${fileName}`, fileName, original: text, isKept: false }, text);
    },
    edit(text) {
      if (text === source.value) return;
      source.value = text;
      cancelSave?.();
      cancelSave = delay(save, autosaveMs);
    },
    save,
  };
}

function asOpen(original: Original): OpenProgram {
  return { id: original.id, fileName: original.fileName, original: original.source, isKept: true };
}
