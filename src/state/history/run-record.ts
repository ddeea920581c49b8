// What is kept of a run, in three parts. The head is small, so that a list of hundreds is read at once; the body holds the program's text
// and every step, and is read where somebody asks for that run; marks are what a person may change. Head and body never change.

import type { LaneResult, Manifest } from '../../runner/results.ts';
import type { PackedTable } from './packed-series.ts';

/** The lane ended like this: nothing else is kept. */
export type EndState = 'done' | 'failed' | 'stopped';

/** What a list shows of a run. */
export interface RunHead {
  readonly schemaVersion: 1;
  /** A random UUID. */
  readonly id: string;
  /** When it was kept, ISO 8601. */
  readonly createdAt: string;
  /** Lanes that one press of Run started share it. */
  readonly launchId: string;
  /** Place among the lanes of its launch, from 0. */
  readonly laneIndex: number;
  /** What the page calls the program; `external:` before a file name where it came from outside. */
  readonly programId: string;
  readonly fileName: string;
  readonly title: string;
  /** The run whose code it was edited from; null for a first one. */
  readonly parentId: string | null;
  /** What differs from its parent, such as `lr 1e-3 → 1e-4`; empty where nothing does, or there is none. */
  readonly name: string;
  /** The lane's label. */
  readonly label: string;
  /** The lane with its options, such as `4xfp32+ring`. */
  readonly shortForm: string;
  readonly state: EndState;
  /** Finished steps. */
  readonly steps: number;
  /** The last loss and the last evaluation. */
  readonly final: Readonly<Record<string, number | null>>;
  /** Bytes of the body, about. */
  readonly bodyBytes: number;
  /** `imported`: from a file, so nothing about it was measured by this page. */
  readonly origin: 'here' | 'imported';
}

/** The rest of it. */
export interface RunBody {
  readonly id: string;
  /** The program's TypeScript text. */
  readonly source: string;
  readonly manifest: Manifest;
  /** What `results.json` says of the lane, without its rows. Runs that were kept before there was `notFinite` lack it. */
  readonly result: Omit<LaneResult, 'series' | 'evals' | 'notFinite'> & Partial<Pick<LaneResult, 'notFinite'>>;
  readonly series: PackedTable;
  readonly evals: PackedTable;
}

/** A whole run. */
export interface RunRecord {
  readonly head: RunHead;
  readonly body: RunBody;
}

/** What a person says about a run. */
export interface RunMarks {
  readonly id: string;
  readonly isStarred: boolean;
  readonly tags: readonly string[];
  readonly note: string;
  /** When somebody deleted it, milliseconds since 1970; null: nobody did. It is taken out of the store once that can no longer be undone. */
  readonly removedAtMs: number | null;
}

/** Marks of a run that nobody has marked. */
export function noMarks(id: string): RunMarks {
  return { id, isStarred: false, tags: [], note: '', removedAtMs: null };
}
