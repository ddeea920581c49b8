// What a run is started with, as one value: to see whether the page has changed since.

import type { Schedule } from '../runner/schedule.ts';

/** What a run was started with. */
export interface RunInput {
  readonly programId: string;
  readonly source: string;
  /** Null: the program's own. */
  readonly seed: number | null;
  /** Null: the program's own; else a list in short form. */
  readonly lanes: string | null;
  /** Null: what fits the machine. */
  readonly schedule: Schedule | null;
}

/** Whether two runs would be the same run. */
export function isSameInput(a: RunInput, b: RunInput): boolean {
  return a.programId === b.programId && a.source === b.source && a.seed === b.seed && a.lanes === b.lanes && a.schedule === b.schedule;
}
