// Stretches of a line: merged, measured, compared. The line is time here, and what is asked is how much of one kind of work happened while
// another was under way.

/** From `start` to `end`, `start <= end`. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** The same points as disjoint intervals in ascending order. */
export function mergeIntervals(intervals: readonly Interval[]): readonly Interval[] {
  const merged: Interval[] = [];
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    else merged.push({ start, end });
  }
  return merged;
}

/** The length of all points, each counted once. */
export function coveredLength(intervals: readonly Interval[]): number {
  return mergeIntervals(intervals).reduce((sum, { start, end }) => sum + end - start, 0);
}

/** The length of the points that lie in an interval of either list. */
export function sharedLength(a: readonly Interval[], b: readonly Interval[]): number {
  return coveredLength(a) + coveredLength(b) - coveredLength([...a, ...b]);
}
