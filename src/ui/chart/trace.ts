// Draws a scene's polylines with whatever can move and draw: a Path2D on the page, a text of SVG commands for a file. Also says where along a
// curve its markers stand.

import type { SceneCurve } from './chart-scene.ts';
import type { Points } from './points.ts';
import type { ScenePixels } from './scene-pixels.ts';

/** The two strokes of a pen. */
export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
}

/** A polyline, interrupted at its gaps. A point alone becomes a dot one pixel wide. */
export function traceLine(points: Points, pixels: ScenePixels, pen: Pen): void {
  let isDown = false;
  for (let at = 0; at < points.length; at += 1) {
    const value = points.y(at);
    if (Number.isNaN(value)) {
      isDown = false;
      continue;
    }
    const x = pixels.x(points.x(at));
    const y = pixels.y(value);
    if (isDown) pen.lineTo(x, y);
    else pen.moveTo(x, y);
    if (!isDown && !(at + 1 < points.length && !Number.isNaN(points.y(at + 1)))) pen.lineTo(x + 1, y);
    isDown = true;
  }
}

/** The outline of a band: along its upper edge, back along the lower one. Gaps are bridged. */
export function traceBand({ high, low }: NonNullable<SceneCurve['band']>, pixels: ScenePixels, pen: Pen): void {
  let isDown = false;
  const go = (points: Points, at: number): void => {
    const value = points.y(at);
    if (Number.isNaN(value)) return;
    if (isDown) pen.lineTo(pixels.x(points.x(at)), pixels.y(value));
    else pen.moveTo(pixels.x(points.x(at)), pixels.y(value));
    isDown = true;
  };
  for (let at = 0; at < high.length; at += 1) go(high, at);
  for (let at = low.length - 1; at >= 0; at -= 1) go(low, at);
}

/** Markers stand this far apart, in CSS pixels, and closer where a curve has few points. */
const markerSpacing = 96;
const fewPointsSpacing = 12;

/** Where a curve's markers stand: on every point where there are few, else now and then; `place` keeps curves' markers apart. */
export function markerPlaces(points: Points, pixels: ScenePixels, ratio: number, place: number): readonly (readonly [number, number])[] {
  const { left, width } = pixels.box;
  const areFew = points.length <= width / (fewPointsSpacing * ratio);
  const spacing = areFew ? 0 : markerSpacing * ratio;
  const found: (readonly [number, number])[] = [];
  let next = areFew ? left : left + ((place * 37 * ratio) % spacing) + 12 * ratio;
  for (let at = 0; at < points.length; at += 1) {
    const x = pixels.x(points.x(at));
    const value = points.y(at);
    if (x < next || x > left + width + 0.5 || Number.isNaN(value)) continue;
    found.push([x, pixels.y(value)]);
    next = spacing === 0 ? left : Math.max(next + spacing, x + spacing / 2);
  }
  return found;
}
