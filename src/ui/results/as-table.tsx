// The numbers behind a picture, for those who cannot see it or want them: closed until somebody opens it, and only then drawn.

import { useSignal } from '@preact/signals';
import { t } from '../../state/locale.ts';
import { PagedTable } from './paged-table.tsx';
import type { PagedTableProps } from './paged-table.tsx';

/** A table that opens. */
export function AsTable(props: PagedTableProps): preact.JSX.Element {
  const isOpen = useSignal(false);
  return (
    <details
      class="as-table"
      onToggle={({ currentTarget: { open } }) => {
        isOpen.value = open;
      }}
    >
      <summary>{t('view.asTable')}</summary>
      {isOpen.value ? <PagedTable {...props} /> : null}
    </details>
  );
}
