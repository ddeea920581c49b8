// From what a run left behind to the records that are kept: one per lane that took a step. Each is named by what differs from the run
// its code was edited from: the same lane of the launch before, or else that launch's first lane.

import { nameByDifference } from '../../compare/run-difference.ts';
import type { ComparedRun } from '../../compare/run-config.ts';
import type { LaneResult, RunResults } from '../../runner/results.ts';
import { packedBytes, packRows, unpackRows } from './packed-series.ts';
import type { EndState, RunBody, RunHead, RunRecord } from './run-record.ts';

/** A run that has just ended. */
export interface EndedRun {
  readonly programId: string;
  readonly fileName: string;
  readonly source: string;
  readonly results: RunResults;
}

/** Where records get what is no part of a run. */
export interface RecordSources {
  readonly newId: () => string;
  readonly now: () => Date;
  /** The launch whose code this was edited from; its lanes in their order. */
  readonly parents: readonly RunHead[];
  /** Null where that run is gone. */
  readonly bodyOf: (id: string) => Promise<RunBody | null>;
}

/** Every lane of a run that ended with at least one step. */
export async function makeRecords(run: EndedRun, { newId, now, parents, bodyOf }: RecordSources): Promise<readonly RunRecord[]> {
  const createdAt = now().toISOString();
  const launchId = newId();
  const records: RunRecord[] = [];
  for (const [laneIndex, lane] of run.results.lanes.entries()) {
    const state = endStateOf(lane);
    if (state === null || lane.steps === 0) continue;
    const parent = parentOf(lane, parents);
    const parentBody = parent === null ? null : await bodyOf(parent.id);
    const body = bodyFrom(newId(), run, lane);
    records.push({
      head: {
        schemaVersion: 1,
        id: body.id,
        createdAt,
        launchId,
        laneIndex,
        programId: run.programId,
        fileName: run.fileName,
        title: run.results.manifest.title,
        parentId: parent?.id ?? null,
        name: parentBody === null ? '' : nameByDifference(asCompared(parentBody), asCompared(body)),
        label: lane.label,
        shortForm: lane.shortForm,
        state,
        steps: lane.steps,
        final: lane.final,
        bodyBytes: bytesOf(body),
        origin: 'here',
      },
      body,
    });
  }
  return records;
}

/** A kept run as `compare` reads it. */
export function asCompared({ source, manifest, result }: RunBody): ComparedRun {
  return { source, manifest, lane: result };
}

/** The lane's result as `results.json` has it, rows and all. */
export function resultOf({ result, series, evals }: RunBody): LaneResult {
  // Every step has these three; what is missing in the rows of an old page is null.
  const rows = unpackRows(series).map((row) => ({ ...row, loss: row['loss'] ?? null, stepMs: row['stepMs'] ?? 0 }));
  return { ...result, series: rows, evals: unpackRows(evals) };
}

/** Bytes of a body, about: its numbers, and two for each character of the rest. */
export function bytesOf({ source, manifest, result, series, evals }: RunBody): number {
  return packedBytes(series) + packedBytes(evals) + 2 * (source.length + JSON.stringify(manifest).length + JSON.stringify(result).length);
}

function bodyFrom(id: string, { source, results }: EndedRun, lane: LaneResult): RunBody {
  const { series, evals, ...result } = lane;
  return { id, source, manifest: results.manifest, result, series: packRows(series), evals: packRows(evals) };
}

function endStateOf({ state }: LaneResult): EndState | null {
  return state === 'done' || state === 'failed' || state === 'stopped' ? state : null;
}

function parentOf({ shortForm }: LaneResult, parents: readonly RunHead[]): RunHead | null {
  return parents.find((head) => head.shortForm === shortForm) ?? parents[0] ?? null;
}
