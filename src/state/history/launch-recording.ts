// What one launch leaves behind, lane by lane. A lane is kept the moment it has ended, because the tab may close while later lanes train; what is
// known of it only later (its distance to a baseline that ends after it) completes its record. When the launch is over, nothing writes it again.

import type { LaneResult, Manifest, RunResults } from '../../runner/results.ts';
import type { HistoryState } from './history.ts';
import { makeRecord } from './make-records.ts';
import type { RecordedProgram } from './make-records.ts';
import type { RunHead } from './run-record.ts';

/** Keeps the lanes of a launch. Both reject only where records cannot be made at all. */
export interface LaneKeeper {
  /** Keeps a lane that has ended, or completes it. */
  keep(laneIndex: number, lane: LaneResult, manifest: Manifest): Promise<void>;
  /** Keeps the lanes that were cut off, and completes the others. */
  finish(results: RunResults): Promise<void>;
}

/** What it gets from its recorder. */
export interface KeeperSources {
  readonly history: HistoryState;
  readonly newId: () => string;
  /** The launch whose code this one was edited from, asked when the first lane is kept; the run that its lanes follow from leads. */
  readonly parents: () => readonly RunHead[];
  /** Told of every run that leads the launch: its first lane, as far as lanes have been kept. */
  readonly onLead: (head: RunHead) => void;
}

/** A kept lane and the text of its result, which tells whether there is anything to complete. */
interface KeptLane {
  readonly head: RunHead;
  readonly resultText: string;
}

/** Of a launch of which nothing is kept yet. */
export function createLaneKeeper(program: RecordedProgram, sources: KeeperSources): LaneKeeper {
  const { history, newId, onLead } = sources;
  const kept = new Map<number, KeptLane>();
  const launchId = newId();
  let createdAt: string | null = null;
  let parents: readonly RunHead[] = [];

  async function begin(): Promise<string> {
    await history.read();
    parents = sources.parents();
    return new Date().toISOString();
  }

  async function keep(laneIndex: number, lane: LaneResult, manifest: Manifest): Promise<void> {
    const { series: _series, evals: _evals, ...result } = lane;
    const resultText = JSON.stringify(result);
    const before = kept.get(laneIndex);
    if (before?.resultText === resultText) return;
    createdAt ??= await begin();
    const launch = { ...program, launchId, createdAt, manifest, parents, bodyOf: history.body };
    const record = await makeRecord(launch, before?.head.id ?? newId(), laneIndex, lane);
    if (record === null) return;
    kept.set(laneIndex, { head: record.head, resultText });
    if (before === undefined) await history.add([record]);
    else await history.complete(record);
    if (laneIndex === Math.min(...kept.keys())) onLead(record.head);
  }

  return {
    keep,
    async finish({ lanes, manifest }) {
      for (const [laneIndex, lane] of lanes.entries()) await keep(laneIndex, lane, manifest);
    },
  };
}
