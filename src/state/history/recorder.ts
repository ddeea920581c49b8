// Keeps runs as their lanes end, one after the other, so that each knows the one before it. What makes records of a run (launch-recording.ts) is
// loaded with the first lane that ends, or ahead of it: the page does not need it before.

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { Manifest, RunResults } from '../../runner/results.ts';
import type { RunEvent } from '../../runner/run-events.ts';
import type { PageStorage } from '../storage.ts';
import type { HistoryState } from './history.ts';
import type { LaneKeeper } from './launch-recording.ts';
import type { RecordedProgram } from './make-records.ts';
import type { RunHead } from './run-record.ts';

/** Follows a launch. */
export interface LaunchRecording {
  /** Hears of everything that happens in it. */
  apply(event: RunEvent): void;
  /** Keeps the lanes that were cut off, and completes the others; resolves when they are kept, and never rejects. */
  finish(results: RunResults): Promise<void>;
}

/** Keeps runs. */
export interface RunRecorder {
  /** Loads what makes records, so that the end of a lane waits for no network; where that fails, the end of a lane tries again. */
  prepare(): void;
  /** Follows a launch of a program that is about to start. */
  follow(program: RecordedProgram): LaunchRecording;
  /** The editor holds a run's code now: the next run of that program was edited from it. */
  continueFrom(programId: string, runId: string): void;
  /** The first lane of the launch that was kept last; null before one was. */
  readonly latest: ReadonlySignal<RunHead | null>;
}

const lineageKey = (programId: string): string => `history.from.${programId}`;

/** A recorder that writes into `history`; `storage` remembers what a program was edited from last. */
export function createRecorder(history: HistoryState, storage: PageStorage): RunRecorder {
  const latest = signal<RunHead | null>(null);
  let last: Promise<void> = Promise.resolve();

  function inTurn(work: () => Promise<void>): Promise<void> {
    last = last.then(work).catch((reason: unknown) => console.warn('recorder: a run could not be kept.', reason));
    return last;
  }

  /** The next run of the program follows from this one, unless somebody has brought another run's code back meanwhile. */
  function lead(head: RunHead): void {
    const from = storage.read(lineageKey(head.programId));
    const isOwn = latest.value?.launchId === head.launchId;
    if (!isOwn || from === latest.value?.id) storage.write(lineageKey(head.programId), head.id);
    latest.value = head;
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
    prepare: () => void import('./launch-recording.ts').catch(() => undefined),
    follow(program) {
      const sources = { history, newId: randomId, parents: () => parentsOf(program.programId), onLead: lead };
      let keeper: LaneKeeper | null = null;
      let manifest: Manifest | null = null;
      const keepWith = (work: (keeper: LaneKeeper) => Promise<void>): Promise<void> =>
        inTurn(async () => {
          keeper ??= (await import('./launch-recording.ts')).createLaneKeeper(program, sources);
          await work(keeper);
        });
      return {
        apply(event) {
          if (event.type === 'manifest') ({ manifest } = event);
          if (event.type !== 'lane-result' || manifest === null) return;
          const ofRun = manifest;
          void keepWith(({ keep }) => keep(event.lane, event.result, ofRun));
        },
        finish: (results) => keepWith(({ finish }) => finish(results)),
      };
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
