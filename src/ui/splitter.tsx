// The line between editor and results, to be dragged or moved with the arrow keys. The share is kept with the page's other settings.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../state/locale.ts';
import { usePage } from './page-context.ts';

const storageKey = 'editor-share';
const smallest = 20;
const largest = 70;
const normal = 40;

/** The splitter. Sets `--editor-share` (percent) on the document. */
export function Splitter(): preact.JSX.Element {
  const { page } = usePage();
  const share = useSignal(clampShare(Number(page.storage.read(storageKey) ?? normal)));
  useEffect(() => {
    document.documentElement.style.setProperty('--editor-share', `${share.value}%`);
  }, [share.value]);
  const set = (next: number): void => {
    share.value = clampShare(next);
    page.storage.write(storageKey, String(share.value));
  };
  return (
    <div
      class="splitter"
      role="separator"
      aria-orientation="vertical"
      tabIndex={0}
      aria-label={t('splitter.label')}
      aria-valuemin={smallest}
      aria-valuemax={largest}
      aria-valuenow={Math.round(share.value)}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) set((event.clientX / document.documentElement.clientWidth) * 100);
      }}
      onDblClick={() => set(normal)}
      onKeyDown={(event) => {
        const by = event.key === 'ArrowLeft' ? -2 : event.key === 'ArrowRight' ? 2 : 0;
        if (by !== 0) set(share.value + by);
      }}
    />
  );
}

function clampShare(value: number): number {
  return Number.isFinite(value) ? Math.min(largest, Math.max(smallest, value)) : normal;
}
