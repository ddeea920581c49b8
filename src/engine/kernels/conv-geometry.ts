// The sizes of a two-dimensional convolution or pooling, and which of them our kernels take: float images in NHWC order, no dilation,
// nothing empty. Everything else stays with tfjs.

import type { UniformField } from '../backend/internals.ts';
import { tf } from '../tf.ts';
import { elementType } from './kernel-program.ts';

/** tfjs's own description: `inHeight`, `filterWidth`, `strideHeight`, `padInfo.top` and so on, padding resolved to numbers. */
export type ConvGeometry = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

type Shape4 = [number, number, number, number];

/** The attributes of tfjs's convolution and pooling kernels. */
interface WindowAttributes {
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dilations?: number | [number, number] | null;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterSize: number | [number, number];
}

/** The geometry of a convolution with the attributes of tfjs's kernel; null where it is not one of ours. */
export function convGeometry(
  imageShape: readonly number[],
  filterShape: readonly number[],
  attributes: Readonly<Record<string, unknown>>,
  kind: 'full' | 'depthwise' = 'full',
): ConvGeometry | null {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attributes as unknown as WindowAttributes; // checked by the op
  if (dataFormat === 'NCHW' || imageShape.length !== 4 || filterShape.length !== 4 || imageShape[3] !== filterShape[2]) return null;
  const [image, filter] = [imageShape as Shape4, filterShape as Shape4]; // four each, as was just asked
  const geometry = tf.backend_util.computeConv2DInfo(
    image,
    filter,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    kind === 'depthwise',
    'channelsLast',
  );
  return isOurs(geometry) ? geometry : null;
}

/** The geometry of a pooling; null where it is not one of ours. */
export function poolGeometry(imageShape: readonly number[], attributes: Readonly<Record<string, unknown>>): ConvGeometry | null {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as WindowAttributes; // checked by the op
  if (imageShape.length !== 4) return null;
  const geometry = tf.backend_util.computePool2DInfo(imageShape as Shape4, filterSize, strides, 1, pad, dimRoundingMode); // four, see above
  return isOurs(geometry) ? geometry : null;
}

function isOurs({ dilationHeight, dilationWidth, filterWidth, filterHeight, inShape, outShape }: ConvGeometry): boolean {
  const isSomething = [...inShape, ...outShape, filterHeight, filterWidth].every((length) => length > 0);
  return isSomething && dilationHeight === 1 && dilationWidth === 1;
}

/** WGSL fields: (batch, height, width, elements of a pixel) of image and output, then (rows, columns) of filter, strides and padding. */
export const geometryDeclaration =
  'imageSize : vec4<i32>, outSize : vec4<i32>, filterSize : vec2<i32>, strides : vec2<i32>, pads : vec2<i32>,';

/** Their values; an element of a pixel has so many channels. */
export function geometryUniforms(geometry: ConvGeometry, imageComponents: number, outComponents: number): UniformField[] {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = geometry;
  return [
    [batchSize, inHeight, inWidth, inChannels / imageComponents],
    [batchSize, outHeight, outWidth, outChannels / outComponents],
    [geometry.filterHeight, geometry.filterWidth],
    [geometry.strideHeight, geometry.strideWidth],
    [padInfo.top, padInfo.left],
  ].map((data) => ({ type: 'int32', data }));
}

/**
 * WGSL of `fn pixel(batch, row, column, element)`: an element of a buffer of images whose `size` is a uniform as above, zero outside of the
 * image. The read is clamped into the image and masked, not branched around: that builds faster and runs as fast, and what lies outside is
 * zero even where it is clamped to NaN.
 */
export function pixelFunction(buffer: string, components: 1 | 4, size: string): string {
  const type = elementType(components);
  return `fn pixel(batch : i32, row : i32, column : i32, element : i32) -> ${type} {
  let isInside = row >= 0 && row < ${size}.y && column >= 0 && column < ${size}.z;
  let place = (batch * ${size}.y + clamp(row, 0, ${size}.y - 1)) * ${size}.z + clamp(column, 0, ${size}.z - 1);
  return select(${type}(0.0), ${type}(${buffer}[place * ${size}.w + element]), isInside);
}`;
}
