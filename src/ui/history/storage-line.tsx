// How much is kept, and for how much more there is room. The browser's own estimate is of everything this page stores and deliberately
// rough, so what is kept is counted from the runs themselves.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../../state/locale.ts';
import { formatBytes } from '../number-format.ts';
import { usePage } from '../page-context.ts';

/** One line of text. */
export function StorageLine(): preact.JSX.Element | null {
  const { page } = usePage();
  const heads = page.history.heads.value;
  const roomBytes = useSignal<number | null>(null);
  useEffect(() => {
    void roomOfOrigin().then((bytes) => {
      roomBytes.value = bytes;
    });
  }, [heads]);
  if (heads.length === 0) return null;
  const kept = heads.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
  return (
    <small class="history-storage" title={t('history.keptHint')}>
      {t('history.kept', { size: formatBytes(kept) })}
      {roomBytes.value === null ? null : <> · {t('history.room', { size: formatBytes(roomBytes.value) })}</>}
    </small>
  );
}

/** Bytes that the browser would still give this page; null where it does not say. */
async function roomOfOrigin(): Promise<number | null> {
  const storage = navigator.storage as StorageManager | undefined; // absent over plain http from another host
  if (storage?.estimate === undefined) return null;
  try {
    const { quota, usage } = await storage.estimate();
    return quota === undefined || usage === undefined ? null : Math.max(0, quota - usage);
  } catch {
    return null; // some browsers refuse where storage is refused; the line then leaves it out
  }
}
