// Which kept runs stand beside the current one: one pinned as the baseline, which the results table takes its differences to, and any
// number laid behind the curves. The baseline is remembered; what is laid behind is for this visit.

import { effect, signal, untracked } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Manifest } from '../../runner/results.ts';
import { factsOfRun } from '../chart-facts.ts';
import type { OverlayLane } from '../overlay.ts';
import type { PageStorage } from '../storage.ts';
import type { HistoryState } from './history.ts';
import { unpackSeries } from './packed-series.ts';
import type { RunBody, RunHead } from './run-record.ts';

/** A kept run whose numbers are at hand. */
export interface KeptRun {
  readonly head: RunHead;
  readonly manifest: Manifest;
  readonly result: RunBody['result'];
}

/** Runs to compare with. */
export interface ComparedRunsState {
  readonly baselineId: ReadonlySignal<string | null>;
  readonly overlaidIds: ReadonlySignal<ReadonlySet<string>>;
  /** Null where none is pinned, or it is not read yet, or is gone. */
  readonly baseline: ReadonlySignal<KeptRun | null>;
  /** Pins a run, or lets go of it where it is pinned already. */
  toggleBaseline(id: string): void;
  toggleOverlay(id: string): void;
  clearOverlays(): void;
}

const baselineKey = 'history.baseline';

/** Follows the history, and fills `overlay` with the curves of the runs that are chosen and still there. */
export function createComparedRuns(
  history: HistoryState,
  overlay: Signal<readonly OverlayLane[]>,
  storage: PageStorage,
): ComparedRunsState {
  const baselineId = signal(storage.read(baselineKey));
  const overlaidIds = signal<ReadonlySet<string>>(new Set());
  const baseline = signal<KeptRun | null>(null);
  /** What was read of the chosen runs. */
  const read = new Map<string, Pick<KeptRun, 'manifest' | 'result'> & { readonly lane: OverlayLane }>();
  let generation = 0;

  async function show(heads: readonly RunHead[], pinned: string | null): Promise<void> {
    generation += 1;
    const mine = generation;
    for (const head of heads) {
      if (read.has(head.id)) continue;
      const body = await history.body(head.id);
      if (body === null) continue;
      const { manifest, result } = body;
      const lane: OverlayLane = {
        id: head.id,
        label: overlayLabel(head),
        series: unpackSeries(body),
        facts: factsOfRun(manifest, result),
        isImported: head.origin === 'imported',
      };
      read.set(head.id, { manifest, result, lane });
    }
    if (mine !== generation) return; // somebody chose otherwise meanwhile
    for (const id of read.keys()) if (!heads.some((head) => head.id === id)) read.delete(id);
    overlay.value = heads.flatMap(({ id }) => read.get(id)?.lane ?? []);
    const head = heads.find(({ id }) => id === pinned);
    const known = read.get(head?.id ?? '');
    baseline.value = head === undefined || known === undefined ? null : { head, manifest: known.manifest, result: known.result };
  }

  effect(() => {
    const pinned = baselineId.value;
    const chosen = overlaidIds.value;
    const heads = history.heads.value.filter(({ id }) => id === pinned || chosen.has(id));
    untracked(() => {
      if (heads.length > 0 || read.size > 0) void show(heads, pinned);
    });
  });

  return {
    baselineId,
    overlaidIds,
    baseline,
    toggleBaseline(id) {
      baselineId.value = baselineId.value === id ? null : id;
      if (baselineId.value === null) storage.remove(baselineKey);
      else storage.write(baselineKey, id);
    },
    toggleOverlay(id) {
      const next = new Set(overlaidIds.value);
      if (!next.delete(id)) next.add(id);
      overlaidIds.value = next;
    },
    clearOverlays() {
      overlaidIds.value = new Set();
    },
  };
}

/** What the legend calls a kept run: its lane, and how it came about. */
export function overlayLabel({ label, name, title }: RunHead): string {
  return `${label} · ${name === '' ? title : name}`;
}
