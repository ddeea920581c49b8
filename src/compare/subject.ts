// What is compared: a lane, or all repeats of one, with the manifest of the run it was part of, so that lanes of different runs can be put
// beside each other like those of one.

import type { LaneResult, Manifest, RunResults } from '../runner/results.ts';

/** A lane, or the repeats of one. */
export interface Subject {
  /** The lane's label, or the short form that its repeats share. */
  readonly name: string;
  readonly manifest: Manifest;
  /** At least one; repeats in the order of their seeds. */
  readonly lanes: readonly LaneResult[];
  /** Their places in the run. */
  readonly indexes: readonly number[];
}

/** What there is to compare in a run, in the order of its lanes; the first is the baseline. */
export function subjectsOf({ manifest, lanes }: Pick<RunResults, 'manifest' | 'lanes'>): readonly Subject[] {
  const subjects = new Map<string, { name: string; lanes: LaneResult[]; indexes: number[] }>();
  for (const [index, lane] of lanes.entries()) {
    const key = lane.repeat === null ? `lane ${index}` : `repeats of ${lane.repeat.group}`;
    const subject = subjects.get(key) ?? { name: lane.repeat?.group ?? lane.label, lanes: [], indexes: [] };
    subject.lanes.push(lane);
    subject.indexes.push(index);
    subjects.set(key, subject);
  }
  return [...subjects.values()].map((subject) => ({ ...subject, manifest }));
}

/** The lane of `baseline` to compare one with: the one with the same seed, else the only one; null for none. */
export function counterpartOf(lane: LaneResult, baseline: Subject): LaneResult | null {
  const withSameSeed = baseline.lanes.find(({ seed }) => seed === lane.seed);
  return withSameSeed ?? (baseline.lanes.length === 1 ? (baseline.lanes[0] ?? null) : null);
}
