// The runs that are kept, and the wall around what keeps them: whatever the browser refuses, no run of this session is lost. What could
// not be written stays in memory, where everything works as it does with the others until the tab closes, and `trouble` says so;
// every change that may have made room tries again. Tabs tell each other that something changed, and read anew.

import { batch, computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { Delay } from '../program.ts';
import { noMarks } from './run-record.ts';
import type { RunBody, RunHead, RunMarks, RunRecord } from './run-record.ts';
import type { RunList, RunStore } from './run-store.ts';

/**
 * `full`: no room for another run; `refused`: the browser keeps nothing here; `cut-off`: it has done so until a moment ago; `deleted`: it, or
 * somebody in its settings, deleted what was kept; `newer`: the database is a newer page's; `blocked`: a tab of an older page holds on to it.
 */
export type StoreTrouble = 'full' | 'refused' | 'cut-off' | 'deleted' | 'newer' | 'blocked';

/** How tabs of one browser tell each other that runs came or went. */
export interface TabChannel {
  tell(): void;
  listen(listener: () => void): void;
}

/** The runs that are kept. */
export interface HistoryState {
  /** Newest first, without those that were removed a moment ago. */
  readonly heads: ReadonlySignal<readonly RunHead[]>;
  readonly marks: ReadonlySignal<ReadonlyMap<string, RunMarks>>;
  /** Null while all is well. */
  readonly trouble: ReadonlySignal<StoreTrouble | null>;
  /** Ids of runs that will not survive this tab: they could not be written, or were deleted by the browser. */
  readonly unsaved: ReadonlySignal<ReadonlySet<string>>;
  /** Runs that were removed last, and can be brought back. */
  readonly removed: ReadonlySignal<readonly RunHead[]>;
  readonly isReading: ReadonlySignal<boolean>;
  /** Reads what is kept; never rejects. */
  read(): Promise<void>;
  /** Null where the run is gone or cannot be read. */
  body(id: string): Promise<RunBody | null>;
  /** Keeps runs; never rejects, and loses none before the tab closes. */
  add(records: readonly RunRecord[]): Promise<void>;
  /** Puts what is known now in the place of what `add` kept of a run whose launch is under way; one that is gone stays gone. Never rejects. */
  complete(record: RunRecord): Promise<void>;
  mark(id: string, change: Partial<Omit<RunMarks, 'id' | 'removedAtMs'>>): void;
  /** Takes runs out of the list of every tab; `restore` brings them back until `removeForGood` or the next removal. */
  remove(ids: readonly string[]): void;
  restore(): void;
  removeForGood(): Promise<void>;
  /** Writes again what could not be written. */
  retry(): Promise<void>;
}

/** How long a removal can be undone, in milliseconds. */
export const undoMs = 30_000;

/** A history over a store. Nothing is read before somebody asks. */
export function createHistory(store: RunStore, channel: TabChannel | null, delay: Delay, now: () => number = Date.now): HistoryState {
  const kept = signal<readonly RunHead[]>([]);
  /** Runs that were read before the browser deleted them: their heads are all that is left. */
  const lost = signal<readonly RunHead[]>([]);
  const marks = signal<ReadonlyMap<string, RunMarks>>(new Map());
  const trouble = signal<StoreTrouble | null>(null);
  const removed = signal<readonly RunHead[]>([]);
  const isReading = signal(false);
  /** Runs of this session that the store does not have. */
  const unsaved = signal<ReadonlyMap<string, RunRecord>>(new Map());
  /** Marks that it does not have. */
  const unsavedMarks = new Map<string, RunMarks>();
  let cancelRemoval: (() => void) | null = null;
  let hasRead = false;

  /** Whether the store did it; if not, `trouble` says why. */
  async function attempt(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (thrown) {
      const reason = troubleOf(thrown);
      trouble.value = reason === 'refused' && hasRead ? 'cut-off' : reason;
      return false;
    }
  }

  async function read(): Promise<void> {
    isReading.value = true;
    await attempt(async () => {
      const list = await store.list();
      hasRead = true;
      batch(() => {
        if (list.wasInterrupted) noteLost(list);
        kept.value = list.heads;
        marks.value = new Map([...list.marks.map((one) => [one.id, one] as const), ...unsavedMarks]);
      });
      await sweep();
    });
    isReading.value = false;
  }

  function noteLost({ heads: left, marks: leftMarks }: RunList): void {
    const still = new Set([...left, ...leftMarks, ...removed.value].map(({ id }) => id));
    const missing = kept.value.filter(({ id }) => !still.has(id) && marksOf(id).removedAtMs === null);
    if (missing.length === 0) return;
    lost.value = [...lost.value, ...missing];
    trouble.value = 'deleted';
  }

  /** Takes out of the store what was deleted in a tab that has been closed since. */
  async function sweep(): Promise<void> {
    const undoable = new Set(removed.value.map(({ id }) => id));
    const over = [...marks.value.values()].filter(({ removedAtMs }) => removedAtMs !== null && removedAtMs + undoMs < now());
    const ids = over.flatMap(({ id }) => (undoable.has(id) ? [] : [id]));
    if (ids.length > 0) await store.remove(ids);
  }

  /** Changes marks here at once, and in the store soon. */
  function setMarks(changed: readonly RunMarks[]): void {
    marks.value = new Map([...marks.value, ...changed.map((one) => [one.id, one] as const)]);
    for (const one of changed) unsavedMarks.set(one.id, one);
    void attempt(() => store.setMarks(changed)).then((isWritten) => {
      if (!isWritten) return;
      for (const one of changed) if (unsavedMarks.get(one.id) === one) unsavedMarks.delete(one.id);
      channel?.tell();
    });
  }

  function marksOf(id: string): RunMarks {
    return marks.value.get(id) ?? noMarks(id);
  }

  async function write(record: RunRecord): Promise<boolean> {
    const isWritten = await attempt(() => store.add(record));
    const { id } = record.head;
    batch(() => {
      const next = new Map(unsaved.value);
      if (isWritten) next.delete(id);
      else next.set(id, record);
      unsaved.value = next;
      if (isWritten) kept.value = [...kept.value.filter((head) => head.id !== id), record.head];
    });
    return isWritten;
  }

  async function retry(): Promise<void> {
    if (unsaved.value.size === 0 && unsavedMarks.size === 0 && trouble.value === null) return;
    trouble.value = null;
    for (const record of unsaved.value.values()) await write(record);
    const waiting = [...unsavedMarks.values()];
    if (waiting.length > 0 && (await attempt(() => store.setMarks(waiting)))) for (const { id } of waiting) unsavedMarks.delete(id);
    await read();
    channel?.tell();
  }

  async function removeForGood(): Promise<void> {
    cancelRemoval?.();
    cancelRemoval = null;
    const ids = removed.value.map(({ id }) => id);
    if (ids.length === 0) return;
    batch(() => {
      const gone = new Set(ids);
      removed.value = [];
      kept.value = kept.value.filter(({ id }) => !gone.has(id));
      lost.value = lost.value.filter(({ id }) => !gone.has(id));
      unsaved.value = new Map([...unsaved.value].filter(([id]) => !gone.has(id)));
      marks.value = new Map([...marks.value].filter(([id]) => !gone.has(id))); // it may come back from a file
    });
    for (const id of ids) unsavedMarks.delete(id);
    if (!(await attempt(() => store.remove(ids)))) return;
    channel?.tell();
    if (unsaved.value.size > 0) await retry(); // there may be room now
  }

  channel?.listen(() => void read());

  const heads = computed(() => {
    const known = new Map(
      [...lost.value, ...kept.value, ...[...unsaved.value.values()].map(({ head }) => head)].map((head) => [head.id, head]),
    );
    return [...known.values()].filter(({ id }) => (marks.value.get(id)?.removedAtMs ?? null) === null).sort(byAge);
  });

  return {
    heads,
    marks,
    trouble,
    unsaved: computed(() => new Set([...unsaved.value.keys(), ...lost.value.map(({ id }) => id)])),
    removed,
    isReading,
    read,
    async body(id) {
      const here = unsaved.value.get(id)?.body;
      if (here !== undefined) return here;
      let body: RunBody | null = null;
      await attempt(async () => {
        body = await store.body(id);
      });
      return body;
    },
    async add(records) {
      for (const record of records) await write(record);
      channel?.tell();
    },
    async complete(record) {
      const { id } = record.head;
      if (!unsaved.value.has(id) && !kept.value.some((head) => head.id === id)) return;
      await write(record);
      channel?.tell();
    },
    mark: (id, change) => setMarks([{ ...marksOf(id), ...change, id }]),
    remove(ids) {
      void removeForGood();
      const going = new Set(ids);
      removed.value = heads.value.filter(({ id }) => going.has(id));
      setMarks(removed.value.map(({ id }) => ({ ...marksOf(id), removedAtMs: now() })));
      cancelRemoval = delay(() => void removeForGood(), undoMs);
    },
    restore() {
      cancelRemoval?.();
      cancelRemoval = null;
      const back = removed.value.map(({ id }) => ({ ...marksOf(id), removedAtMs: null }));
      removed.value = [];
      setMarks(back);
    },
    removeForGood,
    retry,
  };
}

/** Newest first; lanes of one launch in their order. */
function byAge(a: RunHead, b: RunHead): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.laneIndex - b.laneIndex;
}

/** What a browser means by refusing: names are those of the standard's exceptions. */
function troubleOf(thrown: unknown): StoreTrouble {
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'QuotaExceededError') return 'full';
  if (name === 'VersionError') return 'newer';
  return name === 'PlaygroundError' ? 'blocked' : 'refused'; // ours is the one of idb-store.ts
}
