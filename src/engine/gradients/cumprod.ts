// The gradient of cumprod, yᵢ = Π of xⱼ over j ≤ i (j < i where exclusive), right where factors are 0, too, where dividing y by x would give NaN:
//   dxₖ = (Π of xⱼ over j < k) · Σ over i ≥ k of dyᵢ · Π of xⱼ over k < j ≤ i
// The inner products are a cumprod over an (n, n) matrix whose row k has ones up to k: n² numbers for an axis of n. Reversed is the same on
// reversed tensors. Oracle: finite differences (test/unit/engine/gradients.test.ts).

import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';

/** Supplies it. */
export function registerCumprodGradient(): void {
  tf.registerGradient({
    kernelName: 'Cumprod',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved;
      if (x === undefined || Array.isArray(dy)) throw new Error('gradient of cumprod: expected x and one dy');
      // As the op calls its kernel.
      const { axis, exclusive, reverse } = attributes as { readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean };
      return { x: () => gradientAlong(x, dy, axis < 0 ? axis + x.rank : axis, exclusive, reverse) };
    },
  });
}

function gradientAlong(x: Tensor, dy: Tensor, axis: number, isExclusive: boolean, isReversed: boolean): Tensor {
  return tf.tidy(() => {
    // cumprod runs along the last axis on every backend; so does all of this.
    const order = [...x.shape.keys()].filter((other) => other !== axis).concat(axis);
    const lined = (tensor: Tensor) => turned(tf.transpose(tensor, order));
    const turned = (tensor: Tensor) => (isReversed ? tf.reverse(tensor, -1) : tensor);
    const values = lined(x);
    const slopes = isExclusive ? shiftedBack(lined(dy)) : lined(dy);
    const length = values.shape.at(-1) ?? 0;
    const positions = tf.range(0, length, 1);
    const isLater = tf.greater(tf.expandDims(positions, 0), tf.expandDims(positions, 1)); // [k, j]: j > k
    const spread = tf.mul(tf.expandDims(values, -2), tf.ones([length, 1])); // (…, n) -> (…, n, n)
    const products = tf.cumprod(tf.where(isLater, spread, tf.onesLike(spread)), spread.rank - 1);
    const reaches = tf.cast(tf.greaterEqual(tf.expandDims(positions, 0), tf.expandDims(positions, 1)), 'float32'); // i ≥ k
    const sums = tf.sum(tf.mul(tf.mul(products, reaches), tf.expandDims(slopes, -2)), -1); // -> (…, n)
    const gradient = tf.mul(tf.cumprod(values, values.rank - 1, true), sums);
    return tf.transpose(turned(gradient), inverseOf(order));
  });
}

/** Each value in the place of the one before it along the last axis, 0 at the end. */
function shiftedBack(tensor: Tensor): Tensor {
  const { rank, shape } = tensor;
  const begin = shape.map((_, axis) => (axis === rank - 1 ? 1 : 0));
  return tf.pad(
    tf.slice(tensor, begin),
    shape.map((_, axis): [number, number] => [0, axis === rank - 1 ? 1 : 0]),
  );
}

function inverseOf(order: readonly number[]): number[] {
  return order.map((_, axis) => order.indexOf(axis));
}
