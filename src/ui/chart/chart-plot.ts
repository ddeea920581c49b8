// A chart's canvas: uPlot draws axes and grid and knows about drags and pixel ratios; the curves are drawn from a scene, because every lane has
// an x axis of its own and uPlot wants one table for all. Colours are read from the page when they are needed, so that a theme needs no new
// chart.

import './known-language.ts';
import uPlot from 'uplot';
import type { AxisRange } from '../../state/chart-view.ts';
import type { ThemeName } from '../../state/theme.ts';
import { drawMarks } from './chart-marks.ts';
import type { ChartMark } from './chart-marks.ts';
import type { Scene } from './chart-scene.ts';
import { startPan, zoomByWheel } from './chart-input.ts';
import { laneStyle } from './lane-style.ts';
import { logarithmicTicks } from './nice-ticks.ts';
import { scenePixels } from './scene-pixels.ts';
import type { ScenePixels } from './scene-pixels.ts';
import { paintPaths, tracePaths } from './scene-paint.ts';
import type { ScenePaths } from './scene-paint.ts';

/** What a chart asks for while it draws, and what it tells. */
export interface ChartPlotOptions {
  readonly isLogarithmic: boolean;
  readonly logBase: () => 2 | 10;
  readonly theme: () => ThemeName;
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
  /** Index of the lane that stands out; null for none. */
  readonly focus: () => number | null;
  readonly marks: () => readonly ChartMark[];
  readonly onZoom: (range: AxisRange | null) => void;
  /** Where the pointer is on the x axis; null when it leaves. */
  readonly onPointer: (x: number | null) => void;
}

/** A chart that can be fed. */
export interface ChartPlot {
  show(scene: Scene): void;
  /** Stands the crosshair at a place of the x axis, or takes it away. */
  setCrosshair(x: number | null): void;
  setSize(width: number, height: number): void;
  /** Draws again with the same scene: a lane stands out, or the theme is another. */
  redraw(): void;
  /** From values to CSS pixels inside of `over`. Null before the first scene. */
  pixels(): ScenePixels | null;
  readonly over: HTMLElement;
  destroy(): void;
}

const emptyScene: Scene = { x: { min: 0, max: 1 }, y: { min: 0.1, max: 1 }, isLogarithmic: false, curves: [] };

/** Creates a chart inside of `host`. */
export function createChartPlot(host: HTMLElement, options: ChartPlotOptions, width: number, height: number): ChartPlot {
  const css = getComputedStyle(host);
  const ink = () => css.getPropertyValue('--ink-3').trim();
  const paper = () => css.getPropertyValue('--paper').trim();
  const face = css.getPropertyValue('--face-text');
  const textPx = Number.parseFloat(css.getPropertyValue('--size-1')); // larger in presentation size
  let scene = emptyScene;
  /** Of the scene, at the plot's size of now. */
  let paths: ScenePaths | null = null;

  function draw(self: uPlot): void {
    const ratio = uPlot.pxRatio;
    paths ??= tracePaths(scene, scenePixels(scene, self.bbox), options.theme(), ratio);
    paintPaths(self.ctx, paths, options.theme(), options.focus(), ratio);
    drawMarks(self, options.marks(), {
      font: (pixelRatio) => `${textPx * pixelRatio}px ${face}`,
      paper: paper(),
      colourOf: (styleIndex) => (styleIndex === null ? ink() : laneStyle(styleIndex, options.theme()).colour),
    });
  }

  /** uPlot's own are unround where an axis holds less than a decade. */
  const logarithmicSplits = (self: uPlot): number[] => {
    const count = Math.max(2, Math.floor(self.bbox.height / uPlot.pxRatio / 40));
    return [...logarithmicTicks(scene.y.min, scene.y.max, count, options.logBase())];
  };

  const axis: uPlot.Axis = {
    stroke: ink,
    font: `${textPx}px ${face}`,
    grid: { stroke: () => css.getPropertyValue('--hairline').trim(), width: 1 },
    ticks: { show: false },
    gap: 4,
  };
  const plot = new uPlot(
    {
      width,
      height,
      legend: { show: false },
      padding: [8, 22, 0, 0], // half of `100,000` at the end of the x axis
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false },
        points: { show: false },
        bind: {
          mousedown: (self, _target, handler) => (event: MouseEvent) => {
            if (event.shiftKey) startPan(event, self.over, scene.x, options.onZoom);
            else handler(event);
            return null;
          },
          dblclick: () => () => {
            options.onZoom(null);
            return null;
          },
        },
      },
      select: { show: true, left: 0, top: 0, width: 0, height: 0 },
      scales: {
        x: { time: false, auto: false, range: () => [scene.x.min, scene.x.max] },
        y: { ...(options.isLogarithmic ? { distr: 3, log: 10 } : {}), auto: false, range: () => [scene.y.min, scene.y.max] },
      },
      axes: [
        { ...axis, size: 24, space: 64, values: (_plot, ticks) => ticks.map(options.formatX) },
        {
          ...axis,
          size: 52,
          space: 32,
          ...(options.isLogarithmic ? { splits: logarithmicSplits, filter: (_plot: uPlot, ticks: number[]) => ticks } : {}),
          values: (_plot, ticks) => ticks.map((tick) => (tick === null ? '' : options.formatY(tick))),
        },
      ],
      series: [{}],
      hooks: {
        setSelect: [
          (self) => {
            const { left, width: selected } = self.select;
            if (selected < 4) return;
            options.onZoom({ min: self.posToVal(left, 'x'), max: self.posToVal(left + selected, 'x') });
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
        setSize: [
          () => {
            paths = null;
          },
        ],
        draw: [draw],
      },
    },
    [[0, 1]],
    host,
  );
  const { over } = plot;
  /** Of the plotting area, without asking the page for a layout. */
  const size = () => ({ width: plot.bbox.width / uPlot.pxRatio, height: plot.bbox.height / uPlot.pxRatio });
  const onMove = (event: PointerEvent): void => {
    const place = scene.x.min + ((event.clientX - plot.rect.left) / plot.rect.width) * (scene.x.max - scene.x.min);
    options.onPointer(Math.min(scene.x.max, Math.max(scene.x.min, place)));
  };
  const onLeave = (event: PointerEvent): void => {
    if (event.pointerType === 'mouse') options.onPointer(null);
  };
  const onWheel = (event: WheelEvent): void => zoomByWheel(event, plot.rect, scene.x, options.onZoom);
  over.addEventListener('pointermove', onMove);
  over.addEventListener('pointerdown', onMove);
  over.addEventListener('pointerleave', onLeave);
  over.addEventListener('wheel', onWheel, { passive: false });

  return {
    over,
    show(next) {
      scene = next;
      paths = null;
      plot.batch(() => {
        plot.setScale('x', scene.x);
        plot.setScale('y', scene.y);
      });
    },
    setCrosshair(x) {
      const isInside = x !== null && x >= scene.x.min && x <= scene.x.max;
      const left = isInside ? ((x - scene.x.min) / (scene.x.max - scene.x.min)) * size().width : -10;
      plot.setCursor({ left, top: isInside ? 0 : -10 }, false);
    },
    setSize: (nextWidth, nextHeight) => plot.setSize({ width: nextWidth, height: nextHeight }),
    redraw: () => plot.redraw(false),
    pixels() {
      if (scene === emptyScene) return null;
      return scenePixels(scene, { left: 0, top: 0, ...size() });
    },
    destroy: () => plot.destroy(),
  };
}
