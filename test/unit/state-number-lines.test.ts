// What the page keeps of the lanes' numbers, and which step of them it shows.

import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/runner/run-events.ts';
import { createNumberLines, shownLines } from '../../src/state/number-lines.ts';

const counted = (lane: number, step: number): RunEvent => ({ type: 'number-lines', lane, lines: { step, lossScale: null, tensors: [] } });
const overflowed = (lane: number, step: number): RunEvent => ({
  type: 'overflow',
  lane,
  overflow: { step, kind: 'gradient', name: 'kernel', isSkipped: true },
});

describe('the lanes’ numbers', () => {
  it('are kept by lane, and of a step that is taken again the later ones', () => {
    const state = createNumberLines();
    for (const event of [counted(1, 5), counted(0, 5), counted(1, 50), overflowed(1, 51), counted(1, 52), counted(1, 50)])
      state.apply(event);
    const { lanes } = state;
    expect(new Set(lanes.value.keys())).toEqual(new Set([0, 1]));
    expect(lanes.value.get(1)?.lines.map(({ step }) => step)).toEqual([5, 50]);
    expect(lanes.value.get(1)?.overflows.map(({ step }) => step)).toEqual([51]);
    state.clear();
    expect(lanes.value.size).toBe(0);
  });

  it('stay bounded, the newest first', () => {
    const state = createNumberLines();
    for (let step = 1; step <= 200; step++) for (const event of [counted(0, step), overflowed(0, step)]) state.apply(event);
    const numbers = state.lanes.value.get(0);
    expect(numbers?.lines.map(({ step }) => step)).toEqual(Array.from({ length: 32 }, (_, at) => 169 + at));
    expect(numbers?.overflows).toHaveLength(100);
    expect(numbers?.overflows.at(-1)?.step).toBe(200);
  });

  it('are shown at the chosen step, or at the last where a lane has not that one', () => {
    const state = createNumberLines();
    for (const step of [5, 50]) state.apply(counted(0, step));
    const numbers = state.lanes.value.get(0) ?? { lines: [], overflows: [] };
    expect([null, 5, 7].map((step) => shownLines(numbers, step)?.step)).toEqual([50, 5, 50]);
    expect(shownLines({ lines: [], overflows: [] }, null)).toBeNull();
  });
});
