// From the units of a scene's axes to the pixels of whatever it is drawn on.

import type { Scene } from './chart-scene.ts';

/** A rectangle of pixels. */
export interface PlotBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** How values become places. */
export interface ScenePixels {
  readonly box: PlotBox;
  x(value: number): number;
  y(value: number): number;
}

/** The mapping of a scene onto a box. */
export function scenePixels({ x, y, isLogarithmic }: Pick<Scene, 'x' | 'y' | 'isLogarithmic'>, box: PlotBox): ScenePixels {
  const perX = box.width / (x.max - x.min);
  const bottom = box.top + box.height;
  // Halves, because the largest numbers lie further apart than the largest number.
  const base = isLogarithmic ? Math.log10(y.min) : y.min / 2;
  const perY = box.height / ((isLogarithmic ? Math.log10(y.max) : y.max / 2) - base);
  return {
    box,
    x: (value) => box.left + (value - x.min) * perX,
    y: isLogarithmic ? (value) => bottom - (Math.log10(value) - base) * perY : (value) => bottom - (value / 2 - base) * perY,
  };
}
