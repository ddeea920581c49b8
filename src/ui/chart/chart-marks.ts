// Vertical marks over a chart, each with a word at its top. Words that would lie on one another move down a line; where there is no
// line left, a mark keeps its line and loses its word.

import type uPlot from 'uplot';

/** A mark at a place of the x axis. */
export interface ChartMark {
  readonly x: number;
  readonly text: string;
  /** Of the lane it belongs to; null for all of them. */
  readonly styleIndex: number | null;
}

/** How marks look. Sizes in CSS pixels. */
export interface MarkStyle {
  readonly font: (pixelRatio: number) => string;
  readonly paper: string;
  readonly colourOf: (styleIndex: number | null) => string;
}

const lineHeight = 14;
const mostLines = 4;
const padding = 3;
/** Lanes that take turns change at steps close together: one word is enough for them. */
const sameWordWithin = 64;

/** Draws the marks that are in view: all lines first, so that no line runs through a word. */
export function drawMarks(plot: uPlot, marks: readonly ChartMark[], style: MarkStyle): void {
  const placed = marks.flatMap((mark) => {
    const x = positionOf(plot, mark.x);
    return x === null ? [] : [{ x, text: mark.text, colour: style.colourOf(mark.styleIndex) }];
  });
  if (placed.length === 0) return;
  plot.ctx.save();
  drawLines(plot, placed);
  drawWords(plot, placed, style);
  plot.ctx.restore();
}

interface PlacedMark {
  readonly x: number;
  readonly text: string;
  readonly colour: string;
}

/** Canvas pixels from the left; null out of view. A change before the first step stands at the left edge. */
function positionOf(plot: uPlot, place: number): number | null {
  const { min, max } = plot.scales['x'] ?? {};
  if (min === undefined || min === null || max === undefined || max === null) return null;
  const at = Math.max(place, Math.min(1, min));
  return at < min || at > max ? null : Math.round(plot.valToPos(at, 'x', true));
}

function drawLines({ ctx, bbox }: uPlot, marks: readonly PlacedMark[]): void {
  const ratio = devicePixelRatio;
  ctx.lineWidth = ratio;
  ctx.setLineDash([3 * ratio, 2 * ratio]);
  for (const { x, colour } of marks) {
    ctx.strokeStyle = colour;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
}

function drawWords({ ctx, bbox }: uPlot, marks: readonly PlacedMark[], { font, paper }: MarkStyle): void {
  const ratio = devicePixelRatio;
  ctx.font = font(ratio);
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  /** Where the last word of each line ends. */
  const ends: number[] = [];
  let last: PlacedMark | null = null;
  for (const mark of marks) {
    const { x, text, colour } = mark;
    if (last?.text === text && x - last.x < sameWordWithin * ratio) continue;
    last = mark;
    const width = ctx.measureText(text).width + 2 * padding * ratio;
    const left = x + width > bbox.left + bbox.width ? x - width : x;
    const line = Array.from({ length: mostLines }, (_, index) => index).find((index) => (ends[index] ?? -Infinity) <= left);
    if (line === undefined) continue;
    ends[line] = left + width;
    const top = bbox.top + line * lineHeight * ratio;
    ctx.fillStyle = paper;
    ctx.fillRect(left + ratio, top, width - ratio, lineHeight * ratio);
    ctx.fillStyle = colour;
    ctx.fillText(text, left + padding * ratio, top + ratio);
  }
}
