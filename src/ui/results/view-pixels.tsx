// Views made of pixels: heatmap, image and images, on a canvas that CSS enlarges without smoothing. A heatmap runs from one colour to another
// through the paper for signed values, from the paper to the accent otherwise; its range is written beneath.

import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../state/locale.ts';
import type { ShownView } from '../../train/telemetry.ts';
import { formatLoss } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { AsTable } from './as-table.tsx';

type ViewOf<Kind extends ShownView['kind']> = Extract<ShownView, { readonly kind: Kind }>;
type Rgb = readonly [red: number, green: number, blue: number];

/** Ends of the heatmap's scales, and the paper between them, per theme: Okabe and Ito's blue and vermillion. */
const ends = {
  light: { paper: [255, 255, 255], high: [0, 82, 140], low: [190, 74, 0] },
  dark: { paper: [25, 29, 36], high: [120, 200, 245], low: [240, 150, 90] },
} as const satisfies Record<string, Record<string, Rgb>>;

/** Values as colours, row by row. */
export function HeatmapView({ view }: { readonly view: ViewOf<'heatmap'> }): preact.JSX.Element {
  const { page } = usePage();
  const { paper, high, low } = ends[page.theme.theme.value];
  const finite = view.values.filter(Number.isFinite);
  const min = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const max = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const top = view.values.indexOf(max);
  const words =
    finite.length === 0
      ? t('view.noneFinite', { title: view.title })
      : t('view.heatmap', {
          title: view.title,
          rows: view.rows,
          columns: view.columns,
          min: formatLoss(min),
          max: formatLoss(max),
          row: Math.floor(top / view.columns) + 1,
          column: (top % view.columns) + 1,
        });
  const isSigned = min < 0;
  const largest = Math.max(Math.abs(min), Math.abs(max)) || 1;
  const colourOf = (value: number): Rgb => {
    if (!Number.isFinite(value)) return [128, 128, 128];
    const share = isSigned ? Math.abs(value) / largest : max === min ? 1 : (value - min) / (max - min);
    return mix(paper, value < 0 ? low : high, share);
  };
  return (
    <>
      <Pixels
        width={view.columns}
        height={view.rows}
        title={words}
        colourOf={(index) => colourOf(view.values[index] ?? NaN)}
        stamp={[view, paper]}
      />
      <p class="view-range">
        <span>{finite.length === 0 ? '–' : `${formatLoss(min)} … ${formatLoss(max)}`}</span>
      </p>
    </>
  );
}

/** The same, with its numbers to open. */
export function HeatmapWithTable({ view }: { readonly view: ViewOf<'heatmap'> }): preact.JSX.Element {
  return (
    <>
      <HeatmapView view={view} />
      <AsTable
        columns={[t('view.row'), ...Array.from({ length: view.columns }, (_, column) => String(column + 1))]}
        rowCount={view.rows}
        rowAt={(row) => [String(row + 1), ...view.values.slice(row * view.columns, (row + 1) * view.columns)]}
      />
    </>
  );
}

/** Grey values, or red, green and blue, in 0..1. */
export function ImageView({ view }: { readonly view: ViewOf<'image'> }): preact.JSX.Element {
  const { title, width, height } = view;
  return <Picture {...view} words={t('view.image', { title, width, height })} first={0} />;
}

/** Images side by side, each with its caption. */
export function ImagesView({ view }: { readonly view: ViewOf<'images'> }): preact.JSX.Element {
  const size = view.width * view.height * view.channels;
  return (
    <ul class="view-images" tabIndex={0} aria-label={view.title}>
      {view.captions.map((caption, index) => (
        <li key={index}>
          <Picture {...view} words={t('view.imageAt', { title: view.title, number: index + 1, caption })} first={index * size} />
          {caption === '' ? null : <span>{caption}</span>}
        </li>
      ))}
    </ul>
  );
}

interface PictureProps extends Pick<ViewOf<'image'>, 'width' | 'height' | 'channels' | 'pixels'> {
  readonly words: string;
  /** Where its values begin. */
  readonly first: number;
}

function Picture({ width, height, channels, pixels, words, first }: PictureProps): preact.JSX.Element {
  const toByte = (at: number): number => Math.min(1, Math.max(0, pixels[at] ?? 0)) * 255;
  const colourOf = (index: number): Rgb => {
    const at = first + index * channels;
    const red = toByte(at);
    return channels === 1 ? [red, red, red] : [red, toByte(at + 1), toByte(at + 2)];
  };
  return <Pixels width={width} height={height} title={words} colourOf={colourOf} stamp={[pixels]} />;
}

interface PixelsProps {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly colourOf: (index: number) => Rgb;
  /** What the picture depends on. */
  readonly stamp: readonly unknown[];
}

function Pixels({ width, height, title, colourOf, stamp }: PixelsProps): preact.JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined || width === 0 || height === 0) return;
    const image = context.createImageData(width, height);
    for (let index = 0; index < width * height; index += 1) {
      const [red, green, blue] = colourOf(index);
      image.data.set([red, green, blue, 255], index * 4);
    }
    context.putImageData(image, 0, 0);
  }, [...stamp]);
  return (
    <canvas
      class="pixels"
      ref={canvas}
      width={width}
      height={height}
      role="img"
      aria-label={title}
      style={{ aspectRatio: `${width} / ${height}` }}
    />
  );
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = Math.min(1, Math.max(0, share));
  return [from[0] + (to[0] - from[0]) * at, from[1] + (to[1] - from[1]) * at, from[2] + (to[2] - from[2]) * at];
}
