// A chart as an SVG file: the scene of the page, drawn with the same styles, with title, axes and legend. Every text is escaped, because
// labels and metrics are named by programs.

import type { ThemeName } from '../../state/theme.ts';
import type { Scene, SceneCurve } from './chart-scene.ts';
import { curveStyle, curveWidth, markerRadius, opacity } from './curve-style.ts';
import { markerPoints } from './marker-shapes.ts';
import { logarithmicTicks, niceTicks } from './nice-ticks.ts';
import { scenePixels } from './scene-pixels.ts';
import type { PlotBox, ScenePixels } from './scene-pixels.ts';
import { markerPlaces, traceBand, traceLine } from './trace.ts';
import type { Pen } from './trace.ts';

/** What a picture shows besides its curves. */
export interface PictureWords {
  readonly title: string;
  /** What lies along the x axis. */
  readonly xLabel: string;
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
  /** Of a logarithmic y axis. */
  readonly logBase: 2 | 10;
  /** Beside a curve's name, such as what its band is. */
  readonly notes: readonly string[];
}

/** The page's colours. */
export interface PictureColours {
  readonly theme: ThemeName;
  readonly paper: string;
  readonly ink: string;
  readonly hairline: string;
}

/** Sizes in pixels. */
export const pictureSize = { width: 960, height: 540 } as const;
const margin = { left: 64, right: 24, top: 40, bottom: 44 } as const;
const lineHeight = 18;

/** The file's text. */
export function chartSvg(scene: Scene, words: PictureWords, colours: PictureColours): string {
  const { width, height } = pictureSize;
  const legendLines = legendLayout(scene, colours);
  const top = margin.top + legendLines.height;
  const bottom = margin.bottom + words.notes.length * lineHeight;
  const box: PlotBox = { left: margin.left, top, width: width - margin.left - margin.right, height: height - top - bottom };
  const pixels = scenePixels(scene, box);
  const place = (at: number): number => Number(at.toFixed(2));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escapeXml(words.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${colours.paper}"/>`,
    `<text x="${margin.left}" y="24" font-size="16" font-weight="600" fill="${colours.ink}">${escapeXml(words.title)}</text>`,
    ...legendLines.parts,
    ...axes(scene, words, colours, pixels),
    `<clipPath id="plot"><rect x="${place(box.left)}" y="${place(box.top)}" width="${place(box.width)}" height="${place(box.height)}"/></clipPath>`,
    '<g clip-path="url(#plot)" fill="none" stroke-linejoin="round">',
    ...scene.curves.map((curve, index) => curveSvg(curve, index, pixels, colours.theme)),
    '</g>',
    ...words.notes.map((note, index) => {
      return `<text x="${margin.left}" y="${height - 10 - (words.notes.length - 1 - index) * lineHeight}" fill="${colours.ink}">${escapeXml(note)}</text>`;
    }),
    '</svg>',
  ].join('\n');
}

function axes(scene: Scene, words: PictureWords, { hairline, ink }: PictureColours, pixels: ScenePixels): readonly string[] {
  const { left, top, width, height } = pixels.box;
  const bottom = top + height;
  const ys = scene.isLogarithmic ? logarithmicTicks(scene.y.min, scene.y.max, 6, words.logBase) : niceTicks(scene.y.min, scene.y.max, 6);
  return [
    ...niceTicks(scene.x.min, scene.x.max, 8).map((tick) => {
      const x = pixels.x(tick).toFixed(1);
      return `<path d="M${x} ${top}V${bottom}" stroke="${hairline}"/><text x="${x}" y="${bottom + 16}" text-anchor="middle" fill="${ink}">${escapeXml(words.formatX(tick))}</text>`;
    }),
    ...ys.map((tick) => {
      const y = pixels.y(tick).toFixed(1);
      return `<path d="M${left} ${y}H${left + width}" stroke="${hairline}"/><text x="${left - 6}" y="${y}" dy="4" text-anchor="end" fill="${ink}">${escapeXml(words.formatY(tick))}</text>`;
    }),
    `<text x="${left + width}" y="${bottom + 34}" text-anchor="end" fill="${ink}">${escapeXml(words.xLabel)}</text>`,
  ];
}

