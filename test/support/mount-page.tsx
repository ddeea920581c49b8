// The real page in a browser test: all of its components and state, around a fake runner and an editor that compiles anything at once.

import { signal } from '@preact/signals';
import { render } from 'preact';
import type { ClaimResult } from '../../src/runner/results.ts';
import { browserFrameClock } from '../../src/state/frame-revision.ts';
import { readGalleryCard } from '../../src/state/gallery-card.ts';
import { createPageState } from '../../src/state/page.ts';
import type { PageState, PageSurroundings } from '../../src/state/page.ts';
import { createSession } from '../../src/state/session.ts';
import { createStorage } from '../../src/state/storage.ts';
import { App } from '../../src/ui/app.tsx';
import type { EditorLoad, EditorService } from '../../src/ui/editor/editor-service.ts';
import { createVerbs } from '../../src/ui/page-verbs.ts';
import { listenForShortcuts } from '../../src/ui/shortcuts.ts';
import { FakeRunner } from './fake-runner.ts';
import 'uplot/dist/uPlot.min.css';
import '../../src/ui/styles/tokens.css';
import '../../src/ui/styles/base.css';
import '../../src/ui/styles/layout.css';
import '../../src/ui/styles/data-table.css';
import '../../src/ui/styles/results.css';
import '../../src/ui/styles/panels.css';
import '../../src/ui/styles/views.css';
import '../../src/ui/styles/controls.css';
import '../../src/ui/styles/presentation.css';

const twoLanes = "experiment({ title: 'Two lanes', optimizer: { name: 'sgd', learningRate: 0.1 }, lanes: ['1xfp32', '4xfp16'] })";

const editor: EditorService = {
  load: signal<EditorLoad>({ kind: 'ready' }),
  start: () => undefined,
  mount: () => Promise.resolve(),
  showDiff: () => Promise.resolve(() => undefined),
  reveal: () => undefined,
  format: () => undefined,
  focus: () => undefined,
  compile: (text, fileName) =>
    Promise.resolve({
      program: { source: text, fileName, javascript: text, sourceMap: '{}' },
      problems: [],
      typeProblems: Promise.resolve([]),
    }),
};

/** A page to press the buttons of. */
export interface MountedPage {
  readonly state: PageState;
  unmount(): void;
}

/** What the page is mounted with. */
export interface MountOptions {
  readonly steps: number;
  readonly batchMs: number;
  /** The text of the program it begins with. */
  readonly source?: string;
  /** More programs beside it. */
  readonly others?: readonly { readonly id: string; readonly text: string }[];
  /** What the fake runner says of claims. */
  readonly claims?: readonly ClaimResult[];
  /** What keeps its runs; memory where absent. */
  readonly runs?: NonNullable<PageSurroundings['runs']>;
}

/** Mounts the page in English, the language it begins in, with nothing stored; the fake runner takes `batchMs` for ten steps. */
export function mountPage({ steps, batchMs, source = twoLanes, others = [], claims = [], runs }: MountOptions): MountedPage {
  const root = document.createElement('div');
  root.id = 'page';
  document.body.append(root);
  document.documentElement.dataset['theme'] = 'light';
  const kept = new Map<string, string>();
  const storage = createStorage(() => ({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }));
  const state = createPageState({
    storage,
    clock: browserFrameClock,
    originals: [{ id: 'two', fileName: 'two.ts', source }, ...others.map(({ id, text }) => ({ id, fileName: `${id}.ts`, source: text }))],
    defaultProgram: 'two',
    loadCards: () =>
      Promise.resolve([readGalleryCard('two', 'two.ts', source), ...others.map(({ id, text }) => readGalleryCard(id, `${id}.ts`, text))]),
    systemIsDark: { matches: false, addEventListener: () => undefined },
    applyTheme: () => undefined,
    applySize: () => undefined,
    random: () => 0.1234,
    delay: (callback, delayMs) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    locks: navigator.locks,
    machine: { cores: 8, memoryGb: 8 },
    ...(runs === undefined ? {} : { runs }),
  });
  void state.history.read();
  const runner = new FakeRunner({ lanes: '1xfp32,4xfp16', steps, batchMs, failure: null, isSilent: false, claims });
  const session = createSession(state, runner, editor);
  const verbs = createVerbs(state, session, editor);
  const endShortcuts = listenForShortcuts(document, verbs);
  render(<App value={{ page: state, verbs, editor }} hasResults />, root);
  return {
    state,
    unmount() {
      session.reset();
      endShortcuts();
      render(null, root);
      root.remove();
    },
  };
}
