// How much of a convolution one invocation computes, and which tiles there are to choose from. Every tap of the filter loads a few weights
// and a few pixels and multiplies each with each, so a larger tile loads less per product; a smaller one leaves more invocations for a device
// to spread over its cores.

import type { ConvGeometry } from './conv-geometry.ts';
import { componentsFor } from './kernel-program.ts';

/** A strip of columns × some elements of channels (of four channels, or of one where four do not divide their number). */
export interface ConvTile {
  readonly columns: number;
  readonly elements: number;
}

/** By name; `stock`, which is not among them, is tfjs's own kernel. */
export const convTiles: Readonly<Record<string, ConvTile>> = {
  '2x1': { columns: 2, elements: 1 },
  '4x1': { columns: 4, elements: 1 },
  '4x2': { columns: 4, elements: 2 },
  '7x1': { columns: 7, elements: 1 },
  '7x2': { columns: 7, elements: 2 },
};

/** Results from which a tile may be large: with fewer, large ones leave too few invocations. */
const largeResultCount = 2 ** 14;

/**
 * Such as `4-4-even-w7-large`: four channels in an element of what is read and of the result, an even number of elements in a pixel of the
 * result, rows that strips of seven fill better than strips of four, and many results.
 */
export function tileClassOf(geometry: ConvGeometry, direction: 'forward' | 'input-gradient'): string {
  const { batchSize, inChannels, inHeight, inWidth, outChannels, outHeight, outWidth, strideWidth } = geometry;
  const isForward = direction === 'forward';
  const [read, written] = isForward ? [inChannels, outChannels] : [outChannels, inChannels];
  const width = isForward ? outWidth : Math.ceil(inWidth / strideWidth);
  const resultCount = isForward ? batchSize * outHeight * outWidth * outChannels : batchSize * inHeight * inWidth * inChannels;
  const strips = wasteOf(width, 7) <= wasteOf(width, 4) ? 'w7' : 'w4';
  const parity = (written / componentsFor(written)) % 2 === 0 ? 'even' : 'odd';
  const size = resultCount >= largeResultCount ? 'large' : 'small';
  return `${componentsFor(read)}-${componentsFor(written)}-${parity}-${strips}-${size}`;
}

/** Names of tiles, the default first. */
export function tileVariants(tileClass: string): readonly string[] {
  const columns = tileClass.includes('-w7-') ? '7' : '4';
  const large = tileClass.includes('-even-') ? [`${columns}x2`, `${columns}x1`] : [`${columns}x1`];
  return tileClass.endsWith('-large') ? [...large, '2x1', 'stock'] : ['2x1', ...large, 'stock'];
}

/** Such as `4-4-large`: channels in an element of image and of output, and many products in each sum. */
export function filterGradientClassOf({ batchSize, inChannels, outChannels, outHeight, outWidth }: ConvGeometry): string {
  const size = batchSize * outHeight * outWidth >= 256 ? 'large' : 'small';
  return `${componentsFor(inChannels)}-${componentsFor(outChannels)}-${size}`;
}

/** The part of a row's strips that lies beyond its end. */
function wasteOf(width: number, columns: number): number {
  return Math.ceil(width / columns) * columns - width;
}
