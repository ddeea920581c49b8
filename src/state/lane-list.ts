// The lanes of the next run. Without a choice of one's own they are the program's; an edited list takes their place, is kept per
// program and survives a reload. The list is one text, what people type and what goes to the runner; the fields are views of it, so
// the two cannot disagree. A text that is no list stays as typed, says what is wrong, and does not run.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { PlaygroundError } from '../core/errors.ts';
import { formatLaneList, parseLaneList } from '../train/lane.ts';
import type { Lane } from '../train/lane.ts';
import { collapseRepeats } from '../train/repeats.ts';
import { readDrafts, writeDrafts } from './lane-draft.ts';
import type { LaneDraft } from './lane-draft.ts';
import type { ProgramState } from './program.ts';
import { readProgramLanes } from './program-lanes.ts';
import type { RunState } from './run.ts';
import type { PageStorage } from './storage.ts';

/** What is wrong with a list. */
export interface LaneProblem {
  /** Such as `lanes[0].worldSize`. */
  readonly place: string;
  readonly message: string;
}

/** The lanes of the next run. */
export interface LaneListState {
  /** What the program declares; null while that is not known. */
  readonly own: ReadonlySignal<readonly Lane[] | null>;
  /** What stands in the text field. */
  readonly text: ReadonlySignal<string>;
  /** What stands in the fields, a row per lane. */
  readonly drafts: ReadonlySignal<readonly LaneDraft[]>;
  /** The lanes of the next run; null while they are not known. */
  readonly lanes: ReadonlySignal<readonly Lane[] | null>;
  /** Null where the text means lanes, or nothing is typed. */
  readonly problem: ReadonlySignal<LaneProblem | null>;
  /** The list that takes the place of the program's; null where there is none, or it says the same, or it is no list. */
  readonly override: ReadonlySignal<string | null>;
  /** Replaces the text; an empty one means the program's own lanes. */
  type(text: string): void;
  /** Appends the smallest lane that is not in the list yet. */
  add(): void;
  /** Changes some fields of a lane. */
  edit(index: number, change: Partial<LaneDraft>): void;
  /** Puts a copy of a lane behind it. */
  clone(index: number): void;
  /** Moves a lane so many places up (negative) or down; at an end it stays where it is. */
  move(index: number, by: number): void;
  /** Takes a lane out. The last one stays: a run needs one. */
  remove(index: number): void;
  /** What was removed last and can be put back, as the list's text names it; null where nothing was, or the list has changed since. */
  readonly removed: ReadonlySignal<string | null>;
  /** Puts back what was removed last. */
  undoRemove(): void;
  /** Goes back to the program's own lanes. */
  restore(): void;
}

type Reading = { readonly lanes: readonly Lane[]; readonly problem: null } | { readonly lanes: null; readonly problem: LaneProblem };

const storageKey = (programId: string): string => `lanes.${programId}`;
const firstLane: LaneDraft = { worldSize: '1', precision: 'fp32', lossScale: null, label: '', rest: [] };

/** The lanes of the open program. */
export function createLaneList(program: ProgramState, run: RunState, storage: PageStorage): LaneListState {
  /** By program; a program that is not in here has what storage says. */
  const typed = signal<ReadonlyMap<string, string>>(new Map());

  const own = computed(() => declaredLanes(program, run) ?? readProgramLanes(program.source.value));
  const ownText = computed(() => (own.value === null ? '' : formatLaneList(own.value)));
  const typedText = computed(() => {
    const { id } = program.open.value;
    return typed.value.get(id) ?? storage.read(storageKey(id)) ?? null;
  });
  const isOwn = computed(() => typedText.value === null || typedText.value.trim() === '');
  const reading = computed((): Reading | null => (isOwn.value ? null : readList(typedText.value ?? '')));
  const override = computed(() => {
    const lanes = reading.value?.lanes ?? null;
    const text = lanes === null ? null : formatLaneList(lanes);
    return text === ownText.value ? null : text;
  });
  const drafts = computed(() => readDrafts(isOwn.value ? ownText.value : (typedText.value ?? '')));

  function type(text: string): void {
    const { id, isKept } = program.open.value;
    if (text === ownText.value) {
      restore();
      return;
    }
    typed.value = new Map([...typed.value, [id, text]]);
    if (!isKept) return;
    const saysNothing = override.value === null && (reading.value?.problem ?? null) === null;
    if (saysNothing) storage.remove(storageKey(id));
    else storage.write(storageKey(id), text);
  }
  function restore(): void {
    const { id } = program.open.value;
    storage.remove(storageKey(id));
    typed.value = new Map([...typed.value].filter(([key]) => key !== id));
  }
  const write = (next: readonly LaneDraft[]): void => type(writeDrafts(next));
  /** The list before the last removal and after it: it can be undone while the list still reads like that. */
  const removal = signal<{ readonly lane: string; readonly before: string; readonly after: string } | null>(null);
  const removed = computed(() => (removal.value !== null && removal.value.after === writeDrafts(drafts.value) ? removal.value.lane : null));

  return {
    own,
    text: computed(() => typedText.value ?? ownText.value),
    drafts,
    lanes: computed(() => (reading.value === null ? own.value : reading.value.lanes)),
    problem: computed(() => reading.value?.problem ?? null),
    override,
    type,
    add: () => write([...drafts.value, nextLane(drafts.value)]),
    edit(index, change) {
      write(drafts.value.map((draft, at) => (at === index ? { ...draft, ...change } : draft)));
    },
    clone(index) {
      write(drafts.value.flatMap((draft, at) => (at === index ? [draft, draft] : [draft])));
    },
    move(index, by) {
      const list = [...drafts.value];
      const to = index + by;
      const [moved] = list.splice(index, 1);
      if (moved === undefined || to < 0 || to > list.length) return;
      list.splice(to, 0, moved);
      write(list);
    },
    remove(index) {
      const lane = drafts.value[index];
      if (lane === undefined || drafts.value.length === 1) return;
      const after = drafts.value.filter((_, at) => at !== index);
      const before = writeDrafts(drafts.value);
      write(after);
      removal.value = { lane: writeDrafts([lane]), before, after: writeDrafts(after) };
    },
    removed,
    undoRemove() {
      if (removed.value !== null && removal.value !== null) type(removal.value.before);
      removal.value = null;
    },
    restore,
  };
}

/** What the open text declared when it ran with lanes of its own. */
function declaredLanes(program: ProgramState, run: RunState): readonly Lane[] | null {
  const input = run.input.value;
  const isThisText = input !== null && input.programId === program.open.value.id && input.source === program.source.value;
  const lanes = isThisText && input.lanes === null ? run.declaration.value?.lanes : undefined;
  return lanes === undefined ? null : collapseRepeats(lanes);
}

function readList(text: string): Reading {
  try {
    return { lanes: parseLaneList(text), problem: null };
  } catch (thrown) {
    if (!(thrown instanceof PlaygroundError)) throw thrown;
    const { place } = thrown.details;
    return { lanes: null, problem: { place: typeof place === 'string' ? place : 'lanes', message: thrown.message } };
  }
}

/** The smallest lane that is not in the list yet, one rank before two, fp32 before fp16; the last one again where all are. */
function nextLane(drafts: readonly LaneDraft[]): LaneDraft {
  for (const worldSize of ['1', '2', '4', '8']) {
    for (const precision of ['fp32', 'fp16']) {
      const isThere = drafts.some((draft) => draft.worldSize === worldSize && draft.precision === precision);
      if (!isThere) return { ...firstLane, worldSize, precision };
    }
  }
  return drafts.at(-1) ?? firstLane;
}
