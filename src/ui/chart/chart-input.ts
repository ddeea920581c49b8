// Moving about in a chart: dragging with Shift and sideways scrolling move the view, scrolling with Ctrl zooms, keys do both and move the
// crosshair. Plain scrolling is left to the page.

import type { AxisRange } from '../../state/chart-view.ts';

type OnZoom = (range: AxisRange | null) => void;

/** Moves the view with the pointer until its button is let go. */
export function startPan(event: MouseEvent, over: HTMLElement, from: AxisRange, onZoom: OnZoom): void {
  const startX = event.clientX;
  const { width } = over.getBoundingClientRect();
  const move = (next: MouseEvent): void => onZoom(shifted(from, (startX - next.clientX) / width));
  const end = (): void => {
    removeEventListener('mousemove', move);
    removeEventListener('mouseup', end);
  };
  addEventListener('mousemove', move);
  addEventListener('mouseup', end);
  event.preventDefault();
}

/** Zooms around the pointer where Ctrl is held (a pinch arrives like that), moves for a sideways scroll. */
export function zoomByWheel(event: WheelEvent, rect: DOMRect, range: AxisRange, onZoom: OnZoom): void {
  if (event.ctrlKey) {
    const place = range.min + ((event.clientX - rect.left) / rect.width) * (range.max - range.min);
    onZoom(zoomed(range, Math.exp(event.deltaY / 200), place));
  } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) onZoom(shifted(range, event.deltaX / rect.width));
  else return;
  event.preventDefault();
}

/** What keys do in a chart. */
export interface ChartKeys {
  readonly range: AxisRange;
  readonly crosshair: number | null;
  /** The next place of a curve in that direction; null where there is none. */
  readonly nextPlace: (from: number | null, by: 1 | -1) => number | null;
  readonly onZoom: OnZoom;
  readonly onCrosshair: (x: number | null) => void;
}

/** Handles a key; returns whether it meant something here. */
export function handleChartKey(event: KeyboardEvent, keys: ChartKeys): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { range, crosshair, nextPlace, onZoom, onCrosshair } = keys;
  const middle = crosshair ?? (range.min + range.max) / 2;
  const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : null;
  if (by !== null && event.shiftKey) onZoom(shifted(range, by / 10));
  else if (by !== null) onCrosshair(nextPlace(crosshair, by) ?? crosshair);
  else if (event.key === 'Home') onCrosshair(nextPlace(null, 1));
  else if (event.key === 'End') onCrosshair(nextPlace(null, -1));
  else if (event.key === '+' || event.key === '=') onZoom(zoomed(range, 0.5, middle));
  else if (event.key === '-') onZoom(zoomed(range, 2, middle));
  else if (event.key === '0') onZoom(null);
  else if (event.key === 'Escape') onCrosshair(null);
  else return false;
  return true;
}

/** Moved by a share of its length; never out below zero. */
export function shifted({ min, max }: AxisRange, share: number): AxisRange {
  const by = Math.max(share * (max - min), -min);
  return { min: min + by, max: max + by };
}

/** `factor` below 1 shows less, around `place`, until numbers lie too close together to be told apart. */
export function zoomed({ min, max }: AxisRange, factor: number, place: number): AxisRange {
  if ((max - min) * factor < 1e-9 * Math.max(1, Math.abs(place))) return { min, max };
  return { min: Math.max(0, place - (place - min) * factor), max: place + (max - place) * factor };
}
