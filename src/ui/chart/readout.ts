// What every curve says under the crosshair: the nearest place that has a value, where it lies, and the smoothed value beside the raw one. The
// box and the dots are plain DOM that is kept and changed, because they follow the pointer.

import { lowerBound } from '../../state/chart-axis.ts';
import type { Curve } from '../../state/chart-curves.ts';
import type { ThemeName } from '../../state/theme.ts';
import { curveStyle } from './curve-style.ts';
import type { Scene } from './chart-scene.ts';
import type { ScenePixels } from './scene-pixels.ts';

/** A curve's nearest values. */
export interface Reading {
  readonly curve: Curve;
  /** -1 where the curve has nothing near. */
  readonly row: number;
  readonly raw: number;
  /** NaN where nothing is smoothed. */
  readonly smoothed: number;
}

/** How far beyond a curve's end its last value still counts, as a share of what is in view. */
const nearShare = 0.02;
/** Rows without a value that are looked over for one that has. */
const mostLookedOver = 4096;

/** The readings of all curves at a place of the x axis. */
export function readAt(scene: Scene, place: number): readonly Reading[] {
  const near = nearShare * (scene.x.max - scene.x.min);
  return scene.curves.map(({ curve }) => {
    const row = nearestRow(curve, place, near);
    return { curve, row, raw: curve.raw.at(row), smoothed: curve.smoothed?.at(row) ?? NaN };
  });
}

/** The row nearest to `place` that has a value; -1 where the curve ends further away than `near`. */
function nearestRow({ x, raw }: Curve, place: number, near: number): number {
  if (x.length === 0 || x.at(0) > place + near || x.last() < place - near) return -1;
  const after = lowerBound(x, place, 0);
  for (let by = 0; by < mostLookedOver; by += 1) {
    const [left, right] = [after - 1 - by, after + by];
    const hasLeft = left >= 0 && Number.isFinite(raw.at(left));
    const hasRight = right < x.length && Number.isFinite(raw.at(right));
    if (hasLeft && hasRight) return place - x.at(left) <= x.at(right) - place ? left : right;
    if (hasLeft) return left;
    if (hasRight) return right;
    if (left < 0 && right >= x.length) return -1;
  }
  return -1;
}

/** A box with a line per curve, and a dot on each. */
export class Readout {
  readonly #box: HTMLElement;
  readonly #over: HTMLElement;
  #dots: HTMLElement[] = [];
  #lines: HTMLElement[] = [];
  readonly #heading = document.createElement('div');

  constructor(box: HTMLElement, over: HTMLElement) {
    this.#box = box;
    this.#over = over;
    this.#heading.className = 'chart-readout-step';
  }

  hide(): void {
    this.#box.hidden = true;
    for (const dot of this.#dots) dot.hidden = true;
  }

  show(
    heading: string,
    place: number,
    readings: readonly Reading[],
    pixels: ScenePixels,
    theme: ThemeName,
    format: (value: number) => string,
  ): void {
    this.#fit(readings.length);
    this.#box.hidden = false;
    this.#heading.textContent = heading;
    this.#box.classList.toggle('is-left', pixels.x(place) > pixels.box.width / 2);
    readings.forEach((reading, index) => this.#showReading(index, reading, pixels, theme, format));
  }

  #showReading(
    index: number,
    { curve, row, raw, smoothed }: Reading,
    pixels: ScenePixels,
    theme: ThemeName,
    format: (value: number) => string,
  ): void {
    const { colour } = curveStyle(curve, theme);
    const [line, dot] = [this.#lines[index], this.#dots[index]];
    if (line === undefined || dot === undefined) return;
    const [swatch, label, behind, number] = line.children as unknown as readonly HTMLElement[]; // as #fit made them
    if (swatch !== undefined) swatch.style.background = colour;
    if (label !== undefined) label.textContent = curve.label;
    const isSmoothed = Number.isFinite(smoothed);
    if (behind !== undefined) behind.textContent = isSmoothed ? format(raw) : '';
    if (number !== undefined) number.textContent = row === -1 ? '–' : format(isSmoothed ? smoothed : raw);
    const y = isSmoothed ? smoothed : raw;
    dot.hidden = row === -1 || !Number.isFinite(pixels.y(y));
    dot.style.borderColor = colour;
    dot.style.transform = `translate(${pixels.x(curve.x.at(row)).toFixed(1)}px, ${pixels.y(y).toFixed(1)}px)`;
  }

  /** As many lines and dots as there are curves. */
  #fit(count: number): void {
    if (this.#lines.length === count && this.#heading.isConnected) return;
    for (const dot of this.#dots) dot.remove();
    this.#dots = Array.from({ length: count }, () => {
      const dot = document.createElement('div');
      dot.className = 'chart-dot';
      return dot;
    });
    this.#lines = Array.from({ length: count }, () => {
      const line = document.createElement('div');
      line.append(
        document.createElement('i'),
        document.createElement('span'),
        document.createElement('small'),
        document.createElement('b'),
      );
      return line;
    });
    this.#box.replaceChildren(this.#heading, ...this.#lines);
    this.#over.append(...this.#dots);
  }
}

/** The readings in one sentence, for those who hear them. */
export function sayReadings(heading: string, readings: readonly Reading[], format: (value: number) => string): string {
  const values = readings.map(({ curve, row, raw, smoothed }) => {
    return `${curve.label} ${row === -1 ? '–' : format(Number.isFinite(smoothed) ? smoothed : raw)}`;
  });
  return `${heading}: ${values.join(', ')}`;
}
