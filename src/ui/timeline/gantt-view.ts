// Which stretch of time the Gantt shows, and how it is zoomed and moved. Pure: milliseconds in, milliseconds out.

/** From `fromMs` to `toMs`, `fromMs < toMs`. */
export interface GanttView {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Nothing happens in less: browsers round their clocks to 0.1 ms or more. */
export const shortestViewMs = 0.2;

/** The view `factor` times as long, with `atMs` where it is on the screen; within what there is to see. */
export function zoomAt(view: GanttView, factor: number, atMs: number, all: GanttView): GanttView {
  const lengthMs = Math.min(Math.max((view.toMs - view.fromMs) * factor, shortestViewMs), Math.max(shortestViewMs, all.toMs - all.fromMs));
  const share = (atMs - view.fromMs) / (view.toMs - view.fromMs);
  const fromMs = atMs - share * lengthMs;
  return within({ fromMs, toMs: fromMs + lengthMs }, all);
}

/** The view moved by so many milliseconds; at least half of it stays on what there is to see. */
export function panBy(view: GanttView, byMs: number, all: GanttView): GanttView {
  return within({ fromMs: view.fromMs + byMs, toMs: view.toMs + byMs }, all);
}

/** Round times between `fromMs` and `toMs`, at most `most` of them: multiples of 1, 2 or 5 times a power of ten. */
export function timeTicks({ fromMs, toMs }: GanttView, most: number): readonly number[] {
  const rough = (toMs - fromMs) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(fromMs / step);
  const count = Math.max(0, Math.floor(toMs / step) - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * step);
}

function within(view: GanttView, all: GanttView): GanttView {
  const lengthMs = view.toMs - view.fromMs;
  const lowest = all.fromMs - lengthMs / 2;
  const highest = all.toMs - lengthMs / 2;
  const fromMs = Math.min(Math.max(view.fromMs, lowest), Math.max(lowest, highest));
  return { fromMs, toMs: fromMs + lengthMs };
}
