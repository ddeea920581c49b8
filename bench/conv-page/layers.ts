// The layers whose kernels are timed.

/** A layer: what it is, its input (B, H, W, C) and, for convolutions, its filter. Strides are `stride` both ways, padding is 'same'. */
export interface BenchLayer {
  readonly name: string;
  readonly kind: 'conv' | 'depthwise' | 'max pool' | 'average pool' | 'relu';
  readonly image: readonly [number, number, number, number];
  /** Rows and columns of the filter or window. */
  readonly window: number;
  readonly stride: number;
  /** Channels out; for convolutions only. */
  readonly channelsOut?: number;
}

const conv = (batch: number, side: number, channels: number, channelsOut: number, window: number, stride = 1): BenchLayer => ({
  name: `${side}×${side}×${channels} → ${channelsOut}, ${window}×${window}${stride === 1 ? '' : ` / ${stride}`}, B ${batch}`,
  kind: 'conv',
  image: [batch, side, side, channels],
  window,
  stride,
  channelsOut,
});

const other = (kind: BenchLayer['kind'], batch: number, side: number, channels: number, window: number, stride: number): BenchLayer => ({
  name: `${kind}${window === 1 ? '' : ` ${window}×${window} / ${stride}`}, ${side}×${side}×${channels}, B ${batch}`,
  kind,
  image: [batch, side, side, channels],
  window,
  stride,
});

/** First and second layers of small networks; the strided ones are those of `npm run bench -- dp`. */
export const benchLayers: readonly BenchLayer[] = [
  conv(32, 28, 1, 16, 5),
  conv(128, 28, 1, 16, 3),
  conv(32, 14, 16, 32, 3),
  conv(128, 14, 16, 32, 5),
  conv(32, 32, 3, 32, 3),
  conv(32, 28, 1, 8, 5, 2),
  conv(32, 14, 8, 16, 3, 2),
  other('depthwise', 32, 14, 32, 3, 1),
  other('max pool', 32, 28, 16, 2, 2),
  other('average pool', 32, 28, 16, 2, 2),
  other('relu', 32, 28, 16, 1, 1),
];
