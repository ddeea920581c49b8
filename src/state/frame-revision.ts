// A number that goes up when data changed, at most once per animation frame and not more often than every 80 ms. Messages from
// four lanes arrive hundreds of times a second; appending to a column is cheap, rendering is not, so panels read their data
// only when this signal changes. 80 ms is about twelve redraws a second: a curve that moves, for a twelfth of the work.

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

/** How time passes; tests pass their own. */
export interface FrameClock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls back before the next paint. */
  requestFrame(callback: () => void): void;
}

/** The browser's clock. In a hidden tab frames stop, and so do redraws; data keeps being appended. */
export const browserFrameClock: FrameClock = {
  now: () => performance.now(),
  requestFrame: (callback) => void requestAnimationFrame(callback),
};

/** A revision that is bumped in frames. */
export interface FrameRevision {
  readonly revision: ReadonlySignal<number>;
  /** Says that data changed. Costs nothing while a frame is already awaited. */
  touch(): void;
  /** Bumps now: for the end of a run, which must not wait for a frame. */
  flush(): void;
}

/** The shortest time between two bumps, in milliseconds. */
export const shortestRedrawMs = 80;

/** Creates a revision that starts at 0. */
export function createFrameRevision(clock: FrameClock): FrameRevision {
  const revision = signal(0);
  let isAwaited = false;
  let lastBump = -Infinity;

  function bump(): void {
    isAwaited = false;
    lastBump = clock.now();
    revision.value += 1;
  }

  function onFrame(): void {
    if (!isAwaited) return;
    if (clock.now() - lastBump < shortestRedrawMs) clock.requestFrame(onFrame);
    else bump();
  }

  return {
    revision,
    touch() {
      if (isAwaited) return;
      isAwaited = true;
      clock.requestFrame(onFrame);
    },
    flush: bump,
  };
}
