// Vertical marks over a chart, each with a word at its top. Words that would lie on one another move down a line; where there is no
// line left, a mark keeps its line and loses its word.

import type uPlot from 'uplot';

/** A mark at a step. */
export interface ChartMark {
  readonly step: number;
  readonly text: string;
  /** The curve it belongs to; null for all of them. */
  readonly curve: number | null;
}

/** How marks look. Sizes in CSS pixels. */
export interface MarkStyle {
  readonly font: (pixelRatio: number) => string;
  readonly paper: string;
  readonly colourOf: (curve: number | null) => string;
}

const lineHeight = 14;
const mostLines = 4;
const padding = 3;
/** Lanes that take turns change at steps close together: one word is enough for them. */
const sameWordWithin = 64;

/** Draws the marks that are in view. */
export function drawMarks(plot: uPlot, marks: readonly ChartMark[], style: MarkStyle): void {
  if (marks.length === 0) return;
  const { ctx, bbox, scales } = plot;
  const ratio = devicePixelRatio;
  const { min = 0, max = 0 } = scales['x'] ?? {};
  /** Where the last word of each line ends. */
  const ends: number[] = [];
  ctx.save();
  ctx.font = style.font(ratio);
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  let lastWord = { text: '', x: -Infinity };
  for (const { step, text, curve } of marks) {
    // A change before the first step stands at the left edge.
    const at = Math.max(step, Math.min(1, min));
    if (at < (min ?? 0) || at > (max ?? 0)) continue;
    const x = Math.round(plot.valToPos(at, 'x', true));
    const colour = style.colourOf(curve);
    ctx.strokeStyle = colour;
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 2 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    if (text === lastWord.text && x - lastWord.x < sameWordWithin * ratio) continue;
    lastWord = { text, x };
    const width = ctx.measureText(text).width + 2 * padding * ratio;
    const left = x + width > bbox.left + bbox.width ? x - width : x;
    const line = Array.from({ length: mostLines }, (_, index) => index).find((index) => (ends[index] ?? -Infinity) <= left);
    if (line === undefined) continue;
    ends[line] = left + width;
    const top = bbox.top + line * lineHeight * ratio;
    ctx.fillStyle = style.paper;
    ctx.fillRect(left + ratio, top, width - ratio, lineHeight * ratio);
    ctx.fillStyle = colour;
    ctx.fillText(text, left + padding * ratio, top + ratio);
  }
  ctx.restore();
}
