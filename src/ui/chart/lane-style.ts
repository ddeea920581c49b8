// One colour, one dash and one marker per lane, so that lanes can be told apart without seeing colours, in print, and where two curves lie
// on each other. Colours are Okabe and Ito's ("Color Universal Design", 2008), in an order that keeps neighbours far apart; each theme
// takes the tones that stand out on its paper. Seven colours, five dashes and six markers: 210 lanes before all three come back.

import type { ThemeName } from '../../state/theme.ts';
import { markerNames } from './marker-shapes.ts';
import type { MarkerName } from './marker-shapes.ts';

/** How a lane is drawn. `dash` is in CSS pixels, as a canvas takes it; empty is a solid line. */
export interface LaneStyle {
  readonly colour: string;
  readonly dash: readonly number[];
  readonly marker: MarkerName;
}

const colours: Readonly<Record<ThemeName, readonly string[]>> = {
  light: ['#0072b2', '#d55e00', '#009e73', '#b8598f', '#e69f00', '#3d93c4', '#1c2128'],
  dark: ['#56b4e9', '#e69f00', '#1fbf92', '#dd93bb', '#f0e442', '#e57a3c', '#e3e7ec'],
};
const behindColour: Readonly<Record<ThemeName, string>> = { light: '#8a93a0', dark: '#75808d' };

const dashes: readonly (readonly number[])[] = [[], [6, 3], [11, 4], [2, 3], [10, 3, 2, 3]];
const behindDashes: readonly (readonly number[])[] = [
  [4, 4],
  [2, 5],
  [9, 5],
  [9, 4, 2, 4],
];

/** The style of the lane at `index`, counted from 0. */
export function laneStyle(index: number, theme: ThemeName): LaneStyle {
  const palette = colours[theme];
  return {
    colour: palette[index % palette.length] ?? '#888888',
    dash: dashes[index % dashes.length] ?? [],
    marker: markerNames[index % markerNames.length] ?? 'circle',
  };
}

/** The style of the overlay at `index`: muted and dashed, whatever it was when it ran. */
export function overlayStyle(index: number, theme: ThemeName): LaneStyle {
  return {
    colour: behindColour[theme],
    dash: behindDashes[index % behindDashes.length] ?? [],
    marker: markerNames[(index + 3) % markerNames.length] ?? 'circle',
  };
}
