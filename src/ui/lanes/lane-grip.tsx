// A lane's swatch as the handle by which it is dragged to another place, with mouse, pen or finger; keys have the buttons at the row's end. The list
// is put in order while the pointer moves. Rows are places, not lanes: so the row under the pointer is where the lane is, however tall it is, and the
// row that the drag began in keeps the pointer although another lane is in it by now.

import type { Signal } from '@preact/signals';
import { t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';
import { Swatch } from './swatch.tsx';

/** The handle of the row at `index`; `dragged` is the place of the lane that is being dragged, null while none is. */
export function LaneGrip({ index, dragged }: { readonly index: number; readonly dragged: Signal<number | null> }): preact.JSX.Element {
  const { laneList } = usePage().page;
  return (
    <span
      class="lane-grip"
      title={t('lanes.drag')}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault(); // selects no text
        event.currentTarget.setPointerCapture(event.pointerId);
        dragged.value = index;
      }}
      onPointerMove={(event) => {
        const from = dragged.value;
        if (from === null) return;
        const to = placeAt(event.currentTarget, event.clientY);
        if (to === from) return;
        laneList.move(from, to - from);
        dragged.value = to;
      }}
      onLostPointerCapture={() => {
        dragged.value = null;
      }}
    >
      <Swatch index={index} />
    </span>
  );
}

/** The place in the list at that height of the window; beyond an end, the end. */
function placeAt(grip: Element, clientY: number): number {
  const rows = [...(grip.closest('.lane-rows')?.querySelectorAll('.lane-row:not(.is-heading)') ?? [])];
  const below = rows.findIndex((row) => clientY < row.getBoundingClientRect().bottom);
  return below === -1 ? rows.length - 1 : below;
}