function curveSvg(of: SceneCurve, index: number, pixels: ScenePixels, theme: ThemeName): string {
  const { colour, dash, marker } = curveStyle(of.curve, theme);
  const isBehind = of.smoothed !== null;
  const dashes = dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
  const line = (points: SceneCurve['raw'], width: number, strength: number, dashed: string): string => {
    const pen = new SvgPen();
    traceLine(points, pixels, pen);
    return `<path d="${pen.text}" stroke="${colour}" stroke-width="${width}" stroke-opacity="${strength}"${dashed}/>`;
  };
  const { top, height } = pixels.box;
  const radius = markerRadius;
  const shapes = [
    ...markerPlaces(of.smoothed ?? of.raw, pixels, 1, index).map(([x, y]) => markerPoints(marker, x, y, radius)),
    ...of.gapXs.map((x) => markerPoints('cross', pixels.x(x), top + height - 1.5 * radius, radius)),
    ...of.skippedXs.map((x) => markerPoints('triangle', pixels.x(x), top + 1.5 * radius, radius)),
  ];
  const parts = [
    of.band === null ? '' : bandSvg(of.band, pixels, colour),
    line(
      of.raw,
      isBehind || of.isDense ? curveWidth.dense : curveWidth.line,
      isBehind ? opacity.rawBehind : 1,
      isBehind || of.isDense ? '' : dashes,
    ),
    of.smoothed === null ? '' : line(of.smoothed, curveWidth.line, 1, dashes),
    ...shapes.map((points) => `<polygon points="${points}" fill="${colour}"/>`),
  ];
  const faint = of.curve.kind === 'overlay' ? ` opacity="${opacity.overlay}"` : '';
  return `<g${faint}><title>${escapeXml(of.curve.label)}</title>${parts.join('')}</g>`;
}

function bandSvg(band: NonNullable<SceneCurve['band']>, pixels: ScenePixels, colour: string): string {
  const pen = new SvgPen();
  traceBand(band, pixels, pen);
  return `<path d="${pen.text}Z" fill="${colour}" fill-opacity="${opacity.band}"/>`;
}

/** A swatch and a name per curve, in as many lines as they need; widths are estimated, because a file has nobody to measure for it. */
function legendLayout({ curves }: Scene, { theme, ink }: PictureColours): { readonly parts: readonly string[]; readonly height: number } {
  let x: number = margin.left;
  let y = margin.top;
  const parts = curves.map(({ curve }) => {
    const { colour, dash, marker } = curveStyle(curve, theme);
    const width = 44 + curve.label.length * 7;
    if (x > margin.left && x + width > pictureSize.width - margin.right) {
      x = margin.left;
      y += lineHeight;
    }
    const part = [
      `<path d="M${x} ${y}h26" stroke="${colour}" stroke-width="2"${dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`}/>`,
      `<polygon points="${markerPoints(marker, x + 13, y, markerRadius)}" fill="${colour}"/>`,
      `<text x="${x + 32}" y="${y + 4}" fill="${ink}">${escapeXml(curve.label)}</text>`,
    ].join('');
    x += width;
    return part;
  });
  return { parts, height: curves.length === 0 ? 0 : y - margin.top + lineHeight };
}

/** Writes a path's commands. */
class SvgPen implements Pen {
  #commands: string[] = [];

  moveTo(x: number, y: number): void {
    this.#commands.push(`M${x.toFixed(1)} ${y.toFixed(1)}`);
  }

  lineTo(x: number, y: number): void {
    this.#commands.push(`L${x.toFixed(1)} ${y.toFixed(1)}`);
  }

  get text(): string {
    return this.#commands.join('');
  }
}

/** A text as XML: the five characters that mean something, and none of those that XML forbids. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}
