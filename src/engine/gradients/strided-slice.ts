// The gradient of stridedSlice: dy in the places it was taken from, 0 elsewhere. Axis by axis: backwards ones are turned round, zeros are
// put between the values, and before and behind them. Moves only, so that every backend can do it.

import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';

/** What the kernel is called with. */
interface Attributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/** Supplies it. */
export function registerStridedSliceGradient(): void {
  tf.registerGradient({
    kernelName: 'StridedSlice',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved;
      if (x === undefined || Array.isArray(dy)) throw new Error('gradient of stridedSlice: expected x and one dy');
      return { x: () => tf.tidy(() => putBack(dy, x.shape, attributes as unknown as Attributes)) }; // as the op calls its kernel
    },
  });
}

function putBack(dy: Tensor, shape: readonly number[], attributes: Attributes): Tensor {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
  const info = tf.slice_util.sliceInfo([...shape], begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask);
  const counts = shape.map((_, axis) => countOf(info.begin[axis] ?? 0, info.end[axis] ?? 0, info.strides[axis] ?? 1));
  let gradient = tf.reshape(dy, counts); // axes that were dropped or added have length 1
  shape.forEach((length, axis) => {
    const [from, stride] = [info.begin[axis] ?? 0, info.strides[axis] ?? 1];
    gradient = spreadAlong(gradient, axis, length, from, stride);
  });
  return gradient;
}

function countOf(begin: number, end: number, stride: number): number {
  return Math.max(0, Math.ceil((end - begin) / stride));
}

/** The values at `from`, `from + stride` … of an axis of so many. */
function spreadAlong(values: Tensor, axis: number, length: number, from: number, stride: number): Tensor {
  const count = values.shape[axis] ?? 0;
  if (count === 0) return tf.zeros(values.shape.map((size, other) => (other === axis ? length : size)));
  const step = Math.abs(stride);
  const first = stride > 0 ? from : from + (count - 1) * stride;
  const forward = stride > 0 ? values : tf.reverse(values, axis);
  const apart = step === 1 ? forward : withZeros(forward, axis, step);
  return padAlong(apart, axis, first, length - first - ((count - 1) * step + 1));
}

/** `step − 1` zeros between neighbours along an axis. */
function withZeros(values: Tensor, axis: number, step: number): Tensor {
  const count = values.shape[axis] ?? 0;
  const alone = tf.expandDims(values, axis + 1); // (…, n, 1, …)
  const padded = tf.concat([alone, tf.zeros(alone.shape.map((size, other) => (other === axis + 1 ? step - 1 : size)))], axis + 1);
  const merged = values.shape.map((size, other) => (other === axis ? count * step : size));
  const kept = merged.map((size, other) => (other === axis ? (count - 1) * step + 1 : size));
  return tf.slice(
    tf.reshape(padded, merged),
    kept.map(() => 0),
    kept,
  );
}

function padAlong(values: Tensor, axis: number, before: number, after: number): Tensor {
  if (before === 0 && after === 0) return values;
  return tf.pad(
    values,
    values.shape.map((_, other): [number, number] => (other === axis ? [before, after] : [0, 0])),
  );
}
