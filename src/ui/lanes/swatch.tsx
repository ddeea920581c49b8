// A lane's colour and dash, beside its name wherever that stands.

import { laneStyle } from '../chart/lane-style.ts';
import { usePage } from '../page-context.ts';

/** A short piece of the lane's curve. */
export function Swatch({ index }: { readonly index: number }): preact.JSX.Element {
  const { page } = usePage();
  const { colour, dash } = laneStyle(index, page.theme.theme.value);
  return (
    <svg class="swatch" width="26" height="8" viewBox="0 0 26 8" aria-hidden="true">
      <line x1="0" y1="4" x2="26" y2="4" stroke={colour} stroke-width="2.5" stroke-dasharray={dash.join(' ')} />
    </svg>
  );
}
