// One chart over steps: uPlot with the page's colours, a crosshair shared by all charts of the page, drag to zoom and double-click to
// reset. uPlot draws on a canvas in about a millisecond; it owns its part of the DOM and the component around it only feeds it.

import './known-language.ts';
import uPlot from 'uplot';
import type { StepRange } from '../../state/chart-view.ts';
import type { ThemeName } from '../../state/theme.ts';
import { formatCount } from '../number-format.ts';
import { drawMarks } from './chart-marks.ts';
import type { ChartMark } from './chart-marks.ts';
import { laneStyle } from './lane-style.ts';

/** What a chart shows besides its data. */
export interface StepPlotOptions {
  readonly curves: readonly string[];
  readonly isLogarithmic: boolean;
  /** Evaluations are few: each gets a dot. */
  readonly hasDots: boolean;
  readonly theme: ThemeName;
  readonly formatValue: (value: number) => string;
  /** The curve that stands out; null for none. */
  readonly focus: () => number | null;
  /** Marks over the curves, by step. */
  readonly marks: () => readonly ChartMark[];
  /** The last step the axis should reach while everything is in view. */
  readonly lastStep: () => number;
  readonly onZoom: (range: StepRange | null) => void;
  /** The row under the crosshair, in the table's rows; null when it leaves. */
  readonly onCursor: (row: number | null, left: number) => void;
}

/** A chart that can be fed. */
export interface StepPlot {
  setData(columns: [number[], ...(number | null)[][]], zoom: StepRange | null): void;
  setSize(width: number, height: number): void;
  /** Draws again with the same data: a lane stands out, or no longer. */
  redraw(): void;
  destroy(): void;
}

const syncKey = 'steps';
/** Two hex digits of opacity for lanes that stand back. */
const faded = '2e';

/** Creates a chart inside of `host`. Colours of axes and grid are read from the host's CSS variables. */
export function createStepPlot(host: HTMLElement, options: StepPlotOptions, width: number, height: number): StepPlot {
  const css = getComputedStyle(host);
  const ink = css.getPropertyValue('--ink-3').trim();
  const face = css.getPropertyValue('--face-text');
  const hairline = css.getPropertyValue('--hairline').trim();
  const paper = css.getPropertyValue('--paper').trim();
  const font = `12px ${face}`;

  const strokeOf = (curve: number): string => {
    const focus = options.focus();
    const { colour } = laneStyle(curve, options.theme);
    return focus === null || focus === curve ? colour : colour + faded;
  };

  const axis: uPlot.Axis = {
    stroke: ink,
    font,
    grid: { stroke: hairline, width: 1 },
    ticks: { show: false },
    gap: 4,
  };
  const plot = new uPlot(
    {
      width,
      height,
      legend: { show: false },
      padding: [8, 12, 0, 0],
      cursor: {
        sync: { key: syncKey, scales: ['x', null] },
        drag: { x: true, y: false, setScale: false },
        points: { size: 7, width: 2, stroke: (_plot, series) => strokeOf(series - 1), fill: () => paper },
        bind: {
          dblclick: () => () => {
            options.onZoom(null);
            return null;
          },
        },
      },
      select: { show: true, left: 0, top: 0, width: 0, height: 0 },
      scales: {
        x: { time: false, auto: false },
        y: options.isLogarithmic ? { distr: 3, log: 10 } : { range: paddedRange },
      },
      axes: [
        { ...axis, size: 24, space: 56, values: (_plot, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? formatCount(tick) : '')) },
        { ...axis, size: 52, space: 32, values: (_plot, ticks) => ticks.map((tick) => (tick === null ? '' : options.formatValue(tick))) },
      ],
      series: [
        {},
        ...options.curves.map((label, curve): uPlot.Series => ({
          label,
          stroke: () => strokeOf(curve),
          width: 1.75,
          dash: [...laneStyle(curve, options.theme).dash],
          spanGaps: true,
          points: options.hasDots ? { show: true, size: 5, fill: () => strokeOf(curve) } : { show: false },
        })),
      ],
      hooks: {
        setSelect: [
          (self) => {
            const { left, width: selected } = self.select;
            if (selected < 4) return;
            options.onZoom({ min: self.posToVal(left, 'x'), max: self.posToVal(left + selected, 'x') });
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
        draw: [
          (self) =>
            drawMarks(self, options.marks(), {
              font: (ratio) => `${11 * ratio}px ${face}`,
              paper,
              colourOf: (curve) => (curve === null ? ink : strokeOf(curve)),
            }),
        ],
        setCursor: [(self) => options.onCursor(self.cursor.idx ?? null, self.cursor.left ?? -1)],
      },
    },
    [[], ...options.curves.map(() => [])],
    host,
  );

  return {
    setData(columns, zoom) {
      plot.batch(() => {
        plot.setData(columns, false);
        plot.setScale('x', zoom ?? { min: Math.min(1, columns[0][0] ?? 1), max: Math.max(2, options.lastStep()) });
      });
    },
    setSize: (nextWidth, nextHeight) => plot.setSize({ width: nextWidth, height: nextHeight }),
    redraw: () => plot.redraw(false),
    destroy: () => plot.destroy(),
  };
}

/** A little room above and below; losses and accuracies start at zero only where the data does. */
function paddedRange(_plot: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const room = (max - min) * 0.06 || Math.abs(max) * 0.1 || 0.5;
  return [min >= 0 ? Math.max(0, min - room) : min - room, max + room];
}
