// Gradients of ops that pick values or move them, which tfjs has none of (mirrorPad's leaves out what the border was made from):
//   topk          dy goes to where each value stood: a product with one-hot rows, k · n numbers a row
//   gatherND      dy is added up where it was taken from; scatterND: it is taken from where it was put
//   depthToSpace  dy moves back
//   mirrorPad     dy of the border is added to the values it mirrors

import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';

/** Supplies them. */
export function registerMoveGradients(): void {
  tf.registerGradient({
    kernelName: 'TopK',
    inputsToSave: ['x'],
    outputsToSave: [false, true],
    gradFunc: (dys, saved) => {
      const [x, indices] = saved;
      const [dy] = Array.isArray(dys) ? dys : [dys]; // of the values; indices have none
      return { x: () => topkGradient(known(x, 'topk'), known(indices, 'topk'), known(dy, 'topk')) };
    },
  });
  tf.registerGradient({
    kernelName: 'GatherNd',
    inputsToSave: ['params', 'indices'],
    gradFunc: (dy, saved) => {
      const [params, indices] = [known(saved[0], 'gatherND'), known(saved[1], 'gatherND')];
      return {
        params: () => tf.scatterND(indices, one(dy), params.shape),
        indices: () => tf.zeros(indices.shape),
      };
    },
  });
  tf.registerGradient({
    kernelName: 'ScatterNd',
    inputsToSave: ['indices'],
    gradFunc: (dy, saved) => {
      const indices = known(saved[0], 'scatterND');
      return { indices: () => tf.zeros(indices.shape), updates: () => tf.gatherND(one(dy), indices) };
    },
  });
  tf.registerGradient({
    kernelName: 'DepthToSpace',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      // As the op calls its kernel.
      const { blockSize, dataFormat } = attributes as { readonly blockSize: number; readonly dataFormat: 'NHWC' | 'NCHW' };
      return { x: () => depthToSpaceGradient(one(dy), known(saved[0], 'depthToSpace').shape, blockSize, dataFormat) };
    },
  });
  tf.registerGradient({
    kernelName: 'MirrorPad',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      // As the op calls its kernel.
      const { paddings, mode } = attributes as {
        readonly paddings: readonly (readonly [number, number])[];
        readonly mode: 'reflect' | 'symmetric';
      };
      const { shape } = known(saved[0], 'mirrorPad');
      return {
        x: () =>
          tf.tidy(() =>
            paddings.reduce(
              (gradient, padding, axis) => foldBorder(gradient, axis, shape[axis] ?? 0, padding, mode === 'reflect' ? 1 : 0),
              one(dy),
            ),
          ),
      };
    },
  });
}

function topkGradient(x: Tensor, indices: Tensor, dy: Tensor): Tensor {
  return tf.tidy(() => {
    const length = x.shape.at(-1) ?? 0;
    const places = tf.cast(tf.oneHot(tf.cast(indices, 'int32'), length), 'float32'); // (…, k) -> (…, k, n)
    return tf.sum(tf.mul(places, tf.expandDims(dy, -1)), -2);
  });
}

function depthToSpaceGradient(dy: Tensor, shape: readonly number[], block: number, dataFormat: 'NHWC' | 'NCHW'): Tensor {
  const [batch = 0, second = 0, third = 0, fourth = 0] = shape;
  return tf.tidy(() => {
    if (dataFormat === 'NCHW') {
      const split = tf.reshape(dy, [batch, second / block ** 2, third, block, fourth, block]); // (B, C, H, b, W, b)
      return tf.reshape(tf.transpose(split, [0, 3, 5, 1, 2, 4]), [...shape]);
    }
    const split = tf.reshape(dy, [batch, second, block, third, block, fourth / block ** 2]); // (B, H, b, W, b, C)
    return tf.reshape(tf.transpose(split, [0, 1, 3, 2, 4, 5]), [...shape]);
  });
}

/** Adds both borders of an axis to what they mirror; `offset` is 1 where the value at the edge is not repeated. */
function foldBorder(dy: Tensor, axis: number, length: number, [before, after]: readonly [number, number], offset: 0 | 1): Tensor {
  const part = (from: number, size: number) =>
    tf.slice(
      dy,
      dy.shape.map((_, other) => (other === axis ? from : 0)),
      dy.shape.map((whole, other) => (other === axis ? size : whole)),
    );
  const placed = (border: Tensor, from: number, size: number) =>
    tf.pad(
      tf.reverse(border, axis),
      dy.shape.map((_, other): [number, number] => (other === axis ? [from, length - from - size] : [0, 0])),
    );
  let gradient = part(before, length);
  if (before > 0) gradient = tf.add(gradient, placed(part(0, before), offset, before));
  if (after > 0) gradient = tf.add(gradient, placed(part(before + length, after), length - offset - after, after));
  return gradient;
}

function known(tensor: Tensor | undefined, op: string): Tensor {
  if (tensor === undefined) throw new Error(`gradient of ${op}: expected a saved tensor`);
  return tensor;
}

function one(dy: Tensor | Tensor[]): Tensor {
  return known(Array.isArray(dy) ? dy[0] : dy, 'an op with one output');
}
