// How a curve of a scene is drawn: its lane's style, or a muted one behind; faint where another lane stands out.

import type { Curve } from '../../state/chart-curves.ts';
import type { ThemeName } from '../../state/theme.ts';
import { laneStyle, overlayStyle } from './lane-style.ts';
import type { LaneStyle } from './lane-style.ts';

/** Colour, dash and marker of a curve. */
export function curveStyle({ kind, styleIndex, overlayIndex }: Curve, theme: ThemeName): LaneStyle {
  return kind === 'overlay' ? overlayStyle(overlayIndex, theme) : laneStyle(styleIndex, theme);
}

/** Whether a curve stands back because a lane stands out that is not in it. */
export function standsBack({ lanes }: Curve, focus: number | null): boolean {
  return focus !== null && !lanes.includes(focus);
}

/** Opacities. The raw line behind a smoothed one stays visible; what stands back stays traceable. */
export const opacity = { rawBehind: 0.28, back: 0.18, band: 0.16, overlay: 0.65 } as const;
/** Width of a curve, in CSS pixels; dense raw lines are thinner, so that their neighbours are seen through them. */
export const curveWidth = { line: 1.75, dense: 1.1, behind: 1.25 } as const;
/** Radius of markers, in CSS pixels. */
export const markerRadius = 3;
