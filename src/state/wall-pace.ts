// How fast a lane advances in wall-clock time, for the time of arrival. Lanes take turns, so a lane's own step time would
// promise an end four times too early; the rate over the last stretch of wall time, with the waits in it, does not.

interface Mark {
  readonly atMs: number;
  readonly step: number;
}

/** Marks kept; with about ten batches a second and turns of ten steps this spans several rounds. */
const keptMarks = 240;
/** A time of arrival from less than this would jump about. */
const shortestSpanMs = 1500;

/** A moving window of (time, finished steps). */
export class WallPace {
  readonly #marks: Mark[] = [];

  /** Notes that `step` steps were finished at `atMs` (any clock that does not go back). */
  mark(atMs: number, step: number): void {
    this.#marks.push({ atMs, step });
    if (this.#marks.length > keptMarks) this.#marks.shift();
  }

  /** Starts over: time has passed in which nothing was meant to happen. */
  forget(): void {
    this.#marks.length = 0;
  }

  /** Steps per second of wall time; null while too little is known. */
  stepsPerSecond(): number | null {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined) return null;
    const spanMs = last.atMs - first.atMs;
    const steps = last.step - first.step;
    return spanMs < shortestSpanMs || steps <= 0 ? null : (steps / spanMs) * 1000;
  }

  /** Milliseconds until `total` steps, counted from the last mark; null while too little is known. */
  remainingMs(total: number): number | null {
    const rate = this.stepsPerSecond();
    const last = this.#marks.at(-1);
    if (rate === null || last === undefined) return null;
    return (Math.max(0, total - last.step) / rate) * 1000;
  }
}
