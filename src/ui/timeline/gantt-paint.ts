// Draws the Gantt: bands for steps, an axis of milliseconds that begins at the step one looks at, and a box per span, with its name where
// it is wide enough. What was drawn comes back as boxes, for the pointer.

import type { ThemeName } from '../../state/theme.ts';
import type { PlacedSpan } from '../../runner/span-tracks.ts';
import { noBucket, type SpanPhase } from '../../train/span-phases.ts';
import { axisHeight, placedSpansOf, rowHeight, type PlacedGroup } from './gantt-rows.ts';
import { timeTicks, type GanttView } from './gantt-view.ts';
import { phaseStyle } from './phase-style.ts';

/** A span on the canvas, in CSS pixels. */
export interface SpanBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly rank: number;
  readonly step: number;
  readonly span: PlacedSpan;
}

/** What to draw, and how. */
export interface GanttPicture {
  readonly groups: readonly PlacedGroup[];
  readonly view: GanttView;
  /** Time 0 of the axis. */
  readonly originMs: number;
  /** The step one looks at, by its number; null for none. */
  readonly step: number | null;
  readonly width: number;
  readonly height: number;
  readonly gutter: number;
  readonly theme: ThemeName;
  readonly face: string;
  readonly colours: {
    readonly ink: string;
    readonly faint: string;
    readonly hairline: string;
    readonly paper: string;
    readonly band: string;
    readonly accent: string;
  };
  readonly words: { phase(phase: SpanPhase): string; rank(rank: number): string; step(step: number): string; ms(ms: number): string };
}

const padding = 4;
/** No phase has a name this short. */
const leastForText = 20;

/** Draws all of it and returns the boxes, parents before what lies within them. */
export function paintGantt(context: CanvasRenderingContext2D, picture: GanttPicture): readonly SpanBox[] {
  const { width, height, gutter, face, colours } = picture;
  context.clearRect(0, 0, width, height);
  context.font = `11px ${face}`;
  context.textBaseline = 'middle';
  const boxes: SpanBox[] = [];
  context.save();
  context.beginPath();
  context.rect(gutter, 0, width - gutter, height);
  context.clip();
  for (const group of picture.groups) paintBands(context, picture, group);
  paintAxis(context, picture);
  for (const group of picture.groups) paintSpans(context, picture, group, boxes);
  context.restore();
  context.fillStyle = colours.ink;
  for (const group of picture.groups) paintGutter(context, picture, group);
  return boxes;
}

/** The horizontal place of a time. */
export function xOf({ view, width, gutter }: Pick<GanttPicture, 'view' | 'width' | 'gutter'>, ms: number): number {
  return gutter + ((ms - view.fromMs) / (view.toMs - view.fromMs)) * (width - gutter);
}

function paintBands(context: CanvasRenderingContext2D, picture: GanttPicture, group: PlacedGroup): void {
  const { colours, words } = picture;
  for (const [index, { step, startMs, endMs }] of group.steps.entries()) {
    const left = xOf(picture, startMs + group.shiftMs);
    const right = xOf(picture, endMs + group.shiftMs);
    if (right < picture.gutter || left > picture.width) continue;
    const isLookedAt = !group.isPinned && step === picture.step;
    context.fillStyle = colours.band;
    if (step % 2 === 0) context.fillRect(left, group.top, right - left, group.height);
    context.fillStyle = colours.hairline;
    context.fillRect(left, group.top, 1, group.height);
    if (group.isPinned || right - left < 14) continue;
    context.fillStyle = isLookedAt ? colours.accent : colours.faint;
    const text = right - left > 60 ? words.step(step) : String(step);
    const at = Math.max(left, picture.gutter) + padding;
    // Ranks enter a step at different moments, so that steps overlap: a name ends before the next one begins.
    const next = group.steps[index + 1];
    const end = next === undefined ? right : Math.min(right, xOf(picture, next.startMs + group.shiftMs));
    if (at + context.measureText(text).width < end) context.fillText(text, at, 9);
    if (isLookedAt) context.fillRect(left, 0, right - left, 2);
  }
}

function paintAxis(context: CanvasRenderingContext2D, picture: GanttPicture): void {
  const { view, originMs, width, gutter, colours, words, height } = picture;
  const most = Math.max(2, Math.floor((width - gutter) / 90));
  const relative = { fromMs: view.fromMs - originMs, toMs: view.toMs - originMs };
  for (const tick of timeTicks(relative, most)) {
    const x = Math.round(xOf(picture, tick + originMs));
    context.fillStyle = colours.hairline;
    context.fillRect(x, 18, 1, height - 18);
    context.fillStyle = colours.faint;
    context.fillText(words.ms(tick), x + padding, axisHeight - 9);
  }
}

