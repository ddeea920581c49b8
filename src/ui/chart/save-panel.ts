// Saves a panel: its picture as SVG, the same picture as PNG, its numbers as CSV. What is in view is in the picture; the numbers are all of
// them.

import { t } from '../../state/locale.ts';
import type { PageState } from '../../state/page.ts';
import { download } from '../timeline/download.ts';
import { axisKeys, formatAxisTick } from './axis-words.ts';
import { chartCsv } from './chart-csv.ts';
import { SceneBuilder } from './chart-scene.ts';
import { chartSvg, pictureSize } from './chart-svg.ts';
import type { PanelDrawing } from './panel-drawing.ts';
import type { ExportKind } from './panel-heading.tsx';

/** Hands the file over; nothing happens before the panel was drawn once. */
export async function savePanel(kind: ExportKind, drawing: PanelDrawing, page: PageState, title: string): Promise<void> {
  const fileName = `${fileNameOf(title)}.${kind}`;
  if (kind === 'csv') return download(fileName, csvOf(drawing, page, title), 'text/csv;charset=utf-8');
  const svg = svgOf(drawing, page, title);
  if (svg === null) return;
  if (kind === 'svg') download(fileName, svg, 'image/svg+xml');
  else download(fileName, await rasterise(svg));
}

function csvOf(drawing: PanelDrawing, page: PageState, title: string): string {
  const axis = page.charts.axis.peek();
  const words = { lane: t('charts.csvLane'), step: t('charts.stepColumn'), axis: t(axisKeys[axis]), value: title };
  return chartCsv(drawing.takeCurves().curves, axis, words);
}

function svgOf(drawing: PanelDrawing, page: PageState, title: string): string | null {
  const { range } = drawing;
  if (range === null) return null;
  const set = drawing.takeCurves();
  const { axis, smoothing } = page.charts;
  const scene = drawing.buildScene(new SceneBuilder(), set.curves, range, pictureSize.width);
  const css = getComputedStyle(document.documentElement);
  const colour = (name: string): string => css.getPropertyValue(name).trim();
  const isSmoothed = set.curves.some(({ smoothed }) => smoothed !== null);
  return chartSvg(
    scene,
    {
      title: isSmoothed ? t('charts.smoothed', { name: title, beta: smoothing.peek() }) : title,
      xLabel: t(axisKeys[axis.peek()]),
      formatX: (value) => formatAxisTick(axis.peek(), value),
      formatY: (value) => drawing.numbers().tick(value),
      logBase: drawing.numbers().logBase,
      notes: drawing.notes(),
    },
    { theme: page.theme.theme.peek(), paper: colour('--paper'), ink: colour('--ink-2'), hairline: colour('--hairline') },
  );
}

/** Two pixels for each of the picture's. */
async function rasterise(svg: string): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = 2 * pictureSize.width;
    canvas.height = 2 * pictureSize.height;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob === null ? reject(new Error('savePanel: expected a picture, got none.')) : resolve(blob)), 'image/png');
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}

function fileNameOf(title: string): string {
  return title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'chart';
}
