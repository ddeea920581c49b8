// What is tuned of convolutions: the layers of small networks, each with its two gradients, in the order of what they cost.

import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { convGeometry } from '../kernels/conv-geometry.ts';
import { filterGradientClassOf, tileClassOf, tileVariants } from '../kernels/conv2d-tile.ts';
import { tf } from '../tf.ts';
import type { TuneCase } from './autotune.ts';

/** Images of 8, square, one stride, padded to their own size. */
interface Layer {
  readonly side: number;
  readonly channelsIn: number;
  readonly channelsOut: number;
}

type Shape4 = [number, number, number, number];

const window = 3;
const batch = 8;
/** Rows that strips of seven fill, rows that strips of four fill, and first layers of gray and coloured images. */
const layers: readonly Layer[] = [
  { side: 14, channelsIn: 16, channelsOut: 32 },
  { side: 16, channelsIn: 16, channelsOut: 32 },
  { side: 28, channelsIn: 1, channelsOut: 16 },
  { side: 32, channelsIn: 3, channelsOut: 32 },
];

/** All of them; what two layers have in common, once. */
export const convTuneCases: readonly TuneCase[] = layers
  .flatMap(casesOf)
  .filter((one, place, all) => all.findIndex(({ kernel, shapeClass }) => kernel === one.kernel && shapeClass === one.shapeClass) === place);

function casesOf({ side, channelsIn, channelsOut }: Layer): readonly TuneCase[] {
  const imageShape: Shape4 = [batch, side, side, channelsIn];
  const filterShape: Shape4 = [window, window, channelsIn, channelsOut];
  const outShape: Shape4 = [batch, side, side, channelsOut];
  const geometry = convGeometry(imageShape, filterShape, { strides: 1, pad: 'same' });
  if (geometry === null) return [];
  const tuneCase = (
    kernel: string,
    shapeClass: string,
    names: readonly string[],
    shapes: readonly [Shape4, Shape4],
    op: (a: Tensor4D, b: Tensor4D) => Tensor,
  ): TuneCase => ({
    kernel,
    shapeClass,
    names,
    prepare() {
      // What is in them does not change how long a product takes.
      const a = tf.fill<tf.Rank.R4>(shapes[0], 0.5);
      const b = tf.fill<tf.Rank.R4>(shapes[1], 0.5);
      return { run: () => op(a, b).dispose(), dispose: () => tf.dispose([a, b]) };
    },
  });
  const forward = tileClassOf(geometry, 'forward');
  const backward = tileClassOf(geometry, 'input-gradient');
  const inputGradient = tuneCase('conv2dInputGradient', backward, tileVariants(backward), [outShape, filterShape], (dy, filter) =>
    tf.conv2dTranspose(dy, filter, imageShape, 1, 'same'),
  );
  return [
    tuneCase('conv2d', forward, tileVariants(forward), [imageShape, filterShape], (x, filter) => tf.conv2d(x, filter, 1, 'same')),
    tuneCase('conv2dFilterGradient', filterGradientClassOf(geometry), ['chunks', 'stock'], [imageShape, outShape], filterGradient),
    ...(channelsIn > 3 ? [inputGradient] : []), // nobody asks for the gradient of pixels
  ];
}

/** As tfjs's gradient of a convolution calls the kernel. */
function filterGradient(x: Tensor4D, dy: Tensor4D): Tensor {
  const filterShape = [window, window, x.shape[3], dy.shape[3]];
  return tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape });
}
