// The gallery: every program with its card, loaded when somebody first looks, what is asked of it, and where one is in its order.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { GalleryCard } from './gallery-card.ts';
import { anyProgram } from './gallery-search.ts';
import type { GalleryQuery } from './gallery-search.ts';
import type { Original, ProgramState } from './program.ts';
import type { RunState } from './run.ts';
import { createSeenPrograms } from './seen-programs.ts';
import type { SeenPrograms } from './seen-programs.ts';
import type { PageStorage } from './storage.ts';

/** The gallery of the page. */
export interface GalleryState {
  readonly isOpen: Signal<boolean>;
  /** Null until they are loaded. */
  readonly cards: ReadonlySignal<readonly GalleryCard[] | null>;
  /** True where they could not be had. */
  readonly isRefused: ReadonlySignal<boolean>;
  readonly query: Signal<GalleryQuery>;
  readonly seen: SeenPrograms;
  /** The program before the open one in the gallery's order, and the one after it; null at an end. */
  readonly previous: ReadonlySignal<Original | null>;
  readonly next: ReadonlySignal<Original | null>;
  /** Loads the cards, once; again where that failed. */
  load(): void;
}

/** A closed gallery. `loadCards` may reject. */
export function createGallery(
  program: ProgramState,
  run: RunState,
  storage: PageStorage,
  loadCards: () => Promise<readonly GalleryCard[]>,
): GalleryState {
  const cards = signal<readonly GalleryCard[] | null>(null);
  const isRefused = signal(false);
  let isLoading = false;
  const neighbour = (by: 1 | -1): Original | null => {
    const at = program.originals.findIndex(({ id }) => id === program.open.value.id);
    // A program from outside stands before the first.
    return at === -1 && by === -1 ? null : (program.originals[at + by] ?? null);
  };
  return {
    isOpen: signal(false),
    cards,
    isRefused,
    query: signal(anyProgram),
    seen: createSeenPrograms(program, run, storage),
    previous: computed(() => neighbour(-1)),
    next: computed(() => neighbour(1)),
    load() {
      if (isLoading || cards.value !== null) return;
      isLoading = true;
      isRefused.value = false;
      loadCards().then(
        (loaded) => {
          cards.value = loaded;
        },
        () => {
          isLoading = false;
          isRefused.value = true;
        },
      );
    },
  };
}
