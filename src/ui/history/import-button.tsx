// Opens files with runs, and says what became of each.

import { useRef } from 'preact/hooks';
import { t } from '../../state/locale.ts';
import type { FileOutcome } from './import-runs.ts';

/** A button before the browser's own file field, which no style reaches. */
export function ImportButton({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }): preact.JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="quiet-button" title={t('history.importHint')} onClick={() => field.current?.click()}>
        {t('history.import')}
      </button>
      <input
        ref={field}
        type="file"
        class="history-file"
        hidden
        multiple
        accept=".json,application/json"
        aria-label={t('history.importHint')}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = ''; // so that the same file can be chosen again
        }}
      />
    </>
  );
}

/** A line per file; nothing before the first. */
export function ImportReport({ outcomes }: { readonly outcomes: readonly FileOutcome[] }): preact.JSX.Element {
  const isRefused = outcomes.length > 0 && outcomes.every(({ isImported }) => !isImported);
  return (
    <div class="history-report" role="status">
      {outcomes.map(({ text, isImported }) => (
        <p key={text} class={isImported ? '' : 'is-bad'}>
          {text}
        </p>
      ))}
      {isRefused ? <p>{t('history.file.nothing')}</p> : null}
    </div>
  );
}
