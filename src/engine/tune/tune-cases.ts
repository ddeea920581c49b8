// What is tuned: one op per class of shapes, of the sizes that small networks have, those first that most of a step's time goes into.

import { matMulVariants, shapeClassOf } from '../kernels/matmul-variants.ts';
import { tf } from '../tf.ts';
import type { TuneCase } from './autotune.ts';
import { convTuneCases } from './conv-tune-cases.ts';

/** M, K, N. */
type Sizes = readonly [rows: number, inner: number, columns: number];

const medium: Sizes = [128, 256, 128];
const large: Sizes = [512, 256, 256];
const small: Sizes = [64, 32, 32];
/** A dense layer's forward pass, the gradient of its input, the gradient of its kernel. */
const forms = [
  [false, false],
  [false, true],
  [true, false],
] as const;

/** All of them. */
export const tuneCases: readonly TuneCase[] = [
  ...[medium, large, small].flatMap((sizes) => forms.map(([transposeA, transposeB]) => matMulCase(sizes, transposeA, transposeB))),
  ...convTuneCases,
];

function matMulCase([rows, inner, columns]: Sizes, transposeA: boolean, transposeB: boolean): TuneCase {
  const shapeClass = shapeClassOf({ batch: 1, rows, columns, transposeA, transposeB });
  return {
    kernel: 'matMul',
    shapeClass,
    names: matMulVariants(shapeClass),
    prepare() {
      // What is in them does not change how long a product takes.
      const a = tf.fill(transposeA ? [inner, rows] : [rows, inner], 0.5);
      const b = tf.fill(transposeB ? [columns, inner] : [inner, columns], 0.5);
      return { run: () => tf.matMul(a, b, transposeA, transposeB).dispose(), dispose: () => tf.dispose([a, b]) };
    },
  };
}
