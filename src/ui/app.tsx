// The page's frame: bar, editor, results, capability line.

import { Announcer } from './announcer.tsx';
import { CapabilityLine } from './capability-line.tsx';
import { CapabilitiesDialog } from './capabilities/capabilities-dialog.tsx';
import { t } from '../state/locale.ts';
import { EditorPane } from './editor/editor-pane.tsx';
import { GalleryDialog } from './gallery/gallery-dialog.tsx';
import { HistoryDialog } from './history/history-dialog.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { PageProvider } from './page-context.ts';
import type { PageContextValue } from './page-context.ts';
import { ResultsPane } from './results/results-pane.tsx';
import { EditorSeparator } from './separator.tsx';
import { TopBar } from './top-bar.tsx';

/** The whole page. `hasResults` false leaves the panels out: the control of the main thread's budget. */
export function App({ value, hasResults }: { readonly value: PageContextValue; readonly hasResults: boolean }): preact.JSX.Element {
  return (
    <PageProvider value={value}>
      <TopBar />
      <div class="panes">
        <section class="editor-side" aria-label={t('editor.label')}>
          <EditorPane />
          <EditorSeparator />
        </section>
        {hasResults ? <ResultsPane /> : null}
      </div>
      <CapabilityLine />
      <GalleryDialog />
      <HistoryDialog />
      <HelpDialog />
      <CapabilitiesDialog />
      <Announcer />
    </PageProvider>
  );
}
