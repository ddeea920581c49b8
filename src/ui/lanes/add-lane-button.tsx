// One more lane at the end of the list, in its fields.

import { t } from '../../state/locale.ts';
import { PlusIcon } from '../icons.tsx';
import { usePage } from '../page-context.ts';

/** Adds a lane and goes to its fields. */
export function AddLaneButton(): preact.JSX.Element {
  const { page, verbs } = usePage();
  const { laneList } = page;
  return (
    <button
      type="button"
      class="quiet-button has-icon"
      title={t('lanes.addHint')}
      onClick={() => {
        laneList.add();
        verbs.editLanes(laneList.drafts.value.length - 1);
      }}
    >
      <PlusIcon /> {t('lanes.add')}
    </button>
  );
}
