// When the page draws on a machine with few cores. Training keeps every core busy there, and a redraw that needs 10 ms of one takes 50 to
// 100 ms of the clock, during which the page answers to nothing; it also slows down the very steps that are being timed. Before a lane
// starts and between two slices the workers rest: the runner opens a window there and goes on once everything has been painted. While windows keep opening,
// redraws wait for the next one, but not for ever: steps may be slow.

import type { FrameClock } from './frame-revision.ts';

/** A clock whose frames come in windows, for as long as windows keep opening. */
export interface DrawWindows extends FrameClock {
  /** Draws what waits; resolves when it is on screen, at once where nobody looks. */
  open(): Promise<void>;
}

/** A redraw waits for a window at most this long, in milliseconds. */
export const longestWaitMs = 1000;

/** `isVisible`: frames stop coming in a hidden tab. `painted` resolves when the charts, too, have been drawn. */
export function createDrawWindows(clock: FrameClock, isVisible: () => boolean, painted: () => Promise<void>): DrawWindows {
  const waiting = new Set<() => void>();
  let lastOpenedAt = Number.NEGATIVE_INFINITY;
  const nextFrame = () => new Promise<void>((resolve) => clock.requestFrame(resolve));
  const draw = (): void => {
    for (const callback of waiting) {
      waiting.delete(callback);
      callback();
    }
  };
  return {
    now: () => clock.now(),
    delay: (callback, delayMs) => clock.delay(callback, delayMs),
    requestFrame(callback) {
      if (clock.now() - lastOpenedAt > longestWaitMs) {
        clock.requestFrame(callback);
        return;
      }
      waiting.add(callback);
      clock.delay(() => {
        if (waiting.delete(callback)) clock.requestFrame(callback);
      }, longestWaitMs);
    },
    async open() {
      lastOpenedAt = clock.now();
      if (!isVisible()) return;
      await nextFrame();
      draw();
      await painted();
      await nextFrame(); // the frame before has been committed
      lastOpenedAt = clock.now();
    },
  };
}
