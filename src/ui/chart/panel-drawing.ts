// One panel of curves while it is on the page: takes what the columns have gained, decimates it for the width there is, and draws. It renders
// nothing; the component around it says when.

import type { AxisRange } from '../../state/chart-view.ts';
import { createCurves, curvesSignature } from '../../state/chart-curves.ts';
import type { CurveSet, CurveSources } from '../../state/chart-curves.ts';
import { factsOfLane, fullRange } from '../../state/chart-facts.ts';
import type { ChartPanelSpec } from '../../state/chart-panels.ts';
import { quantityOf } from '../../state/chart-quantity.ts';
import type { Quantity } from '../../state/chart-quantity.ts';
import type { LaneState } from '../../state/lanes.ts';
import { listMetrics } from '../../state/metric-choice.ts';
import type { PageState } from '../../state/page.ts';
import { formatAxisPlace, formatAxisTick } from './axis-words.ts';
import { handleChartKey } from './chart-input.ts';
import { createChartPlot } from './chart-plot.ts';
import type { ChartPlot } from './chart-plot.ts';
import { SceneBuilder } from './chart-scene.ts';
import type { Scene } from './chart-scene.ts';
import { laneMarks } from './lane-marks.ts';
import type { ChartMark } from './chart-marks.ts';
import { panelNotes } from './panel-notes.ts';
import { numberWords } from './panel-words.ts';
import { Readout, readAt, sayReadings } from './readout.ts';

/** Where a panel is drawn, and who is told. */
export interface DrawingPlace {
  readonly host: HTMLElement;
  readonly readout: HTMLElement;
  /** Says the readings to those who hear them. */
  readonly spoken: HTMLElement;
  readonly onNotes: (notes: readonly string[]) => void;
}

/** Pixels across that the y axis and the padding take. */
const axisRoom = 74;
const noCurves: CurveSet = { curves: [], missing: [] };

/** Draws a panel; made anew where its y axis becomes logarithmic or linear. */
export class PanelDrawing {
  readonly #page: PageState;
  readonly #panel: () => ChartPanelSpec;
  readonly #place: DrawingPlace;
  readonly #builder = new SceneBuilder();
  #set: CurveSet = noCurves;
  #signature = '';
  #lanesOf: readonly LaneState[] | null = null;
  #quantity: Quantity | null = null;
  #plot: ChartPlot | null = null;
  #readout: Readout | null = null;
  #scene: Scene | null = null;
  #marks: readonly ChartMark[] = [];
  #width = 0;
  #height = 0;

  constructor(page: PageState, panel: () => ChartPanelSpec, place: DrawingPlace) {
    this.#page = page;
    this.#panel = panel;
    this.#place = place;
  }

