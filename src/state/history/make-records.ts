// From what a lane left behind to the record that is kept of it. It is named by what differs from the run its code was edited from: the same
// lane of the launch before, or else that launch's first lane.

import { nameByDifference } from '../../compare/run-difference.ts';
import type { ComparedRun } from '../../compare/run-config.ts';
import type { LaneResult, Manifest } from '../../runner/results.ts';
import { packedBytes, packRows, unpackRows } from './packed-series.ts';
import type { EndState, RunBody, RunHead, RunRecord } from './run-record.ts';

/** The program of a launch. */
export interface RecordedProgram {
  readonly programId: string;
  readonly fileName: string;
  readonly source: string;
}

/** What the lanes of a launch share. */
export interface RecordedLaunch extends RecordedProgram {
  readonly launchId: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly manifest: Manifest;
  /** The launch whose code this was edited from; its lanes in their order. */
  readonly parents: readonly RunHead[];
  /** Null where that run is gone. */
  readonly bodyOf: (id: string) => Promise<RunBody | null>;
}

/** The record of a lane; null where it has not ended, or took no step. */
export async function makeRecord(launch: RecordedLaunch, id: string, laneIndex: number, lane: LaneResult): Promise<RunRecord | null> {
  const state = endStateOf(lane);
  if (state === null || lane.steps === 0) return null;
  const { launchId, createdAt, programId, fileName, manifest, parents, bodyOf } = launch;
  const parent = parentOf(lane, parents);
  const parentBody = parent === null ? null : await bodyOf(parent.id);
  const body = bodyFrom(id, launch, lane);
  const head: RunHead = {
    schemaVersion: 1,
    id,
    createdAt,
    launchId,
    laneIndex,
    programId,
    fileName,
    title: manifest.title,
    parentId: parent?.id ?? null,
    name: parentBody === null ? '' : nameByDifference(asCompared(parentBody), asCompared(body)),
    label: lane.label,
    shortForm: lane.shortForm,
    state,
    steps: lane.steps,
    final: lane.final,
    bodyBytes: bytesOf(body),
    origin: 'here',
  };
  return { head, body };
}

/** A kept run as `compare` reads it. */
export function asCompared({ source, manifest, result }: RunBody): ComparedRun {
  return { source, manifest, lane: result };
}

/** The lane's result as `results.json` has it, rows and all. */
export function resultOf({ result, series, evals }: RunBody): LaneResult {
  // Every step has these three; what is missing in the rows of an old page is null.
  const rows = unpackRows(series).map((row) => ({ ...row, loss: row['loss'] ?? null, stepMs: row['stepMs'] ?? 0 }));
  return { ...result, notFinite: result.notFinite ?? null, series: rows, evals: unpackRows(evals) };
}

/** Bytes of a body, about: its numbers, and two for each character of the rest. */
export function bytesOf({ source, manifest, result, series, evals }: RunBody): number {
  return packedBytes(series) + packedBytes(evals) + 2 * (source.length + JSON.stringify(manifest).length + JSON.stringify(result).length);
}

function bodyFrom(id: string, { source, manifest }: RecordedLaunch, lane: LaneResult): RunBody {
  const { series, evals, ...result } = lane;
  return { id, source, manifest, result, series: packRows(series), evals: packRows(evals) };
}

function endStateOf({ state }: LaneResult): EndState | null {
  return state === 'done' || state === 'failed' || state === 'stopped' ? state : null;
}

function parentOf({ shortForm }: LaneResult, parents: readonly RunHead[]): RunHead | null {
  return parents.find((head) => head.shortForm === shortForm) ?? parents[0] ?? null;
}
