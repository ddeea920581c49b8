// Where the program is. Before Monaco arrives its text is already there to be read; if Monaco cannot be loaded, the text stays, and
// so does a way to try again. On a narrow screen the pane folds away, for reading and running come first there.

import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';
import { editorPaneId } from '../page-verbs.ts';

/** Below this width the editor is folded until somebody opens it; the same number is in styles/layout.css. */
const narrow = '(max-width: 900px)';

/** The editor's pane. */
export function EditorPane(): preact.JSX.Element {
  const { page, editor } = usePage();
  const host = useRef<HTMLDivElement>(null);
  const isMounted = useSignal(false);
  const isOpen = useSignal(!matchMedia(narrow).matches);

  useEffect(() => {
    const query = matchMedia(narrow);
    const onChange = (): void => {
      isOpen.value = !query.matches;
    };
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, []);

  const load = editor.load.value;
  useEffect(() => {
    if (isMounted.value || host.current === null) return;
    // A failure to load is in `editor.load`, which is drawn below.
    editor.mount(host.current).then(
      () => {
        isMounted.value = true;
      },
      () => undefined,
    );
  }, [load.kind === 'failed']);

  const open = page.program.open.value;
  return (
    <details
      class="editor-pane"
      id={editorPaneId}
      open={isOpen.value}
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{t('editor.summary', { file: open.fileName, lines: page.program.source.value.split('\n').length })}</summary>
      <div class="editor-body">
        <div class="editor-host" ref={host} />
        {isMounted.value ? null : <pre class="editor-preview">{page.program.source.value}</pre>}
      </div>
      <div class="editor-foot">
        <span>{open.fileName}</span>
        <EditorStatus />
      </div>
    </details>
  );
}

function EditorStatus(): preact.JSX.Element {
  const { page, editor } = usePage();
  const load = editor.load.value;
  if (load.kind === 'failed') {
    return (
      <span class="is-bad" role="alert">
        {t('editor.failed', { reason: load.message })}{' '}
        <button type="button" class="link" onClick={editor.start}>
          {t('editor.retry')}
        </button>
      </span>
    );
  }
  if (load.kind === 'loading') return <span>{t('editor.loading')}</span>;
  const errors = page.problems.list.value.filter(({ severity }) => severity === 'error').length;
  return (
    <>
      {errors > 0 ? (
        <button
          type="button"
          class="link is-bad"
          onClick={() => {
            page.chosenTab.value = 'problems';
          }}
        >
          {t('problem.count', { count: errors })}
        </button>
      ) : null}
      <span class="editor-hint">{t('editor.leaveHint')}</span>
    </>
  );
}
