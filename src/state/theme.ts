// Light or dark. Follows the system until somebody chooses; the choice is kept, and choosing what the system says anyway goes back
// to following it.

import { computed, effect, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { PageStorage } from './storage.ts';

export type ThemeName = 'light' | 'dark';

/** The page's theme. */
export interface ThemeState {
  readonly theme: ReadonlySignal<ThemeName>;
  toggle(): void;
}

/** The part of `MediaQueryList` that is used: matches while the system is dark. */
export interface DarkQuery {
  readonly matches: boolean;
  addEventListener(type: 'change', listener: () => void): void;
}

const storageKey = 'theme';

/** Reads the kept choice and starts following the system; `apply` is called with every theme, the first included. */
export function createTheme(storage: PageStorage, systemIsDark: DarkQuery, apply: (theme: ThemeName) => void): ThemeState {
  const kept = storage.read(storageKey);
  const chosen = signal<ThemeName | null>(kept === 'light' || kept === 'dark' ? kept : null);
  const system = signal<ThemeName>(systemIsDark.matches ? 'dark' : 'light');
  systemIsDark.addEventListener('change', () => {
    system.value = systemIsDark.matches ? 'dark' : 'light';
  });
  const theme = computed(() => chosen.value ?? system.value);
  effect(() => apply(theme.value));
  return {
    theme,
    toggle() {
      const next = theme.value === 'dark' ? 'light' : 'dark';
      chosen.value = next === system.value ? null : next;
      if (chosen.value === null) storage.remove(storageKey);
      else storage.write(storageKey, next);
    },
  };
}
