// Where a rank's spans are drawn, on the page and in a trace. What the worker itself does, what comes to it from its device and what it exchanges
// with other ranks may go on at the same time, so each has a track of its own, as GPU profilers give streams theirs. Within a track only what belongs
// together nests; spans that overlap otherwise go to a further row of it.

import type { SpanPhase } from '../train/span-phases.ts';
import type { Span } from './rank-steps.ts';

export const trackNames = ['compute', 'transfer', 'collective'] as const;
export type TrackName = (typeof trackNames)[number];

const trackOf: Readonly<Record<SpanPhase, TrackName>> = {
  step: 'compute',
  data: 'compute',
  'forward-backward': 'compute',
  device: 'compute',
  'read-back': 'transfer',
  reduce: 'collective',
  wait: 'collective',
  upload: 'compute',
  optimizer: 'compute',
};

/** A span in its place. */
export interface PlacedSpan extends Span {
  readonly track: TrackName;
  /** Row within the track, from 0. */
  readonly row: number;
  /** The span it lies within, or null. */
  readonly parent: SpanPhase | null;
}

/** Places the spans of one rank's step, in the order of their beginnings; a parent comes before what lies within it. */
export function placeSpans(spans: readonly Span[]): readonly PlacedSpan[] {
  const rows = new Map<TrackName, Span[][]>(trackNames.map((name) => [name, []]));
  const ordered = [...spans].sort((a, b) => a.startMs - b.startMs || b.endMs - a.endMs);
  return ordered.map((span) => {
    const track = trackOf[span.phase];
    const stacks = rows.get(track) ?? [];
    let row = stacks.findIndex((stack) => fits(span, stack));
    if (row === -1) row = stacks.push([]) - 1;
    const stack = stacks[row] ?? [];
    const parent = stack.at(-1)?.phase ?? null;
    stack.push(span);
    return { ...span, track, row, parent };
  });
}

/** Whether a span fits behind what has ended on a row, or into what is open there; takes what has ended off the stack. */
function fits(span: Span, stack: Span[]): boolean {
  for (let top = stack.at(-1); top !== undefined && top.endMs <= span.startMs; top = stack.at(-1)) stack.pop();
  const top = stack.at(-1);
  return top === undefined || (mayContain(top.phase, span.phase) && span.endMs <= top.endMs);
}

function mayContain(outer: SpanPhase, inner: SpanPhase): boolean {
  if (outer === 'step') return true;
  return (outer === 'forward-backward' && inner === 'device') || (outer === 'reduce' && inner === 'wait');
}