function paintSpans(context: CanvasRenderingContext2D, picture: GanttPicture, group: PlacedGroup, boxes: SpanBox[]): void {
  const topOf = new Map(group.rows.map(({ rank, track, row, top }) => [`${rank} ${track} ${row}`, top]));
  for (const { step, ranks, startMs, endMs } of group.steps) {
    if (xOf(picture, endMs + group.shiftMs) < picture.gutter || xOf(picture, startMs + group.shiftMs) > picture.width) continue;
    for (const rankStep of ranks) {
      for (const span of placedSpansOf(rankStep)) {
        const top = topOf.get(`${rankStep.rank} ${span.track} ${span.row}`);
        const left = xOf(picture, span.startMs + group.shiftMs);
        const right = Math.max(left + 1, xOf(picture, span.endMs + group.shiftMs));
        if (top === undefined || right < picture.gutter || left > picture.width) continue;
        const inner = right - left < leastForText ? undefined : placedSpansOf(rankStep).find((other) => isWithin(other, span));
        const textEnd = inner === undefined ? right : xOf(picture, inner.startMs + group.shiftMs);
        paintSpan(context, picture, span, { left, right, top, textEnd });
        boxes.push({ left, right, top, rank: rankStep.rank, step, span });
      }
    }
  }
}

function isWithin(inner: PlacedSpan, outer: PlacedSpan): boolean {
  return (
    inner !== outer &&
    inner.parent === outer.phase &&
    inner.track === outer.track &&
    inner.row === outer.row &&
    inner.startMs >= outer.startMs &&
    inner.endMs <= outer.endMs
  );
}

function paintSpan(
  context: CanvasRenderingContext2D,
  picture: GanttPicture,
  span: PlacedSpan,
  { left, right, top, textEnd }: { readonly left: number; readonly right: number; readonly top: number; readonly textEnd: number },
): void {
  const { fill, ink, isStriped } = phaseStyle(span.phase, picture.theme);
  const width = right - left;
  context.fillStyle = isStriped ? picture.colours.paper : fill;
  context.fillRect(left, top, width, rowHeight);
  if (isStriped) paintStripes(context, fill, { left, right, top });
  else if (width > 3) {
    context.fillStyle = picture.colours.paper; // a gap between neighbours of one colour
    context.fillRect(right - 0.5, top, 0.5, rowHeight);
  }
  const from = Math.max(left, picture.gutter);
  const name = picture.words.phase(span.phase);
  const text = span.bucket === noBucket ? name : `${name} ${span.bucket}`;
  const shown = [text, name].find((words) => context.measureText(words).width + 2 * padding <= textEnd - from);
  if (shown === undefined) return;
  if (isStriped) {
    context.fillStyle = picture.colours.paper;
    context.fillRect(from + 1, top + 2, context.measureText(shown).width + 2 * padding - 2, rowHeight - 4);
  }
  context.fillStyle = isStriped ? picture.colours.ink : ink;
  context.fillText(shown, from + padding, top + rowHeight / 2 + 0.5);
}

/** Diagonal stripes with a frame; drawn as lines, so that they look the same at every zoom. */
function paintStripes(
  context: CanvasRenderingContext2D,
  colour: string,
  { left, right, top }: { readonly left: number; readonly right: number; readonly top: number },
): void {
  const from = Math.max(left, 0);
  const to = Math.min(right, context.canvas.clientWidth);
  context.save();
  context.beginPath();
  context.rect(from, top, to - from, rowHeight);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let x = Math.floor((from - rowHeight) / 5) * 5; x < to; x += 5) {
    context.moveTo(x, top + rowHeight);
    context.lineTo(x + rowHeight, top);
  }
  context.stroke();
  context.strokeRect(left + 0.5, top + 0.5, Math.max(0, right - left - 1), rowHeight - 1);
  context.restore();
}

function paintGutter(context: CanvasRenderingContext2D, picture: GanttPicture, group: PlacedGroup): void {
  const { colours, words, gutter } = picture;
  context.fillStyle = colours.faint;
  if (group.title !== null) context.fillText(group.title, 0, group.top + 9);
  context.fillStyle = colours.ink;
  for (const { rank, top, isFirst } of group.rows)
    if (isFirst) context.fillText(words.rank(rank), 0, top + rowHeight / 2 + 0.5, gutter - padding);
}
