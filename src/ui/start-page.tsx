// Starts the page with a given runner: state, verbs, keys, first paint, and only then Monaco and the GPU.

import { effect } from '@preact/signals';
import { render } from 'preact';
import { thisMachine } from '../runner/schedule.ts';
import { locale, startLocale } from '../state/locale.ts';
import { createPageState } from '../state/page.ts';
import { createDrawWindows } from '../state/draw-windows.ts';
import { browserFrameClock } from '../state/frame-revision.ts';
import type { GalleryCard } from '../state/gallery-card.ts';
import type { TabLocks } from '../state/other-tabs.ts';
import { withFirstLoaded } from '../state/program.ts';
import type { Original } from '../state/program.ts';
import { createSession } from '../state/session.ts';
import type { RunnerLike } from '../state/session.ts';
import { createStorage } from '../state/storage.ts';
import { App } from './app.tsx';
import { painted } from './chart/paint-queue.ts';
import { createEditorService } from './editor/editor-service.ts';
import { browserStore, tabChannel } from './history/browser-runs.ts';
import { createPageApi } from './page-api.ts';
import { createVerbs } from './page-verbs.ts';
import { listenForShortcuts } from './shortcuts.ts';
import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/data-table.css';
import './styles/results.css';
import './styles/panels.css';
import './styles/views.css';
import './styles/controls.css';
import './styles/presentation.css';

/** With more cores than this, one is left for the page. */
const mostCoresWithWindows = 2;

/** Renders the page into `root` and installs `window.lockstepPage`. `panels=off` in the address leaves the results pane out. */
export async function startPage(
  root: HTMLElement,
  runner: RunnerLike,
  programs: {
    readonly originals: readonly Original[];
    readonly defaultProgram: string;
    readonly loadCards: () => Promise<readonly GalleryCard[]>;
  },
): Promise<void> {
  const storage = createStorage(() => window.localStorage);
  const [originals] = await Promise.all([withFirstLoaded(programs.originals, storage), startLocale(storage, navigator.languages)]);
  document.documentElement.lang = locale.value;

  const windows = createDrawWindows(browserFrameClock, () => document.visibilityState === 'visible', painted);
  const machine = thisMachine();
  const hasFewCores = machine.cores <= mostCoresWithWindows;
  const page = createPageState({
    storage,
    clock: hasFewCores ? windows : browserFrameClock,
    originals,
    defaultProgram: programs.defaultProgram,
    loadCards: programs.loadCards,
    systemIsDark: matchMedia('(prefers-color-scheme: dark)'),
    applyTheme: (theme) => {
      document.documentElement.dataset['theme'] = theme;
    },
    applySize: (isLarge) => {
      document.documentElement.dataset['size'] = isLarge ? 'large' : 'normal';
    },
    random: Math.random,
    delay: (callback, delayMs) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    locks: tabLocks(),
    machine,
    runs: { store: browserStore(), channel: tabChannel() },
  });
  const editor = createEditorService();
  const session = createSession(page, runner, editor, hasFewCores ? () => windows.open() : undefined);
  const verbs = createVerbs(page, session, editor);
  effect(() => session.inspect(page.inside.inspection.value));
  editor.connect(page, verbs);
  listenForShortcuts(document, verbs);
  // A tab may be closed right after a key: what was typed is written first.
  addEventListener('pagehide', () => void page.program.save());

  const hasResults = new URLSearchParams(location.search).get('panels') !== 'off';
  render(<App value={{ page, verbs, editor }} hasResults={hasResults} />, root);
  window.lockstepPage = createPageApi(page, session);

  requestAnimationFrame(() =>
    setTimeout(() => {
      editor.start();
      page.recorder.prepare();
      void page.history.read(); // how many there are; what keeps them says for itself where it cannot
      // Where no device can be had, the capability line says so, and a Run says it again.
      session.warm().catch(() => undefined);
    }),
  );
}

/** The browser's Web Locks; null on pages that are neither https nor localhost. */
function tabLocks(): TabLocks | null {
  return 'locks' in navigator ? navigator.locks : null;
}
