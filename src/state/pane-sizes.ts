// How the page is divided: the editor's share of its width, how tall a chart is, and how tall the tabs under the table are. Whoever moves a
// separator finds it there the next time; a double-click goes back to what the page would do by itself.

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { PageStorage } from './storage.ts';

/** What can be resized, with its limits: the editor in percent of the window, the others in pixels. `step` is what an arrow key does. */
export const paneLimits = {
  'editor-share': { smallest: 20, largest: 70, step: 2 },
  'chart-height': { smallest: 120, largest: 800, step: 16 },
  'tabs-height': { smallest: 120, largest: 1200, step: 16 },
} as const;

export type PaneName = keyof typeof paneLimits;

/** The sizes somebody chose. */
export interface PaneSizes {
  /** Null: what the page would do by itself. */
  readonly chosen: Readonly<Record<PaneName, ReadonlySignal<number | null>>>;
  /** Sets a size, within its limits. */
  set(name: PaneName, size: number): void;
  reset(name: PaneName): void;
}

/** Reads the kept sizes; a text that is no number counts as none. */
export function createPaneSizes(storage: PageStorage): PaneSizes {
  const read = (name: PaneName) => signal(within(name, Number.parseFloat(storage.read(name) ?? '')));
  const chosen = { 'editor-share': read('editor-share'), 'chart-height': read('chart-height'), 'tabs-height': read('tabs-height') };
  return {
    chosen,
    set(name, size) {
      const next = within(name, size);
      if (next === null || next === chosen[name].value) return;
      chosen[name].value = next;
      storage.write(name, String(next));
    },
    reset(name) {
      chosen[name].value = null;
      storage.remove(name);
    },
  };
}

function within(name: PaneName, size: number): number | null {
  const { smallest, largest } = paneLimits[name];
  return Number.isFinite(size) ? Math.min(largest, Math.max(smallest, size)) : null;
}
