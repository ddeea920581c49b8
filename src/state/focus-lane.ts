// Which lane stands out: the one under the pointer, else the one somebody clicked. The legend, the charts and the table all follow
// the same two signals.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';

/** Indices of lanes, or null. */
export interface FocusLane {
  readonly hovered: Signal<number | null>;
  readonly pinned: Signal<number | null>;
  /** The lane that stands out now. */
  readonly shown: ReadonlySignal<number | null>;
  /** Pins a lane, or lets go of it where it is pinned already. */
  togglePin(lane: number): void;
}

/** No lane stands out. */
export function createFocusLane(): FocusLane {
  const hovered = signal<number | null>(null);
  const pinned = signal<number | null>(null);
  return {
    hovered,
    pinned,
    shown: computed(() => hovered.value ?? pinned.value),
    togglePin(lane) {
      pinned.value = pinned.value === lane ? null : lane;
    },
  };
}
