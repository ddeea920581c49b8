// A chart with its heading and, under the crosshair, the values of every lane. The component only sets things up: data goes from the
// columns to the canvas in the paint queue, without rendering anything.

import { effect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../state/locale.ts';
import type { LaneState } from '../../state/lanes.ts';
import type { MetricSource } from '../../state/metric-choice.ts';
import { rateMarks } from '../../state/learning-rate.ts';
import type { RateMark } from '../../state/learning-rate.ts';
import { formatCount, formatExact } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { AlignedTable } from './aligned-table.ts';
import type { ChartMark } from './chart-marks.ts';
import { laneStyle } from './lane-style.ts';
import { forgetPaint, paintSoon } from './paint-queue.ts';
import { createStepPlot } from './step-plot.ts';
import type { StepPlot } from './step-plot.ts';

/** What a chart shows. */
export interface ChartPanelProps {
  readonly lanes: readonly LaneState[];
  readonly metric: string;
  readonly source: MetricSource;
  readonly isLogarithmic: boolean;
  /** Whether changes of the learning rate by hand are drawn. */
  readonly hasRateMarks: boolean;
  readonly formatValue: (value: number) => string;
  readonly formatTick: (value: number) => string;
  /** The chart's name, for those who hear it. */
  readonly label: string;
  readonly heading: ComponentChildren;
}

/** A chart of one metric, one curve per lane. */
export function ChartPanel(props: ChartPanelProps): preact.JSX.Element {
  const { page } = usePage();
  const host = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLDivElement>(null);
  const theme = page.theme.theme.value;
  const drawNow = useRef<(() => void) | null>(null);
  const redrawNow = useRef<(() => void) | null>(null);

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const { lanes, metric, source } = props;
    const table = new AlignedTable(lanes.length, props.isLogarithmic);
    const sources = lanes.map((lane) => ({ table: lane.series[source], metric }));
    let plot: StepPlot | null = null;

    const create = (): void => {
      plot = createStepPlot(
        element,
        {
          curves: lanes.map(({ lane }) => lane.label),
          isLogarithmic: props.isLogarithmic,
          hasDots: source === 'evals',
          theme,
          formatValue: props.formatTick,
          focus: () => page.focus.shown.peek(),
          marks: () => marksOf(props),
          lastStep: () => Math.max(page.run.declaration.peek()?.steps ?? 0, table.lastStep),
          onZoom: (range) => {
            page.charts.zoom.value = range;
          },
          onCursor: (row, left) => showReadout(readout.current, element.clientWidth, row, left, table, props, theme),
        },
        element.clientWidth,
        element.clientHeight,
      );
    };
    // Made in the queue as well: setting two charts up is the longest thing the page does in a run.
    const draw = (): void => {
      if (plot === null) create();
      table.update(sources);
      plot?.setData(table.columns(), page.charts.zoom.peek());
    };
    const redraw = (): void => plot?.redraw();
    const resize = (): void => plot?.setSize(element.clientWidth, element.clientHeight);
    const observer = new ResizeObserver(() => paintSoon(resize));
    observer.observe(element);
    drawNow.current = draw;
    redrawNow.current = redraw;
    paintSoon(draw);
    return () => {
      observer.disconnect();
      for (const paint of [draw, redraw, resize]) forgetPaint(paint);
      drawNow.current = null;
      redrawNow.current = null;
      plot?.destroy();
    };
  }, [props.lanes, props.metric, props.source, props.isLogarithmic, theme]);

  // Plain effects: the hook for them would wait for a frame of its own before asking for one.
  useEffect(
    () =>
      effect(() => {
        void page.run.revision.value;
        void page.charts.zoom.value;
        if (drawNow.current !== null) paintSoon(drawNow.current);
      }),
    [],
  );
  useEffect(
    () =>
      effect(() => {
        void page.focus.shown.value;
        if (redrawNow.current !== null) paintSoon(redrawNow.current);
      }),
    [],
  );

  return (
    <section class="chart" aria-label={props.label}>
      <header class="chart-heading">{props.heading}</header>
      <div class="chart-canvas" ref={host} role="img" aria-label={describe(props)}>
        <div class="chart-readout" ref={readout} hidden />
      </div>
    </section>
  );
}

/** The chart in words, marks included. */
function describe({ label, lanes, hasRateMarks }: ChartPanelProps): string {
  const name = t('chart.description', { name: label, lanes: lanes.map(({ lane }) => lane.label).join(', ') });
  const marks = hasRateMarks ? rateMarks(lanes.map(({ learningRateChanges }) => learningRateChanges.value)) : [];
  const places = marks.map(({ step, learningRate }) => t('rate.markAt', { rate: formatExact(learningRate), step: formatCount(step) }));
  const losses = lanes.flatMap(({ lane, membershipChanges }) =>
    membershipChanges.value.map(({ step, lostRank, worldSize }) => {
      const words = { lane: lane.label, rank: formatCount(lostRank), step: formatCount(step), left: formatCount(worldSize) };
      return t('membership.markAt', words);
    }),
  );
  const sentences = [name, places.length === 0 ? '' : t('rate.marks', { marks: places.join('; ') }), ...losses];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** Changes of the learning rate, where this chart has them, and ranks that were lost, everywhere; by step. */
function marksOf({ lanes, hasRateMarks }: ChartPanelProps): readonly ChartMark[] {
  const rates = hasRateMarks ? rateMarks(lanes.map((lane) => lane.learningRateChanges.peek())).map(asChartMark) : [];
  const losses = lanes.flatMap(({ membershipChanges }, curve) =>
    membershipChanges.peek().map(({ step, lostRank, worldSize }) => {
      return { step, text: t('membership.mark', { rank: formatCount(lostRank), left: formatCount(worldSize) }), curve };
    }),
  );
  return [...rates, ...losses].sort((a, b) => a.step - b.step);
}

function asChartMark({ step, learningRate, lane }: RateMark): ChartMark {
  return { step, text: t('rate.mark', { rate: formatExact(learningRate) }), curve: lane };
}

/** Fills the box beside the crosshair; plain DOM, because it follows the pointer. */
function showReadout(
  box: HTMLDivElement | null,
  width: number,
  row: number | null,
  left: number,
  table: AlignedTable,
  props: ChartPanelProps,
  theme: 'light' | 'dark',
): void {
  if (box === null) return;
  const [steps, ...curves] = table.columns();
  const step = row === null || left < 0 ? undefined : steps[row];
  box.hidden = step === undefined;
  if (step === undefined || row === null) return;
  const heading = document.createElement('div');
  heading.className = 'chart-readout-step';
  heading.textContent = t('chart.step', { step: formatCount(step) });
  const lines = props.lanes.map((lane, curve) => {
    const line = document.createElement('div');
    const value = nearestBefore(curves[curve] ?? [], row);
    const swatch = document.createElement('i');
    swatch.style.background = laneStyle(curve, theme).colour;
    const number = document.createElement('b');
    number.textContent = value === null ? '–' : props.formatValue(value);
    line.append(swatch, lane.lane.label, number);
    return line;
  });
  box.replaceChildren(heading, ...lines);
  box.classList.toggle('is-left', left > width / 2 - 40);
}

/** A lane that is behind has no value in this row; the closest one before, within ten rows, stands for it. */
function nearestBefore(values: readonly (number | null)[], row: number): number | null {
  for (let at = row; at >= Math.max(0, row - 10); at -= 1) {
    const value = values[at];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}
