// Two texts with their differences marked, in the editor's own diff view. Monaco comes when the editor does; until then, and where it
// cannot be loaded, a line says so.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';

/** Both texts, read-only. */
export function CodeDiff({ before, after }: { readonly before: string; readonly after: string }): preact.JSX.Element {
  const { editor } = usePage();
  const host = useRef<HTMLDivElement>(null);
  const state = useSignal<'loading' | 'shown' | 'refused'>('loading');
  useEffect(() => {
    let isGone = false;
    let end: (() => void) | null = null;
    if (host.current === null) return undefined;
    editor.showDiff(host.current, before, after, t('history.codeLabel')).then(
      (dispose) => {
        if (isGone) dispose();
        else {
          end = dispose;
          state.value = 'shown';
        }
      },
      () => {
        state.value = 'refused';
      },
    );
    return () => {
      isGone = true;
      end?.();
    };
  }, []);
  return (
    <>
      {state.value === 'shown' ? null : <p class="empty">{t(state.value === 'refused' ? 'history.codeRefused' : 'editor.loading')}</p>}
      <div class="history-code" ref={host} hidden={state.value === 'refused'} />
    </>
  );
}
