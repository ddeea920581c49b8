// Keeps every run as it ends, one after the other, so that each knows the one before it. What makes records of a run is loaded with the
// first that ends, or ahead of it: the page does not need it before.

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { PageStorage } from '../storage.ts';
import type { HistoryState } from './history.ts';
import type { EndedRun } from './make-records.ts';
import type { RunHead } from './run-record.ts';

/** Keeps runs. */
export interface RunRecorder {
  /** Loads what makes records, so that the end of a run waits for no network; where that fails, the end of a run tries again. */
  prepare(): void;
  /** Keeps the lanes of a run; resolves when they are, and never rejects. */
  record(run: EndedRun): Promise<void>;
  /** The editor holds a run's code now: the next run of that program was edited from it. */
  continueFrom(programId: string, runId: string): void;
  /** The first lane of the run that was kept last; null before one was. */
  readonly latest: ReadonlySignal<RunHead | null>;
}

const lineageKey = (programId: string): string => `history.from.${programId}`;

/** A recorder that writes into `history`; `storage` remembers what a program was edited from last. */
export function createRecorder(history: HistoryState, storage: PageStorage): RunRecorder {
  const latest = signal<RunHead | null>(null);
  let last: Promise<void> = Promise.resolve();

  async function keep(run: EndedRun): Promise<void> {
    if (run.results.lanes.every(({ steps }) => steps === 0)) return;
    const [{ makeRecords }] = await Promise.all([import('./make-records.ts'), history.read()]);
    const records = await makeRecords(run, {
      newId: randomId,
      now: () => new Date(),
      parents: parentsOf(run.programId),
      bodyOf: history.body,
    });
    const [first] = records;
    if (first === undefined) return;
    storage.write(lineageKey(run.programId), first.head.id);
    await history.add(records);
    latest.value = first.head;
  }

  /** The lanes of the launch that the program was edited from; where that is not known or gone, of its newest. The named run leads. */
  function parentsOf(programId: string): readonly RunHead[] {
    const heads = history.heads.value;
    const from = storage.read(lineageKey(programId));
    const parent = heads.find(({ id }) => id === from) ?? heads.find((head) => head.programId === programId);
    if (parent === undefined) return [];
    const lanes = heads.filter((head) => head.launchId === parent.launchId);
    return [parent, ...lanes.filter((head) => head !== parent)];
  }

  return {
    prepare: () => void import('./make-records.ts').catch(() => undefined),
    record(run) {
      last = last.then(() => keep(run)).catch((reason: unknown) => console.warn('recorder: a run could not be kept.', reason));
      return last;
    },
    continueFrom: (programId, runId) => void storage.write(lineageKey(programId), runId),
    latest,
  };
}

/** A random UUID, also where the page is no secure context and the browser offers none. */
function randomId(): string {
  const { crypto } = globalThis;
  if ('randomUUID' in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16)); // the type thinks that randomUUID is always there
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/u, '$1-$2-$3-$4-');
}
