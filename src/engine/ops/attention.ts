// Multi-head attention as an op: fused kernels on WebGPU (kernels/attention.ts), tfjs's own ops elsewhere and for shapes that those do not take.

import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { PlaygroundError } from '../../core/errors.ts';
import { activeWebGpu } from '../backend/active.ts';
import { attentionGradientKernel, attentionKernel, fitsKernel } from '../kernels/attention.ts';
import type { AttentionShape } from '../kernels/attention.ts';
import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

/** How to attend. */
export interface AttentionOptions {
  /** Heads, side by side in the channels, which they must divide; 1 where absent. */
  readonly heads?: number;
  /** Whether position i sees only positions up to i; then queries and keys must be equally many. */
  readonly causal?: boolean;
}

/**
 * Scaled dot-product attention, softmax(Q Kᵀ / √D) V for each head: `query` (B, T, C), `key` and `value` (B, S, C), the result (B, T, C),
 * D = C / heads. Differentiable once. Throws `shape-mismatch`.
 */
export function attention(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor3D {
  const shape = shapeOf(query, key, value, options);
  const backend = activeWebGpu();
  if (backend === null || !fitsKernel(shape)) return composite([query, key, value], shape);
  return withGradient([query, key, value], {
    forward: (q, k, v) => {
      const output = attentionKernel(backend, [q, k, v], shape);
      return { value: output, saved: [q, k, v, output] };
    },
    gradient: (dOutput, q, k, v, output) => attentionGradientKernel(backend, [q, k, v], output, dOutput, shape),
  }) as Tensor3D; // (B, T, C)
}

function shapeOf(query: Tensor, key: Tensor, value: Tensor, { heads = 1, causal = false }: AttentionOptions): AttentionShape {
  const [batch = 0, queryLength = 0, channels = 0] = query.shape;
  const keyLength = key.shape[1] ?? 0;
  const wanted = `(${batch}, S, ${channels})`;
  const areOfOneKind = [query, key, value].every(({ rank, dtype }) => rank === 3 && dtype === 'float32');
  const keyShape = [batch, keyLength, channels].join();
  if (!areOfOneKind || key.shape.join() !== keyShape || value.shape.join() !== keyShape) {
    const got = [query, key, value].map(({ shape, dtype }) => `${dtype} [${shape.join(', ')}]`).join(', ');
    throw mismatch(`query (B, T, C) and key and value ${wanted} of floats, got ${got}. Reshape heads into the channels.`);
  }
  if (!Number.isInteger(heads) || heads < 1 || channels % heads !== 0)
    throw mismatch(`a number of heads that divides ${channels} channels, got ${heads}. Change one of the two.`);
  if (causal && keyLength !== queryLength)
    throw mismatch(
      `as many keys as queries where it is causal, got ${keyLength} and ${queryLength}. Take causal away or pad one of the two.`,
    );
  return { batch, queryLength, keyLength, heads, headSize: channels / heads, isCausal: causal };
}

function composite([query, key, value]: readonly [Tensor, Tensor, Tensor], shape: AttentionShape): Tensor3D {
  const { batch, queryLength, keyLength, heads, headSize, isCausal } = shape;
  return tf.tidy(() => {
    const perHead = (x: Tensor, length: number) => tf.transpose(tf.reshape(x, [batch, length, heads, headSize]), [0, 2, 1, 3]); // -> (B, H, T, D)
    const scaled = tf.mul(perHead(query, queryLength), 1 / Math.sqrt(headSize));
    const scores = tf.matMul(scaled, perHead(key, keyLength), false, true); // -> (B, H, T, S)
    const weights = tf.softmax(isCausal ? tf.add(scores, causalMask(queryLength)) : scores);
    const output = tf.matMul<Tensor4D>(weights, perHead(value, keyLength)); // -> (B, H, T, D)
    return tf.reshape(tf.transpose(output, [0, 2, 1, 3]), [batch, queryLength, heads * headSize]);
  });
}

/** (T, T): 0 up to the diagonal, beyond it so little that its exponential is 0, but no more than fp16 can hold. */
function causalMask(length: number): Tensor {
  const positions = tf.range(0, length, 1);
  const isAhead = tf.greater(tf.expandDims(positions, 0), tf.expandDims(positions, 1));
  return tf.mul(tf.cast(isAhead, 'float32'), -3e4);
}

function mismatch(rest: string): PlaygroundError {
  return new PlaygroundError('shape-mismatch', `attention: expected ${rest}`, { place: 'attention' });
}
