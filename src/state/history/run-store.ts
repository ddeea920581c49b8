// Where runs are kept, as an interface: IndexedDB in a browser (idb-store.ts), memory where there is none. A store says what went wrong by
// throwing; the wall that keeps a run of this session in spite of that is in history.ts.

import type { RunBody, RunHead, RunMarks, RunRecord } from './run-record.ts';

/** Everything a list needs, in no order. */
export interface RunList {
  readonly heads: readonly RunHead[];
  readonly marks: readonly RunMarks[];
  /** True where the browser has deleted or closed the store since the list before: what is missing now was deleted by nobody here. */
  readonly wasInterrupted: boolean;
}

/** Kept runs. Everything rejects where the browser refuses. */
export interface RunStore {
  /** Reads no body. */
  list(): Promise<RunList>;
  /** Null where there is no such run. */
  body(id: string): Promise<RunBody | null>;
  /** Keeps a run wholly or not at all. Of one that is there already, its own launch may complete the record; a file changes nothing. */
  add(record: RunRecord): Promise<void>;
  setMarks(marks: readonly RunMarks[]): Promise<void>;
  /** Removes runs with their marks; the ids of those that are not there mean nothing. */
  remove(ids: readonly string[]): Promise<void>;
}

/** A store that lasts until the page is closed. */
export function createMemoryStore(): RunStore {
  const records = new Map<string, RunRecord>();
  const marks = new Map<string, RunMarks>();
  return {
    list: async () => ({ heads: [...records.values()].map(({ head }) => head), marks: [...marks.values()], wasInterrupted: false }),
    body: async (id) => records.get(id)?.body ?? null,
    async add(record) {
      if (!records.has(record.head.id) || record.head.origin === 'here') records.set(record.head.id, record);
    },
    async setMarks(changed) {
      for (const one of changed) marks.set(one.id, one);
    },
    async remove(ids) {
      for (const id of ids) {
        records.delete(id);
        marks.delete(id);
      }
    },
  };
}
