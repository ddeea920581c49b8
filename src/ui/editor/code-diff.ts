// Monaco's diff view of two texts, read-only, in the page's theme. Reached only through editor-service.ts, when somebody compares two runs.

import { monaco } from './monaco.ts';

/** Shows both texts inside of `host`; returns a function that takes them away again. */
export function showCodeDiff(host: HTMLElement, before: string, after: string, label: string): () => void {
  const models = { original: monaco.editor.createModel(before, 'typescript'), modified: monaco.editor.createModel(after, 'typescript') };
  const view = monaco.editor.createDiffEditor(host, {
    automaticLayout: true,
    readOnly: true,
    originalEditable: false,
    fontFamily: getComputedStyle(host).getPropertyValue('--face-code'),
    fontSize: 12,
    lineHeight: 18,
    minimap: { enabled: false },
    // What both have in common is folded away but for a few lines around.
    hideUnchangedRegions: { enabled: true, contextLineCount: 3, minimumLineCount: 6, revealLineCount: 20 },
    renderSideBySide: true,
    useInlineViewWhenSpaceIsLimited: true,
    renderOverviewRuler: false,
    renderMarginRevertIcon: false,
    scrollBeyondLastLine: false,
    lineNumbersMinChars: 3,
    scrollbar: { alwaysConsumeMouseWheel: false },
    originalAriaLabel: label,
    modifiedAriaLabel: label,
  });
  view.setModel(models);
  const dispose = (): void => {
    view.dispose();
    models.original.dispose();
    models.modified.dispose();
  };
  return () => {
    // Monaco throws, later and to nobody, where texts go away while it compares them.
    if (view.getLineChanges() === null) view.onDidUpdateDiff(() => setTimeout(dispose));
    else dispose();
  };
}
