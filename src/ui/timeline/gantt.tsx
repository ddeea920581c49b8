// The Gantt on its canvas, with what fingers, wheels and keys do to it. It follows the newest steps until somebody looks elsewhere. The
// canvas is for eyes; the table below it says the same in numbers.

import { effect } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../state/locale.ts';
import type { LaneTimeline, TimelineStep } from '../../state/timeline.ts';
import { forgetPaint, paintSoon } from '../chart/paint-queue.ts';
import { usePage } from '../page-context.ts';
import { paintGantt, type GanttPicture, type SpanBox } from './gantt-paint.ts';
import { placeGroups, rowHeight, type GanttGroup } from './gantt-rows.ts';
import { newestView, stepInView } from './gantt-steps.ts';
import { listenToGantt } from './gantt-input.ts';
import { phaseWords } from './phase-style.ts';
import type { GanttView } from './gantt-view.ts';
import { formatSpanMs } from './span-text.ts';

/** What the Gantt and its tools share. */
export interface GanttState {
  /** Null follows the newest steps. */
  readonly view: Signal<GanttView | null>;
  /** The step somebody clicked; null: the first in view. */
  readonly chosenStep: Signal<number | null>;
  /** The step that is looked at: what is pinned, and what the table shows. */
  readonly lookedAt: Signal<TimelineStep | null>;
}

/** The Gantt of one lane; `zoom` makes the view so many times as long. */
export function Gantt({ lane, state }: { readonly lane: LaneTimeline; readonly state: GanttState }): preact.JSX.Element {
  const { page } = usePage();
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const theme = page.theme.theme.value;
  const described = state.lookedAt.value;

  useEffect(() => {
    const [element, surface] = [host.current, canvas.current];
    if (element === null || surface === null) return undefined;
    let boxes: readonly SpanBox[] = [];
    const all = (): GanttView => spanOfAll(lane.steps());
    const shown = (): GanttView => state.view.peek() ?? newestView(lane.steps(), lane.worldSize);
    const draw = (): void => {
      const view = shown();
      const step = stepInView(lane.steps(), view, state.chosenStep.peek(), lane.worldSize);
      state.lookedAt.value = step;
      boxes = drawOn(surface, element, { lane, view, step, pins: page.timeline.pins.peek(), theme });
    };
    const stopListening = listenToGantt(surface, {
      gutter: () => gutterOf(element.clientWidth),
      view: shown,
      all,
      show: (view) => {
        state.view.value = view;
      },
      choose: (x, y) => {
        const box = boxAt(boxes, x, y);
        if (box !== null) state.chosenStep.value = box.step;
      },
      point: (x, y) => showTip(tip.current, element, x === null ? null : boxAt(boxes, x, y), x ?? 0, y),
      pin: () => {
        const step = state.lookedAt.peek();
        if (step !== null) page.timeline.pin(lane.label, step);
      },
    });
    const observer = new ResizeObserver(() => paintSoon(draw));
    observer.observe(element);
    const stopFollowing = effect(() => {
      void page.timeline.revision.value;
      void page.timeline.pins.value;
      void state.view.value;
      void state.chosenStep.value;
      paintSoon(draw);
    });
    return () => {
      observer.disconnect();
      stopListening();
      stopFollowing();
      forgetPaint(draw);
    };
  }, [lane, theme, t]);

  const label = t('timeline.description', { lane: lane.label, step: described?.step ?? 0 });
  return (
    <div class="gantt" ref={host}>
      <canvas ref={canvas} tabIndex={0} role="application" aria-label={label} aria-describedby="gantt-keys" />
      <div class="gantt-tip" ref={tip} hidden />
      <p class="gantt-keys" id="gantt-keys">
        {t('timeline.keys')}
      </p>
    </div>
  );
}

interface Drawing {
  readonly lane: LaneTimeline;
  readonly view: GanttView;
  readonly step: TimelineStep | null;
  readonly pins: ReturnType<typeof usePage>['page']['timeline']['pins']['value'];
  readonly theme: GanttPicture['theme'];
}

function drawOn(surface: HTMLCanvasElement, element: HTMLElement, { lane, view, step, pins, theme }: Drawing): readonly SpanBox[] {
  const context = surface.getContext('2d');
  const width = element.clientWidth;
  if (context === null || width === 0) return [];
  const originMs = step?.startMs ?? view.fromMs;
  const pinned = pins.map((pin): GanttGroup => {
    const names = { lane: pin.label, step: pin.step.step };
    return {
      title: t(pin.isOfEarlierRun ? 'timeline.pinnedEarlier' : 'timeline.pinned', names),
      isPinned: true,
      worldSize: pin.step.ranks.length,
      steps: [pin.step],
      shiftMs: originMs - pin.step.startMs,
    };
  });
  const own = { title: pins.length === 0 ? null : lane.label, isPinned: false, worldSize: lane.worldSize, steps: lane.steps(), shiftMs: 0 };
  const { groups, height } = placeGroups([...pinned, own]);
  const ratio = devicePixelRatio;
  if (surface.width !== Math.round(width * ratio) || surface.height !== Math.round(height * ratio)) {
    surface.width = Math.round(width * ratio);
    surface.height = Math.round(height * ratio);
    surface.style.height = `${height}px`;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const css = getComputedStyle(element);
  const colour = (name: string): string => css.getPropertyValue(name).trim();
  return paintGantt(context, {
    groups,
    view,
    originMs,
    step: step?.step ?? null,
    width,
    height,
    gutter: gutterOf(width),
    theme,
    face: css.getPropertyValue('--face-text'),
    colours: {
      ink: colour('--ink'),
      faint: colour('--ink-3'),
      hairline: colour('--hairline'),
      paper: colour('--paper'),
      band: colour('--paper-2'),
      accent: colour('--accent'),
    },
    words: {
      phase: (phase) => t(phaseWords[phase].name),
      rank: (rank) => t('timeline.rank', { rank }),
      step: (number) => t('timeline.step', { step: number }),
      ms: (ms) => `${Number(ms.toPrecision(6))} ms`,
    },
  });
}

function gutterOf(width: number): number {
  return width < 500 ? 44 : 56;
}

function spanOfAll(steps: readonly TimelineStep[]): GanttView {
  const fromMs = steps[0]?.startMs ?? 0;
  return { fromMs, toMs: Math.max(fromMs + 1, ...steps.map(({ endMs }) => endMs)) };
}

/** The innermost span under a point. */
function boxAt(boxes: readonly SpanBox[], x: number, y: number): SpanBox | null {
  return boxes.findLast(({ left, right, top }) => x >= left - 1 && x <= right + 1 && y >= top && y <= top + rowHeight) ?? null;
}

function showTip(tip: HTMLDivElement | null, host: HTMLElement, box: SpanBox | null, x: number, y: number): void {
  if (tip === null) return;
  tip.hidden = box === null;
  if (box === null) return;
  const { span, rank, step } = box;
  const name = t(phaseWords[span.phase].name);
  tip.replaceChildren();
  const heading = document.createElement('b');
  heading.textContent = span.bucket < 0 ? name : t('timeline.inBucket', { phase: name, bucket: span.bucket });
  const hint = document.createElement('span');
  hint.textContent = t(phaseWords[span.phase].hint);
  tip.append(
    heading,
    ` ${formatSpanMs(span.endMs - span.startMs)} · ${t('timeline.rank', { rank })} · ${t('timeline.step', { step })}`,
    hint,
  );
  const left = Math.min(Math.max(0, x + 12), Math.max(0, host.clientWidth - tip.offsetWidth));
  tip.style.transform = `translate(${left}px, ${y + 16}px)`;
}
