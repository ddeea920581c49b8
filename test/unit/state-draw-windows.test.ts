// When a machine with few cores draws: between slices while they come, otherwise in the next frame.

import { describe, expect, it } from 'vitest';
import { createDrawWindows, longestWaitMs } from '../../src/state/draw-windows.ts';

/** A clock that stands still until it is told otherwise; frames come when they are let. */
function createClock() {
  let nowMs = 0;
  let frames: (() => void)[] = [];
  let delays: { at: number; callback: () => void }[] = [];
  return {
    now: () => nowMs,
    requestFrame: (callback: () => void) => void frames.push(callback),
    delay: (callback: () => void, delayMs: number) => void delays.push({ at: nowMs + delayMs, callback }),
    advance(ms: number) {
      nowMs += ms;
      const due = delays.filter(({ at }) => at <= nowMs);
      delays = delays.filter(({ at }) => at > nowMs);
      for (const { callback } of due) callback();
    },
    /** Lets two frames come. */
    async through(opened: Promise<void>) {
      await this.frame();
      await this.frame();
      await opened;
    },
    async frame() {
      const now = frames;
      frames = [];
      for (const callback of now) callback();
      await new Promise((resolve) => setImmediate(resolve));
      return now.length;
    },
  };
}

const create = ({ isVisible = true } = {}) => {
  const clock = createClock();
  const drawn: string[] = [];
  const windows = createDrawWindows(
    clock,
    () => isVisible,
    () => {
      drawn.push('painted');
      return Promise.resolve();
    },
  );
  return { clock, drawn, windows, redraw: (name: string) => windows.requestFrame(() => void drawn.push(name)) };
};

describe('draw windows', () => {
  it('give the next frame while nothing trains', async () => {
    const { clock, drawn, redraw } = create();
    clock.advance(longestWaitMs + 1);
    redraw('a');
    expect(await clock.frame()).toBe(1);
    expect(drawn).toEqual(['a']);
  });

  it('hold redraws back until the next window, which is over when all is painted and on screen', async () => {
    const { clock, drawn, windows, redraw } = create();
    await clock.through(windows.open());
    drawn.length = 0;
    redraw('a');
    redraw('b');
    expect(await clock.frame()).toBe(0);
    let isOver = false;
    const opened = windows.open().then(() => (isOver = true));
    await clock.frame();
    expect(drawn).toEqual(['a', 'b', 'painted']);
    expect(isOver).toBe(false);
    await clock.frame();
    await opened;
  });

  it('cost nothing where nobody looks', async () => {
    const { clock, windows, redraw } = create({ isVisible: false });
    redraw('a');
    await windows.open();
    await windows.open();
    expect(await clock.frame()).toBe(1); // the browser's own, whenever it comes
  });

  it('do not keep a redraw waiting for ever when a slice is long', async () => {
    const { clock, drawn, windows, redraw } = create();
    await clock.through(windows.open());
    redraw('a');
    clock.advance(longestWaitMs);
    await clock.frame();
    await clock.through(windows.open());
    expect(drawn).toEqual(['painted', 'a', 'painted']);
  });
});
