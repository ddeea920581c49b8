// Curves in an SVG file, read back as points: the oracle of what a chart drew is the numbers it was drawn from.

/** A point in pixels. */
export type Point = readonly [x: number, y: number];

/** The points of a path of moves and lines, such as `M1.0 2.0L3.0 4.0`. */
export function pointsOfPath(path: string): readonly Point[] {
  return [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/gu)].map(([, x, y]) => [Number(x), Number(y)]);
}

/** Paths of the curve with this title, in the order they were drawn: band, raw line, smoothed line. Empty where there is no such curve. */
export function pathsOfCurve(svg: string, title: string): readonly string[] {
  const start = svg.indexOf(`<title>${title}</title>`, svg.indexOf('clip-path'));
  const curve = start === -1 ? '' : svg.slice(start, svg.indexOf('</g>', start));
  return [...curve.matchAll(/<path d="([^"]*)"/gu)].map(([, path = '']) => path);
}

/** The furthest that `ys` lie from the straight line through the first and the last point over `xs`. */
export function distanceFromLine(xs: readonly number[], ys: readonly number[]): number {
  const line = lineThrough(xs, ys);
  return Math.max(...xs.map((x, at) => Math.abs(line(x) - (ys[at] ?? NaN))));
}

/** The straight line through the first and the last point. */
export function lineThrough(xs: readonly number[], ys: readonly number[]): (x: number) => number {
  const [x0 = NaN, x1 = NaN, y0 = NaN, y1 = NaN] = [xs[0], xs.at(-1), ys[0], ys.at(-1)];
  return (x) => y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}
