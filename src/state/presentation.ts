// Presentation size: the results in larger type, to be read from the back of a classroom. Kept like the theme.

import { effect, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { PageStorage } from './storage.ts';

/** Whether the results are shown large. */
export interface PresentationState {
  readonly isLarge: ReadonlySignal<boolean>;
  toggle(): void;
}

const storageKey = 'presentation';

/** Reads the kept choice; `apply` is called with every one, the first included. */
export function createPresentation(storage: PageStorage, apply: (isLarge: boolean) => void): PresentationState {
  const isLarge = signal(storage.read(storageKey) === 'large');
  effect(() => apply(isLarge.value));
  return {
    isLarge,
    toggle() {
      isLarge.value = !isLarge.value;
      if (isLarge.value) storage.write(storageKey, 'large');
      else storage.remove(storageKey);
    },
  };
}
