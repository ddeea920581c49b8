// A lane's colour, dash and marker, beside its name wherever that stands.

import { laneStyle } from '../chart/lane-style.ts';
import { StyleSwatch } from '../chart/style-swatch.tsx';
import { usePage } from '../page-context.ts';

/** A short piece of the lane's curve. */
export function Swatch({ index }: { readonly index: number }): preact.JSX.Element {
  const { page } = usePage();
  return <StyleSwatch style={laneStyle(index, page.theme.theme.value)} />;
}
