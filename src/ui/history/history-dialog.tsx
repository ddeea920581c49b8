// The kept runs in a dialog of their own, so that they are there before the first run of a visit and have the width that two texts side by
// side need. What it shows is loaded when it is first opened.

import { lazy } from '../lazy.tsx';
import { ModalDialog } from '../modal-dialog.tsx';
import { usePage } from '../page-context.ts';

const HistoryPanel = lazy(() => import('./history-panel.tsx'));

/** The history, open or not. */
export function HistoryDialog(): preact.JSX.Element {
  const { page } = usePage();
  return (
    <ModalDialog isOpen={page.isHistoryOpen} class="help history" titleId="history-title">
      {page.isHistoryOpen.value ? <HistoryPanel /> : null}
    </ModalDialog>
  );
}
