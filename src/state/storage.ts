// Where the page keeps small things of its own (drafts, theme, language): localStorage behind a wall. A browser may refuse storage
// (private windows, blocked cookies, full quota), sometimes only at the first write; then everything still works until the
// tab closes, and `refused` says so for the notice. Values are texts; what they mean is checked by whoever reads them.

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

/** The part of `Storage` that is used; tests pass a map. */
export interface TextStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** A store that never throws. */
export interface PageStorage {
  /** True once the browser refused a read or a write. */
  readonly refused: ReadonlySignal<boolean>;
  /** Null where nothing is kept. */
  read(key: string): string | null;
  /** Returns whether it will survive a reload. */
  write(key: string, value: string): boolean;
  remove(key: string): void;
}

const keyPrefix = 'lockstep.';

/** Wraps a store that may refuse. `open` may throw: reading `window.localStorage` already does in some browsers. */
export function createStorage(open: () => TextStore): PageStorage {
  const refused = signal(false);
  const memory = new Map<string, string>();

  function attempt<T>(action: (store: TextStore) => T, fallback: T): T {
    try {
      return action(open());
    } catch {
      // The reason differs from browser to browser (SecurityError, QuotaExceededError) and changes nothing for the user.
      refused.value = true;
      return fallback;
    }
  }

  return {
    refused,
    read(key) {
      return memory.get(key) ?? attempt((store) => store.getItem(keyPrefix + key), null);
    },
    write(key, value) {
      const isKept = attempt((store) => {
        store.setItem(keyPrefix + key, value);
        return true;
      }, false);
      if (isKept) memory.delete(key);
      else memory.set(key, value);
      return isKept;
    },
    remove(key) {
      memory.delete(key);
      attempt((store) => store.removeItem(keyPrefix + key), undefined);
    },
  };
}
