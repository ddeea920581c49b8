// The seed field. Empty means the program's own seed; a number overrides it, and 0 is a number. It stays as typed, so that
// something that is no seed can be shown as such instead of being swallowed.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';

/** Seeds are whole numbers from 0 to 2^32 - 1: what the generator takes. */
export const largestSeed = 2 ** 32 - 1;

/** The seed field's text and what it means. */
export interface SeedState {
  readonly text: Signal<string>;
  /** Null where the program's own seed is to be used. */
  readonly override: ReadonlySignal<number | null>;
  readonly isValid: ReadonlySignal<boolean>;
  /** Fills in a seed nobody chose. */
  renew(): void;
}

/** The seed a text stands for: null for an empty one, NaN for one that is no seed. */
export function readSeed(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const value = /^\d{1,10}$/.test(trimmed) ? Number(trimmed) : NaN;
  return value <= largestSeed ? value : NaN;
}

/** An empty field. `random` gives numbers from 0 to 1; new seeds have at most four digits, so that people can say them. */
export function createSeed(random: () => number): SeedState {
  const text = signal('');
  const read = computed(() => readSeed(text.value));
  return {
    text,
    override: computed(() => (read.value === null || Number.isNaN(read.value) ? null : read.value)),
    isValid: computed(() => !Number.isNaN(read.value)),
    renew() {
      text.value = String(Math.floor(random() * 10_000));
    },
  };
}
