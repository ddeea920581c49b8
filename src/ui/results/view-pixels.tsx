// Views made of pixels: heatmap and image, on a canvas that CSS enlarges without smoothing. A heatmap runs from one colour to another
// through the paper for signed values, from the paper to the accent otherwise; its range is written beneath.

import { useEffect, useRef } from 'preact/hooks';
import type { ShownView } from '../../train/telemetry.ts';
import { formatLoss } from '../number-format.ts';
import { usePage } from '../page-context.ts';

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
        title={view.title}
        colourOf={(index) => colourOf(view.values[index] ?? NaN)}
        stamp={[view, paper]}
      />
      <p class="view-range">
        <span>{finite.length === 0 ? '–' : `${formatLoss(min)} … ${formatLoss(max)}`}</span>
      </p>
    </>
  );
}

/** Grey values from 0 to 255, row by row. */
export function ImageView({ view }: { readonly view: ViewOf<'image'> }): preact.JSX.Element {
  const channels = Math.max(1, Math.round(view.pixels.length / Math.max(1, view.height * view.width)));
  const colourOf = (index: number): Rgb => {
    const at = index * channels;
    const red = view.pixels[at] ?? 0;
    return channels < 3 ? [red, red, red] : [red, view.pixels[at + 1] ?? 0, view.pixels[at + 2] ?? 0];
  };
  return <Pixels width={view.width} height={view.height} title={view.title} colourOf={colourOf} stamp={[view]} />;
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
