// The line between two parts of the page, to be dragged or moved with the arrow keys; a double-click or Enter goes back to what the
// page would do by itself. It moves a CSS variable of its pane's name on the document, and the page's styles do the rest.

import { useEffect } from 'preact/hooks';
import type { PlainKey } from '../i18n/messages-en.ts';
import { t } from '../state/locale.ts';
import { paneLimits } from '../state/pane-sizes.ts';
import type { PaneName } from '../state/pane-sizes.ts';
import { usePage } from './page-context.ts';

/** What it divides. */
interface SeparatorProps {
  readonly pane: PaneName;
  readonly label: PlainKey;
  /** What the page does by itself, as far as it is known. */
  readonly normal: number;
  /** The size that belongs to a place of the pointer; `from` is where the drag began. */
  readonly sizeAt: (pointer: PointerPlace, from: PointerPlace & { readonly size: number }) => number;
  /** True where the line is vertical and moves sideways. */
  readonly isVertical?: boolean;
  /** True where the pane lies behind the line: it grows as the line moves back. */
  readonly isBehind?: boolean;
  /** After a change of so much. */
  readonly onMoved?: (change: number) => void;
}

interface PointerPlace {
  readonly x: number;
  readonly y: number;
}

let dragFrom: (PointerPlace & { readonly size: number }) | null = null;

function Separator({ pane, label, normal, sizeAt, isVertical = false, isBehind = false, onMoved }: SeparatorProps): preact.JSX.Element {
  const { page } = usePage();
  const { panes } = page;
  const { smallest, largest, step } = paneLimits[pane];
  const chosen = panes.chosen[pane].value;
  const size = chosen ?? normal;
  useEffect(() => {
    const { style } = document.documentElement;
    if (chosen === null) style.removeProperty(`--${pane}`);
    else style.setProperty(`--${pane}`, isVertical ? `${chosen}%` : `${chosen}px`);
  }, [chosen]);
  const set = (next: number): void => {
    panes.set(pane, next);
    const now = panes.chosen[pane].value ?? normal;
    if (now !== size) onMoved?.(now - size);
  };
  const keys: Readonly<Record<string, number>> = isVertical ? { ArrowLeft: -step, ArrowRight: step } : { ArrowUp: -step, ArrowDown: step };
  return (
    <div
      class={isVertical ? 'splitter' : 'splitter is-horizontal'}
      role="separator"
      aria-orientation={isVertical ? 'vertical' : 'horizontal'}
      tabIndex={0}
      title={t('splitter.hint')}
      aria-label={t(label)}
      aria-valuemin={smallest}
      aria-valuemax={largest}
      aria-valuenow={Math.round(size)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        dragFrom = { x: event.clientX, y: event.clientY, size };
      }}
      onPointerMove={(event) => {
        if (dragFrom !== null && event.currentTarget.hasPointerCapture(event.pointerId))
          set(sizeAt({ x: event.clientX, y: event.clientY }, dragFrom));
      }}
      onPointerUp={() => {
        dragFrom = null;
      }}
      onDblClick={() => panes.reset(pane)}
      onKeyDown={(event) => {
        const by = keys[event.key];
        if (by !== undefined) set(size + (isBehind ? -by : by));
        else if (event.key === 'Home') set(smallest);
        else if (event.key === 'End') set(largest);
        else if (event.key === 'Enter') panes.reset(pane);
        else return;
        event.preventDefault();
      }}
    />
  );
}

const normalEditorShare = 40;

/** Between editor and results. */
export function EditorSeparator(): preact.JSX.Element {
  return (
    <Separator
      pane="editor-share"
      label="splitter.label"
      normal={normalEditorShare}
      isVertical
      sizeAt={({ x }) => (x / document.documentElement.clientWidth) * 100}
    />
  );
}

/** Under the charts: how tall each is. */
export function ChartSeparator(): preact.JSX.Element {
  return (
    <Separator
      pane="chart-height"
      label="splitter.charts"
      normal={heightOf('.chart-canvas')}
      sizeAt={({ y }, from) => from.size + y - from.y}
    />
  );
}

/** Above the tabs: how tall they are. What is above them moves away by as much, so that the line stays under the pointer. */
export function TabsSeparator({ paneId }: { readonly paneId: string }): preact.JSX.Element {
  return (
    <Separator
      pane="tabs-height"
      label="splitter.tabs"
      normal={heightOf('.tabs')}
      isBehind
      sizeAt={({ y }, from) => from.size - (y - from.y)}
      onMoved={(change) => requestAnimationFrame(() => document.getElementById(paneId)?.scrollBy(0, change))}
    />
  );
}

/** How tall something of the page is now; a first guess before it is drawn. */
function heightOf(selector: string): number {
  return document.querySelector(selector)?.clientHeight ?? 240;
}
