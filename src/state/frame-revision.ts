// A number that goes up when data changed, at most once per animation frame and never twice within 120 ms. Messages from four lanes
// arrive hundreds of times a second; appending to a column is cheap, rendering is not, so panels read their data only when this
// signal changes. On a machine whose cores are busy training, frames come late, and then redraws are spaced further apart still:
// a redraw for every eight frames' worth of waiting, so that the page takes a small, steady share of the machine.

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

/** How time passes; tests pass their own. */
export interface FrameClock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls back before the next paint. */
  requestFrame(callback: () => void): void;
  /** Calls back after a while. */
  delay(callback: () => void, delayMs: number): void;
}

/** The browser's clock. In a hidden tab frames stop, and so do redraws; data keeps being appended. */
export const browserFrameClock: FrameClock = {
  now: () => performance.now(),
  requestFrame: (callback) => void requestAnimationFrame(callback),
  delay: (callback, delayMs) => void setTimeout(callback, delayMs),
};

/** A revision that is bumped in frames. */
export interface FrameRevision {
  readonly revision: ReadonlySignal<number>;
  /** Says that data changed. Costs nothing while a bump is already awaited. */
  touch(): void;
  /** Bumps now: for the end of a run, which must not wait for a frame. */
  flush(): void;
}

/** The shortest and the longest time between two bumps, in milliseconds. */
export const shortestRedrawMs = 120;
export const longestRedrawMs = 500;
/** Redraws are this many times as far apart as a frame takes to come. */
const framesPerRedraw = 8;

/** Creates a revision that starts at 0. */
export function createFrameRevision(clock: FrameClock): FrameRevision {
  const revision = signal(0);
  let isAwaited = false;
  let lastBump = -Infinity;
  let redrawMs = shortestRedrawMs;

  function bump(): void {
    isAwaited = false;
    lastBump = clock.now();
    revision.value += 1;
  }

  function awaitFrame(): void {
    const requestedAt = clock.now();
    clock.requestFrame(() => {
      redrawMs = Math.min(longestRedrawMs, Math.max(shortestRedrawMs, framesPerRedraw * (clock.now() - requestedAt)));
      if (isAwaited) bump();
    });
  }

  return {
    revision,
    touch() {
      if (isAwaited) return;
      isAwaited = true;
      // A timer, not frame after frame: every frame that is asked for costs a layout and a paint of the page, drawn or not.
      const waitMs = lastBump + redrawMs - clock.now();
      if (waitMs > 0) clock.delay(awaitFrame, waitMs);
      else awaitFrame();
    },
    flush: bump,
  };
}
