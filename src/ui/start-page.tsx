// Starts the page with a given runner: state, verbs, keys, first paint, and only then Monaco and the GPU.

import { render } from 'preact';
import { locale, startLocale } from '../state/locale.ts';
import { createPageState } from '../state/page.ts';
import { browserFrameClock } from '../state/frame-revision.ts';
import type { Original } from '../state/program.ts';
import { createSession } from '../state/session.ts';
import type { RunnerLike } from '../state/session.ts';
import { createStorage } from '../state/storage.ts';
import { App } from './app.tsx';
import { createEditorService } from './editor/editor-service.ts';
import { createPageApi } from './page-api.ts';
import { createVerbs } from './page-verbs.ts';
import { listenForShortcuts } from './shortcuts.ts';
import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/results.css';
import './styles/panels.css';
import './styles/views.css';
import './styles/capabilities.css';

/** Renders the page into `root` and installs `window.lockstepPage`. `panels=off` in the address leaves the results pane out. */
export function startPage(
  root: HTMLElement,
  runner: RunnerLike,
  programs: { readonly originals: readonly Original[]; readonly defaultProgram: string },
): void {
  const storage = createStorage(() => window.localStorage);
  startLocale(storage, navigator.languages);
  document.documentElement.lang = locale.value;

  const page = createPageState({
    storage,
    clock: browserFrameClock,
    ...programs,
    systemIsDark: matchMedia('(prefers-color-scheme: dark)'),
    applyTheme: (theme) => {
      document.documentElement.dataset['theme'] = theme;
    },
    random: Math.random,
    delay: (callback, delayMs) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
  });
  const editor = createEditorService();
  const session = createSession(page, runner, editor);
  const verbs = createVerbs(page, session, editor);
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
      // Where no device can be had, the capability line says so, and a Run says it again.
      session.warm().catch(() => undefined);
    }),
  );
}
