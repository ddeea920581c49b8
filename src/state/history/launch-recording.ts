// What one launch leaves behind, lane by lane. A lane is kept the moment it has ended, because the tab may close while later lanes train; what is
// known of it only later (its distance to a baseline that ends after it) completes its record. When the launch is over, nothing writes it again.

import type { LaneResult, Manifest, RunResults } from '../../runner/results.ts';
import type { RunEvent } from '../../runner/run-events.ts';
import type { HistoryState } from './history.ts';
import type { RecordedProgram } from './make-records.ts';
import type { RunHead } from './run-record.ts';

/** Follows a launch. */
export interface LaunchRecording {
  /** Hears of everything that happens in it. */
  apply(event: RunEvent): void;
  /** Keeps the lanes that were cut off, and completes the others; resolves when they are kept, and never rejects. */
  finish(results: RunResults): Promise<void>;
}

/** What a recording gets from its recorder. */
export interface RecordingSources {
  readonly history: HistoryState;
  readonly newId: () => string;
  /** The launch whose code this one was edited from, asked when the first lane is kept; the run that its lanes follow from leads. */
  readonly parents: () => readonly RunHead[];
  /** Told of every run that leads the launch: its first lane, as far as lanes have been kept. */
  readonly onLead: (head: RunHead) => void;
  /** Runs after everything that was to be kept before, also by other launches; never rejects. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
}

/** A kept lane and the text of its result, which tells whether there is anything to complete. */
interface KeptLane {
  readonly head: RunHead;
  readonly resultText: string;
}

/** A recording of a launch that has not begun. */
export function createLaunchRecording(program: RecordedProgram, sources: RecordingSources): LaunchRecording {
  const { history, newId, inTurn, onLead } = sources;
  const kept = new Map<number, KeptLane>();
  const launchId = newId();
  let manifest: Manifest | null = null;
  let createdAt: string | null = null;
  let parents: readonly RunHead[] = [];

  async function begin(): Promise<string> {
    await history.read();
    parents = sources.parents();
    return new Date().toISOString();
  }

  async function keep(laneIndex: number, lane: LaneResult, ofRun: Manifest): Promise<void> {
    const { series: _series, evals: _evals, ...result } = lane;
    const resultText = JSON.stringify(result);
    const before = kept.get(laneIndex);
    if (before?.resultText === resultText) return;
    const { makeRecord } = await import('./make-records.ts');
    createdAt ??= await begin();
    const launch = { ...program, launchId, createdAt, manifest: ofRun, parents, bodyOf: history.body };
    const record = await makeRecord(launch, before?.head.id ?? newId(), laneIndex, lane);
    if (record === null) return;
    kept.set(laneIndex, { head: record.head, resultText });
    if (before === undefined) await history.add([record]);
    else await history.complete(record);
    if (laneIndex === Math.min(...kept.keys())) onLead(record.head);
  }

  return {
    apply(event) {
      if (event.type === 'manifest') ({ manifest } = event);
      if (event.type !== 'lane-result' || manifest === null) return;
      const ofRun = manifest;
      void inTurn(() => keep(event.lane, event.result, ofRun));
    },
    finish: ({ lanes, manifest: ofRun }) =>
      inTurn(async () => {
        for (const [laneIndex, lane] of lanes.entries()) await keep(laneIndex, lane, ofRun);
      }),
  };
}
