// What was counted of the lanes' numbers, and what overflowed. Steps that are counted are few, so that all of a run fit; the bounds are for a program
// that lies.

import { signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { RunEvent } from '../runner/run-events.ts';
import type { NumberLines, Overflow } from '../train/number-lines.ts';

const mostKeptSteps = 32;
const mostKeptOverflows = 100;

/** One lane's. */
export interface LaneNumbers {
  /** Ascending steps. */
  readonly lines: readonly NumberLines[];
  /** As they were found; the last of them. */
  readonly overflows: readonly Overflow[];
}

/** What the precision panel shows. */
export interface NumberLinesState {
  /** By lane; a lane is there once it has told something. */
  readonly lanes: ReadonlySignal<ReadonlyMap<number, LaneNumbers>>;
  /** The step on screen; null: each lane's last that was counted. */
  readonly chosenStep: Signal<number | null>;
  apply(event: RunEvent): void;
  clear(): void;
}

/** Nothing is counted yet. */
export function createNumberLines(): NumberLinesState {
  const lanes = signal<ReadonlyMap<number, LaneNumbers>>(new Map());
  const chosenStep = signal<number | null>(null);
  return {
    lanes,
    chosenStep,
    apply(event) {
      if (event.type !== 'number-lines' && event.type !== 'overflow') return;
      const { lines, overflows } = lanes.value.get(event.lane) ?? { lines: [], overflows: [] };
      const changed =
        event.type === 'number-lines'
          ? { lines: withStep(lines, event.lines), overflows }
          : { lines, overflows: [...overflows, event.overflow].slice(-mostKeptOverflows) };
      lanes.value = new Map(lanes.value).set(event.lane, changed);
    },
    clear() {
      lanes.value = new Map();
      chosenStep.value = null;
    },
  };
}

/** The numbers of a lane at the chosen step, or its last that were counted; null for none. */
export function shownLines({ lines }: LaneNumbers, chosenStep: number | null): NumberLines | null {
  return lines.find(({ step }) => step === chosenStep) ?? lines.at(-1) ?? null;
}

/** A rank that has gone back a step counts it again. */
function withStep(lines: readonly NumberLines[], added: NumberLines): readonly NumberLines[] {
  return [...lines.filter(({ step }) => step < added.step), added].slice(-mostKeptSteps);
}
