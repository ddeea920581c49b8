// Convolutions and their gradients in float64, written as the sum that defines them: the oracle for sizes at which tfjs's own CPU backend
// would be compared with a program derived from it.

import { tf } from '../../../src/engine/tf.ts';

/** One convolution: shapes, strides and padding as tf.conv2d and tf.depthwiseConv2d take them. */
export interface ConvCase {
  readonly name: string;
  /** (B, H, W, C). */
  readonly image: readonly [number, number, number, number];
  /** (KH, KW, C, O), or (KH, KW, C, multiplier) for a depthwise one. */
  readonly filter: readonly [number, number, number, number];
  readonly strides: readonly [number, number];
  readonly pad: 'same' | 'valid' | readonly [readonly [0, 0], readonly [number, number], readonly [number, number], readonly [0, 0]];
}

/** Flat values of a result and of the gradients of its sum weighted by `dy`. */
export interface ConvReference {
  readonly outShape: readonly number[];
  readonly out: Float64Array;
  readonly imageGradient: Float64Array;
  readonly filterGradient: Float64Array;
}

/** The padding as tfjs takes it. */
export function tfPad({ pad }: ConvCase): 'same' | 'valid' | [[number, number], [number, number], [number, number], [number, number]] {
  if (typeof pad === 'string') return pad;
  return [
    [0, 0],
    [pad[1][0], pad[1][1]],
    [pad[2][0], pad[2][1]],
    [0, 0],
  ];
}

/** What a convolution should give. `dy` is asked for weights of so many results. */
export function convReference(
  convCase: ConvCase,
  kind: 'full' | 'depthwise',
  image: Float32Array,
  filter: Float32Array,
  dy: (size: number) => Float32Array,
): ConvReference {
  const [batch, height, width, channels] = convCase.image;
  const [filterHeight, filterWidth, , filterOut] = convCase.filter;
  const [strideHeight, strideWidth] = convCase.strides;
  const { outShape, outHeight, outWidth, outChannels, padInfo } = tf.backend_util.computeConv2DInfo(
    [...convCase.image],
    [...convCase.filter],
    [strideHeight, strideWidth],
    1,
    tfPad(convCase),
    undefined,
    kind === 'depthwise',
  );
  const out = new Float64Array(batch * outHeight * outWidth * outChannels);
  const weights = dy(out.length);
  const imageGradient = new Float64Array(image.length);
  const filterGradient = new Float64Array(filter.length);
  const visit = (imageAt: number, filterAt: number, outAt: number): void => {
    out[outAt] = (out[outAt] ?? 0) + (image[imageAt] ?? NaN) * (filter[filterAt] ?? NaN);
    imageGradient[imageAt] = (imageGradient[imageAt] ?? NaN) + (weights[outAt] ?? NaN) * (filter[filterAt] ?? NaN);
    filterGradient[filterAt] = (filterGradient[filterAt] ?? NaN) + (weights[outAt] ?? NaN) * (image[imageAt] ?? NaN);
  };
  for (let place = 0; place < batch * outHeight * outWidth; place++) {
    const x = place % outWidth;
    const y = Math.floor(place / outWidth) % outHeight;
    const b = Math.floor(place / outWidth / outHeight);
    for (let tap = 0; tap < filterHeight * filterWidth; tap++) {
      const row = y * strideHeight + Math.floor(tap / filterWidth) - padInfo.top;
      const column = x * strideWidth + (tap % filterWidth) - padInfo.left;
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      for (let c = 0; c < channels; c++) {
        for (let o = 0; o < filterOut; o++) {
          const outChannel = kind === 'depthwise' ? c * filterOut + o : o;
          const imageAt = ((b * height + row) * width + column) * channels + c;
          visit(imageAt, (tap * channels + c) * filterOut + o, place * outChannels + outChannel);
        }
      }
    }
  }
  return { outShape, out, imageGradient, filterGradient };
}
