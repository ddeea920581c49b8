// The console's lines. Repeats are folded as they come: the same text again from the same rank counts up, and the same text from
// another rank of the lane joins the line that is already there, since replicas in lockstep all say the same things.

import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { ConsoleLevel, ConsoleLine } from '../train/telemetry.ts';
import { createFrameRevision } from './frame-revision.ts';
import type { FrameClock, FrameRevision } from './frame-revision.ts';

/** One line on screen. */
export interface ConsoleEntry {
  readonly id: number;
  readonly level: ConsoleLevel;
  /** Index of the lane, or null for what belongs to the whole run. */
  readonly lane: number | null;
  readonly text: string;
  /** Ranks that said it, ascending. */
  readonly ranks: readonly number[];
  /** The most times any one of its ranks said it in a row. */
  readonly repeatCount: number;
}

/** Console lines and views of a flood. */
export interface Lost {
  readonly lineCount: number;
  readonly viewCount: number;
}

const nothingLost: Lost = { lineCount: 0, viewCount: 0 };

/** The console of the current run. */
export interface ConsoleState {
  readonly revision: FrameRevision['revision'];
  /** Levels that are hidden. */
  readonly hiddenLevels: Signal<ReadonlySet<ConsoleLevel>>;
  entries(): readonly ConsoleEntry[];
  /** Older lines that are no longer kept. */
  droppedCount(): number;
  /** What never came, because the program said or showed more than can be told. */
  lost(): Lost;
  append(lane: number | null, line: ConsoleLine): void;
  /** So much more was lost. */
  lose(more: Lost): void;
  clear(): void;
}

/** The oldest lines go first beyond this many. */
export const mostConsoleEntries = 2000;
/** How far back another rank's same line is looked for: replicas drift apart by a few lines at most. */
const lookBack = 12;

/** An empty console. */
export function createConsole(clock: FrameClock): ConsoleState {
  const frames = createFrameRevision(clock);
  let entries: ConsoleEntry[] = [];
  let dropped = 0;
  let lost = nothingLost;
  let nextId = 1;

  function foldInto(lane: number | null, line: ConsoleLine): boolean {
    for (let back = 1; back <= Math.min(lookBack, entries.length); back += 1) {
      const at = entries.length - back;
      const entry = entries[at];
      if (entry === undefined || entry.lane !== lane || entry.level !== line.level || entry.text !== line.text) continue;
      const isKnownRank = entry.ranks.includes(line.rank);
      // A rank that repeats itself counts only in a row: anything it said in between must stay in between.
      if (isKnownRank && back > 1) return false;
      entries[at] = isKnownRank
        ? { ...entry, repeatCount: entry.repeatCount + (line.rank === entry.ranks[0] ? 1 : 0) }
        : { ...entry, ranks: [...entry.ranks, line.rank].sort((a, b) => a - b) };
      return true;
    }
    return false;
  }

  return {
    revision: frames.revision,
    hiddenLevels: signal<ReadonlySet<ConsoleLevel>>(new Set()),
    entries: () => entries,
    droppedCount: () => dropped,
    lost: () => lost,
    append(lane, line) {
      if (!foldInto(lane, line)) {
        entries.push({ id: nextId, level: line.level, lane, text: line.text, ranks: [line.rank], repeatCount: 1 });
        nextId += 1;
      }
      if (entries.length > mostConsoleEntries + 200) {
        dropped += entries.length - mostConsoleEntries;
        entries = entries.slice(-mostConsoleEntries);
      }
      frames.touch();
    },
    lose({ lineCount, viewCount }) {
      lost = { lineCount: lost.lineCount + lineCount, viewCount: lost.viewCount + viewCount };
      frames.touch();
    },
    clear() {
      entries = [];
      dropped = 0;
      lost = nothingLost;
      frames.flush();
    },
  };
}
