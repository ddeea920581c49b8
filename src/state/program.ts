// The programs one can open and the text one is writing. Every experiment has a draft of its own beside the original, which is
// never overwritten; a program handed in from outside (the command line) is opened beside them and not kept. Edits are written
// to storage soon after they happen and survive a reload.

import { batch, computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { CardGroup, LocalText } from '../train/card.ts';
import type { PageStorage } from './storage.ts';

/** A program that comes with the page. */
export interface Original {
  /** Stable; its file name without the ending. */
  readonly id: string;
  readonly fileName: string;
  /** Its text, or how to load it: the page begins with one of them, and the others come when somebody chooses them. */
  readonly source: string | (() => Promise<string>);
  /** What its card says; absent where that stands in its text alone. */
  readonly title?: LocalText;
  readonly group?: CardGroup;
}

/** A program whose text is here. */
interface LoadedOriginal extends Original {
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
  /** Opens a program, at once where its text is here; `onRefused` where it cannot be loaded, `onOpened` once it is open. */
  choose(id: string, onRefused?: () => void, onOpened?: () => void): void;
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

/** The programs, with the text of the one that was used last among them: a page begins with it. Where it cannot be loaded, it stays as it is. */
export async function withFirstLoaded(originals: readonly Original[], storage: PageStorage): Promise<readonly Original[]> {
  const chosen = storage.read(chosenKey);
  const load = async (original: Original): Promise<Original> =>
    original.id === chosen && !hasText(original) ? { ...original, source: await textOf(original).catch(() => original.source) } : original;
  return Promise.all(originals.map(load));
}

/** Opens the program used last, else `defaultId`, else the first, of those whose text is here. Throws where there is none. */
export function createProgram(originals: readonly Original[], defaultId: string, storage: PageStorage, delay: Delay): ProgramState {
  const byId = new Map(originals.map((original) => [original.id, original]));
  const candidates = [byId.get(storage.read(chosenKey) ?? ''), byId.get(defaultId), ...originals];
  const first = candidates.find((original) => original !== undefined && hasText(original));
  if (first === undefined || !hasText(first))
    throw new Error('createProgram: expected at least one program, got none. Add one to src/experiments.');

  const open = signal<OpenProgram>(asOpen(first));
  const source = signal(storage.read(draftKey(first.id)) ?? first.source);
  let cancelSave: (() => void) | null = null;
  /** The program that was asked for last: a text that comes later is not shown. */
  let wanted = first.id;

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
    batch(() => {
      open.value = next;
      source.value = text;
    });
  }

  function showOriginal(original: LoadedOriginal): void {
    show(asOpen(original), storage.read(draftKey(original.id)) ?? original.source);
    storage.write(chosenKey, original.id);
  }

  return {
    originals,
    open,
    source,
    isEdited: computed(() => source.value !== open.value.original),
    hasDraft: (id) => storage.read(draftKey(id)) !== null,
    choose(id, onRefused, onOpened) {
      const original = byId.get(id);
      if (original === undefined) return;
      wanted = id;
      if (hasText(original)) {
        showOriginal(original);
        onOpened?.();
        return;
      }
      textOf(original).then(
        (text) => {
          const loaded = { ...original, source: text };
          byId.set(id, loaded);
          if (wanted !== id) return;
          showOriginal(loaded);
          onOpened?.();
        },
        () => onRefused?.(),
      );
    },
    openExternal(fileName, text) {
      wanted = '';
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

function hasText(original: Original): original is LoadedOriginal {
  return typeof original.source === 'string';
}

async function textOf({ source }: Original): Promise<string> {
  return typeof source === 'string' ? source : source();
}

function asOpen(original: LoadedOriginal): OpenProgram {
  return { id: original.id, fileName: original.fileName, original: original.source, isKept: true };
}