  /** Draws what there is now. Made of bound functions: each waits in the paint queue by its identity. */
  readonly draw = (): void => {
    const { onNotes } = this.#place;
    if (this.#width === 0) return; // not measured yet, or the table is shown
    const plot = (this.#plot ??= this.#createPlot());
    const { charts, run } = this.#page;
    const panel = this.#panel();
    const { curves } = this.takeCurves();
    const lanes = this.#shownLanes();
    const axis = charts.axis.peek();
    this.#marks = laneMarks(lanes, axis, this.#factsOf, panel.kind === 'loss');
    const range = charts.zoom.peek() ?? fullRange(lanes, this.#page.overlay.peek(), axis, run.declaration.peek());
    this.#scene = this.buildScene(this.#builder, curves, range, Math.max(1, this.#width - axisRoom));
    plot.show(this.#scene);
    onNotes(this.notes());
    this.moveCrosshair();
  };

  readonly redraw = (): void => this.#plot?.redraw();

  readonly resize = (): void => {
    if (this.#width > 0) this.#plot?.setSize(this.#width, this.#height);
    this.draw();
  };

  /** The size there is, in CSS pixels; told rather than asked for, because asking makes the page lay itself out. Call `resize` after it. */
  measured(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
  }

  readonly moveCrosshair = (): void => {
    const { charts, theme } = this.#page;
    const place = charts.crosshair.peek();
    this.#plot?.setCrosshair(place);
    const scene = this.#scene;
    const pixels = this.#plot?.pixels() ?? null;
    if (place === null || scene === null || pixels === null || scene.curves.length === 0 || place < scene.x.min || place > scene.x.max) {
      this.#readout?.hide();
      return;
    }
    const heading = formatAxisPlace(charts.axis.peek(), place);
    this.#readout?.show(heading, place, readAt(scene, place), pixels, theme.theme.peek(), this.numbers().value);
  };

  /** The curves as they are now, up to date. */
  takeCurves(): CurveSet {
    const { run } = this.#page;
    this.#quantity = quantityOf(this.#panel(), listMetrics(run.lanes.peek()), run.declaration.peek()?.target ?? null);
    const sources = this.#sources(this.#quantity);
    const signature = sources === null ? '' : curvesSignature(sources);
    if (signature !== this.#signature || this.#lanesOf !== run.lanes.peek()) {
      this.#lanesOf = run.lanes.peek();
      this.#signature = signature;
      this.#set = sources === null ? noCurves : createCurves(sources);
    }
    for (const curve of this.#set.curves) curve.update();
    return this.#set;
  }

  /** What has to be said beside the curves as they were taken last. */
  notes(): readonly string[] {
    const { charts, overlay, run } = this.#page;
    const { kind, isLogarithmic } = this.#panel();
    const hasVirtual = this.#shownLanes().some(({ lane }) => lane.virtual && lane.worldSize > 1);
    const isRace = run.schedule.peek()?.schedule === 'race';
    const imported = overlay.peek().flatMap(({ label, isImported }) => (isImported ? [label] : []));
    return panelNotes(this.#set, { kind, isLogarithmic, axis: charts.axis.peek(), hasVirtual, isRace, imported });
  }

  buildScene(builder: SceneBuilder, curves: CurveSet['curves'], range: AxisRange, columnCount: number): Scene {
    return builder.build(curves, range, columnCount, this.#panel().isLogarithmic);
  }

  /** The range that is drawn; null before the first drawing. */
  get range(): AxisRange | null {
    return this.#scene?.x ?? null;
  }

  /** The metric that is drawn; empty for none. */
  get metric(): string {
    return this.#quantity?.metric ?? '';
  }

  numbers(): ReturnType<typeof numberWords> {
    return numberWords(this.#panel().kind, this.metric);
  }

  /** Returns whether the key meant something. */
  onKey(event: KeyboardEvent): boolean {
    const { charts } = this.#page;
    const scene = this.#scene;
    if (scene === null) return false;
    const crosshair = charts.crosshair.peek();
    return handleChartKey(event, {
      range: scene.x,
      crosshair,
      nextPlace: (from, by) => nextPlace(scene, from, by),
      onZoom: (range) => {
        charts.zoom.value = range;
      },
      onCrosshair: (place) => {
        charts.crosshair.value = place;
        const heading = place === null ? '' : formatAxisPlace(charts.axis.peek(), place);
        this.#place.spoken.textContent = place === null ? '' : sayReadings(heading, readAt(scene, place), this.numbers().value);
      },
    });
  }

  destroy(): void {
    this.#readout?.hide();
    this.#plot?.destroy();
  }

  #sources(quantity: Quantity | null): CurveSources | null {
    if (quantity === null) return null;
    const { run, overlay, hiddenLanes, charts } = this.#page;
    return {
      lanes: run.lanes.peek(),
      hidden: hiddenLanes.peek(),
      overlays: overlay.peek(),
      factsOf: this.#factsOf,
      quantity,
      axis: charts.axis.peek(),
      smoothing: charts.smoothing.peek(),
    };
  }

  readonly #factsOf = (lane: LaneState) => factsOfLane(lane, this.#page.run.declaration.peek());

  #shownLanes(): readonly LaneState[] {
    const hidden = this.#page.hiddenLanes.peek();
    return this.#page.run.lanes.peek().filter(({ index }) => !hidden.has(index));
  }

  #createPlot(): ChartPlot {
    const { host, readout } = this.#place;
    const { charts, focus, theme } = this.#page;
    const plot = createChartPlot(
      host,
      {
        isLogarithmic: this.#panel().isLogarithmic,
        logBase: () => this.numbers().logBase,
        theme: () => theme.theme.peek(),
        formatX: (value) => formatAxisTick(charts.axis.peek(), value),
        formatY: (value) => this.numbers().tick(value),
        focus: () => focus.shown.peek(),
        marks: () => this.#marks,
        onZoom: (range) => {
          charts.zoom.value = range;
        },
        onPointer: (place) => {
          charts.crosshair.value = place;
        },
      },
      this.#width,
      this.#height,
    );
    this.#readout = new Readout(readout, plot.over);
    return plot;
  }
}

/** The next drawn place of the first lane's curve that has one, at least a pixel away; its ends from nowhere. */
function nextPlace({ curves, x }: Scene, from: number | null, by: 1 | -1): number | null {
  const drawn = curves.filter(({ raw }) => raw.length > 0);
  const points = (drawn.find(({ curve }) => curve.kind !== 'overlay') ?? drawn[0])?.raw;
  if (points === undefined) return null;
  const least = (x.max - x.min) / 2000;
  const isIn = (place: number): boolean => place >= x.min && place <= x.max;
  for (let step = 0; step < points.length; step += 1) {
    const place = points.x(by === 1 ? step : points.length - 1 - step);
    if (isIn(place) && (from === null || (place - from) * by > least)) return place;
  }
  return null;
}
