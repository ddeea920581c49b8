// A short piece of a curve, as legends show it: colour, dash and marker.

import type { LaneStyle } from './lane-style.ts';
import { markerPoints } from './marker-shapes.ts';

/** The swatch of a style. */
export function StyleSwatch({ style: { colour, dash, marker } }: { readonly style: LaneStyle }): preact.JSX.Element {
  return (
    <svg class="swatch" width="26" height="8" viewBox="0 0 26 8" aria-hidden="true">
      <line x1="0" y1="4" x2="26" y2="4" stroke={colour} stroke-width="2" stroke-dasharray={dash.join(' ')} />
      <polygon points={markerPoints(marker, 13, 4, 3.2)} fill={colour} />
    </svg>
  );
}
