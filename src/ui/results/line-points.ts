// The points of a curve, thinned to what can be seen: beyond two per column of the plot only the extremes of each column are kept, so that a
// spike is never lost, and the path stays short however long the series is.

/** Points in data units, in the order they came; a null breaks the curve where a value is missing. */
export function visiblePoints(
  x: readonly number[],
  y: readonly number[],
  columnCount: number,
): readonly (readonly [x: number, y: number] | null)[] {
  const points = x.map((at, index) => {
    const value = y[index] ?? NaN;
    return Number.isFinite(at) && Number.isFinite(value) ? ([at, value] as const) : null;
  });
  if (points.length <= 2 * columnCount) return points;
  const perColumn = Math.ceil(points.length / columnCount);
  return Array.from({ length: Math.ceil(points.length / perColumn) }, (_, column) => {
    return extremes(points.slice(column * perColumn, (column + 1) * perColumn));
  }).flat();
}

type Point = readonly [x: number, y: number] | null;

/** The lowest and the highest of some points, in their order, and a gap where all are missing. */
function extremes(points: readonly Point[]): readonly Point[] {
  let lowest = -1;
  let highest = -1;
  for (const [index, point] of points.entries()) {
    if (point === null) continue;
    if (lowest === -1 || point[1] < (points[lowest]?.[1] ?? Infinity)) lowest = index;
    if (highest === -1 || point[1] > (points[highest]?.[1] ?? -Infinity)) highest = index;
  }
  if (lowest === -1) return [null];
  const kept = lowest === highest ? [lowest] : [Math.min(lowest, highest), Math.max(lowest, highest)];
  return kept.map((index) => points[index] ?? null);
}

/** An SVG path through points that are already in its units. */
export function pathThrough(points: readonly Point[]): string {
  let isDown = false;
  return points
    .map((point) => {
      const command = point === null ? '' : `${isDown ? 'L' : 'M'}${point[0]} ${point[1]}`;
      isDown = point !== null;
      return command;
    })
    .join('');
}
