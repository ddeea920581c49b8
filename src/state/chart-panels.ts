// Which panels of curves are shown, and in which order: the reader's choice, kept in this browser. Checked field by field when it is read
// back, because storage may hold what an older page wrote.

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { isRecord } from '../core/is-record.ts';
import type { PageStorage } from './storage.ts';

export const panelKinds = ['loss', 'metric', 'throughput', 'stepTime', 'phases', 'memory', 'lossScale', 'gradientNorm'] as const;
export type PanelKind = (typeof panelKinds)[number];

/** One panel. */
export interface ChartPanelSpec {
  /** Unique while the page is open. */
  readonly id: number;
  readonly kind: PanelKind;
  /** Of a panel of kind `metric`; null: the one that suits the run. */
  readonly metric: string | null;
  readonly isLogarithmic: boolean;
}

/** The panels in their order. */
export interface ChartPanels {
  readonly list: ReadonlySignal<readonly ChartPanelSpec[]>;
  add(kind: PanelKind): void;
  remove(id: number): void;
  /** One place towards the front (−1) or the back (1). */
  move(id: number, by: -1 | 1): void;
  change(id: number, fields: Partial<Pick<ChartPanelSpec, 'metric' | 'isLogarithmic'>>): void;
}

const storageKey = 'chart-panels';
const mostPanels = 24;

/** The panels that were kept, or the loss and a metric. */
export function createChartPanels(storage: PageStorage): ChartPanels {
  let nextId = 0;
  const withId = (panel: Omit<ChartPanelSpec, 'id'>): ChartPanelSpec => ({ id: nextId++, ...panel });
  const kept = readPanels(storage.read(storageKey));
  const list = signal<readonly ChartPanelSpec[]>((kept ?? [fresh('loss'), fresh('metric')]).map(withId));
  const set = (panels: readonly ChartPanelSpec[]): void => {
    list.value = panels;
    storage.write(storageKey, JSON.stringify(panels.map(({ kind, metric, isLogarithmic }) => ({ kind, metric, isLogarithmic }))));
  };
  return {
    list,
    add: (kind) => {
      if (list.value.length < mostPanels) set([...list.value, withId(fresh(kind))]);
    },
    remove: (id) => set(list.value.filter((panel) => panel.id !== id)),
    move(id, by) {
      const from = list.value.findIndex((panel) => panel.id === id);
      const panel = list.value[from];
      if (panel !== undefined && from + by >= 0) set(list.value.toSpliced(from, 1).toSpliced(from + by, 0, panel));
    },
    change: (id, fields) => set(list.value.map((panel) => (panel.id === id ? { ...panel, ...fields } : panel))),
  };
}

function fresh(kind: PanelKind): Omit<ChartPanelSpec, 'id'> {
  return { kind, metric: null, isLogarithmic: kind === 'lossScale' };
}

/** Null where nothing was kept, or nothing that makes sense. */
function readPanels(text: string | null): readonly Omit<ChartPanelSpec, 'id'>[] | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return Array.isArray(value) ? value.slice(0, mostPanels).flatMap(readPanel) : null;
  } catch {
    return null; // not ours, or cut off: the default panels are as good
  }
}

function readPanel(value: unknown): readonly Omit<ChartPanelSpec, 'id'>[] {
  if (!isRecord(value)) return [];
  const kind = panelKinds.find((name) => name === value['kind']);
  if (kind === undefined) return [];
  const metric = typeof value['metric'] === 'string' ? value['metric'] : null;
  return [{ kind, metric, isLogarithmic: value['isLogarithmic'] === true }];
}
