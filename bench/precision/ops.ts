// The ops whose times are compared (op-names.ts), on operands that lie as the lane stores them.

import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { tf } from '../../src/engine/tf.ts';
import { passesOf } from '../conv-page/layer-passes.ts';
import { layers } from './op-names.ts';

/** Makes the operands, each stored by `store`, and returns the op. Throws an Error for a name that is none of an op. */
export function prepareOp(opName: string, store: (tensor: Tensor) => Tensor): () => Tensor | Tensor[] {
  const [, size] = /^matmul (\d+)$/.exec(opName) ?? [];
  if (size !== undefined) {
    const [a, b] = [1, 2].map((seed) => store(tf.randomUniform([Number(size), Number(size)], -1, 1, 'float32', seed)) as Tensor2D); // as its shape says
    if (a !== undefined && b !== undefined) return () => tf.matMul(a, b);
  }
  const layer = layers.find(({ name }) => opName.startsWith(`conv ${name}: `));
  const run = layer === undefined ? undefined : passesOf(layer, store).get(opName.slice(`conv ${layer.name}: `.length));
  if (run === undefined) throw new Error(`bench: expected an op of bench/precision/ops.ts, got ${opName}.`);
  return run;
}
