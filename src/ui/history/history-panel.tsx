// Everything about kept runs: the list with its tools, or two runs side by side. Files with runs can be dropped anywhere on it.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../../state/locale.ts';
import { CloseIcon } from '../icons.tsx';
import { usePage } from '../page-context.ts';
import { CompareRuns } from './compare-runs.tsx';
import { ImportButton, ImportReport } from './import-button.tsx';
import { importRuns } from './import-runs.ts';
import type { FileOutcome } from './import-runs.ts';
import { RunBrowser } from './run-browser.tsx';
import { StorageLine } from './storage-line.tsx';
import { TroubleCard } from './trouble-card.tsx';
import '../styles/history.css';

/** What the dialog holds. */
export default function HistoryPanel(): preact.JSX.Element {
  const { page } = usePage();
  const outcomes = useSignal<readonly FileOutcome[]>([]);
  const pair = page.comparedPair.value;
  useEffect(() => void page.history.read(), []);

  const take = (files: readonly File[]): void => {
    if (files.length === 0) return;
    void importRuns(page, files).then((next) => {
      outcomes.value = next;
    });
  };
  return (
    <div
      class="history-body"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        take([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <header>
        <h2 id="history-title">{t('history.title')}</h2>
        <StorageLine />
        <ImportButton onFiles={take} />
        <button
          type="button"
          class="icon-button"
          aria-label={t('history.close')}
          onClick={() => {
            page.isHistoryOpen.value = false;
          }}
        >
          <CloseIcon />
        </button>
      </header>
      <TroubleCard />
      <ImportReport outcomes={outcomes.value} />
      {pair === null ? <RunBrowser /> : <CompareRuns key={pair.join()} pair={pair} />}
    </div>
  );
}
