// A panel of curves with its heading, what has to be said beside it, and the values under the crosshair. The component only sets things up: data
// goes from the columns to the canvas in the paint queue, without rendering anything.

import { effect, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ChartPanelSpec } from '../../state/chart-panels.ts';
import { quantityOf } from '../../state/chart-quantity.ts';
import { t } from '../../state/locale.ts';
import type { MetricChoice } from '../../state/metric-choice.ts';
import type { PageState } from '../../state/page.ts';
import { metricLabel } from '../metric-label.ts';
import { usePage } from '../page-context.ts';
import { axisKeys } from './axis-words.ts';
import { ChartTable } from './chart-table.tsx';
import { describeMarks } from './lane-marks.ts';
import { forgetPaint, paintSoon } from './paint-queue.ts';
import { PanelDrawing } from './panel-drawing.ts';
import { PanelHeading } from './panel-heading.tsx';
import { panelKeys } from './panel-words.ts';
import { savePanel } from './save-panel.ts';

/** A chart of one quantity, one curve per lane or group of repeats. */
export function ChartPanel(props: { readonly panel: ChartPanelSpec; readonly metrics: readonly MetricChoice[] }): preact.JSX.Element {
  const { page } = usePage();
  const { panel, metrics } = props;
  const host = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLDivElement>(null);
  const spoken = useRef<HTMLDivElement>(null);
  const shown = useRef(panel);
  const drawing = useRef<PanelDrawing | null>(null);
  const isTable = useSignal(false);
  const notes = useSignal('');
  shown.current = panel;
  const quantity = quantityOf(panel, metrics, page.run.declaration.value?.target ?? null);
  const metric = quantity?.metric ?? '';
  const title = panel.kind === 'metric' && metric !== '' ? metricLabel(metric) : t(panelKeys[panel.kind]);

  useEffect(() => {
    const place = { host: host.current, readout: readout.current, spoken: spoken.current };
    if (place.host === null || place.readout === null || place.spoken === null) return undefined;
    const onNotes = (list: readonly string[]): void => {
      notes.value = list.join('\n');
    };
    const made = new PanelDrawing(page, () => shown.current, {
      host: place.host,
      readout: place.readout,
      spoken: place.spoken,
      onNotes,
    });
    drawing.current = made;
    const observer = new ResizeObserver(([entry]) => {
      made.measured(entry?.contentRect.width ?? 0, entry?.contentRect.height ?? 0);
      paintSoon(made.resize);
    });
    observer.observe(place.host);
    const end = followPage(page, made);
    return () => {
      observer.disconnect();
      end();
      for (const paint of [made.draw, made.redraw, made.resize, made.moveCrosshair]) forgetPaint(paint);
      made.destroy();
      drawing.current = null;
    };
  }, [panel.id, panel.isLogarithmic]);

  useEffect(() => {
    if (drawing.current !== null) paintSoon(drawing.current.draw);
  }, [metric]);

  return (
    <section class="chart" aria-label={title}>
      <PanelHeading
        panel={panel}
        title={title}
        metrics={metrics}
        metric={metric}
        isTable={isTable.value}
        onTable={(next) => {
          isTable.value = next;
        }}
        onExport={(kind) => {
          if (drawing.current !== null) void savePanel(kind, drawing.current, page, title);
        }}
      />
      <div
        class="chart-canvas"
        ref={host}
        role="application"
        tabIndex={0}
        aria-label={describe(page, title)}
        hidden={isTable.value}
        onKeyDown={(event) => {
          if (drawing.current?.onKey(event) === true) event.preventDefault();
        }}
      >
        <div class="chart-readout" ref={readout} hidden />
      </div>
      <div class="visually-hidden" role="status" ref={spoken} />
      {isTable.value && drawing.current !== null ? <ChartTable drawing={drawing.current} title={title} /> : null}
      {quantity === null ? <p class="chart-notes">{t('charts.nothing')}</p> : null}
      <PanelNotes notes={notes.value} />
    </section>
  );
}

/** Draws again whenever what is drawn has changed. Plain effects: the hook for them would wait for a frame before asking for one. */
function followPage(page: PageState, drawing: PanelDrawing): () => void {
  const { charts, run, overlay, hiddenLanes, theme, focus } = page;
  const ends = [
    effect(() => {
      for (const signal of [run.revision, charts.zoom, charts.axis, charts.smoothing, overlay, hiddenLanes]) void signal.value;
      paintSoon(drawing.draw);
    }),
    effect(() => {
      for (const signal of [focus.shown, theme.theme]) void signal.value;
      paintSoon(drawing.redraw);
    }),
    effect(() => {
      void charts.crosshair.value;
      paintSoon(drawing.moveCrosshair);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function PanelNotes({ notes }: { readonly notes: string }): preact.JSX.Element | null {
  if (notes === '') return null;
  return (
    <ul class="chart-notes">
      {notes.split('\n').map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

/** The chart in words, marks included. */
function describe({ run, charts }: PageState, title: string): string {
  const lanes = run.lanes.value;
  const words = { name: title, axis: t(axisKeys[charts.axis.value]), lanes: lanes.map(({ lane }) => lane.label).join(', ') };
  return [t('charts.description', words), ...describeMarks(lanes)].join(' ');
}
