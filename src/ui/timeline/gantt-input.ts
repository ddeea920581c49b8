// Pointers, wheel and keys on the Gantt. One pointer drags, two pinch; Ctrl and the wheel zoom where they are (a pinch on a trackpad says
// the same), and so does the wheel alone once the Gantt has the focus, so that a page that is scrolled past it is not caught by it.

import { panBy, zoomAt, type GanttView } from './gantt-view.ts';

/** What the Gantt offers its input; places in CSS pixels of the canvas. */
export interface GanttActions {
  readonly gutter: () => number;
  readonly view: () => GanttView;
  readonly all: () => GanttView;
  /** Null follows the newest steps. */
  readonly show: (view: GanttView | null) => void;
  readonly choose: (x: number, y: number) => void;
  /** Null: the pointer has left. */
  readonly point: (x: number | null, y: number) => void;
  readonly pin: () => void;
}

const keyZoom = 1.5;
const keyPan = 0.15;
const wheelZoomPerPixel = 0.002;
/** A pointer that moved less has clicked. */
const clickReach = 4;

/** Listens until the returned function is called. */
export function listenToGantt(canvas: HTMLCanvasElement, actions: GanttActions): () => void {
  const end = new AbortController();
  const options = { signal: end.signal };
  const pointers = new Map<number, { readonly x: number; readonly y: number }>();
  let travelled = 0;

  const plotWidth = (): number => Math.max(1, canvas.clientWidth - actions.gutter());
  const msPerPixel = (): number => (actions.view().toMs - actions.view().fromMs) / plotWidth();
  const timeAt = (x: number): number => actions.view().fromMs + (x - actions.gutter()) * msPerPixel();
  const zoom = (factor: number, x: number): void => actions.show(zoomAt(actions.view(), factor, timeAt(x), actions.all()));
  const pan = (pixels: number): void => actions.show(panBy(actions.view(), pixels * msPerPixel(), actions.all()));
  const middle = (): number => actions.gutter() + plotWidth() / 2;
  const placeOf = (event: PointerEvent | WheelEvent) => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  canvas.addEventListener(
    'wheel',
    (event) => {
      const isFocused = document.activeElement === canvas;
      const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
      if (!event.ctrlKey && !event.metaKey && !isFocused && !isSideways) return;
      event.preventDefault();
      if (isSideways) pan(event.deltaX === 0 ? event.deltaY : event.deltaX);
      else zoom(Math.exp(event.deltaY * wheelZoomPerPixel * (event.ctrlKey ? 4 : 1)), placeOf(event).x);
    },
    { ...options, passive: false },
  );
  canvas.addEventListener(
    'pointerdown',
    (event) => {
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, placeOf(event));
      travelled = 0;
    },
    options,
  );
  canvas.addEventListener(
    'pointermove',
    (event) => {
      const [before, now] = [pointers.get(event.pointerId), placeOf(event)];
      actions.point(now.x, now.y);
      if (before === undefined) return;
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
      pointers.set(event.pointerId, now);
      travelled += Math.abs(now.x - before.x);
      if (other !== undefined)
        zoom(Math.max(10, Math.abs(before.x - other.x)) / Math.max(10, Math.abs(now.x - other.x)), (now.x + other.x) / 2);
      else if (travelled > clickReach) pan(before.x - now.x);
    },
    options,
  );
  const release = (event: PointerEvent): void => {
    const place = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    if (place !== undefined && event.type === 'pointerup' && travelled <= clickReach) actions.choose(place.x, place.y);
  };
  canvas.addEventListener('pointerup', release, options);
  canvas.addEventListener('pointercancel', release, options);
  canvas.addEventListener('pointerleave', () => actions.point(null, 0), options);
  canvas.addEventListener('dblclick', () => actions.show(null), options);
  canvas.addEventListener(
    'keydown',
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const act = keys[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    },
    options,
  );
  const keys: Readonly<Record<string, () => void>> = {
    '+': () => zoom(1 / keyZoom, middle()),
    '=': () => zoom(1 / keyZoom, middle()),
    '-': () => zoom(keyZoom, middle()),
    ArrowLeft: () => pan(-keyPan * plotWidth()),
    ArrowRight: () => pan(keyPan * plotWidth()),
    Home: () => actions.show(null),
    '0': () => actions.show(null),
    p: () => actions.pin(),
  };
  return () => end.abort();
}
