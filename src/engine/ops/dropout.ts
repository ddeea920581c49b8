// tf.dropout, on WebGPU without a number made on the CPU but the two words of a key: kernels/dropout.ts draws the mask. The key comes from
// Math.random, which is seeded in every worker, or from the seed given; a captured step gets a new one before every replay. Other backends
// keep tfjs's own.

import type { Tensor, TensorLike } from '@tensorflow/tfjs';
import { deriveSeed } from '../../core/prng.ts';
import { activeWebGpu } from '../backend/active.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { dropoutKernel } from '../kernels/dropout.ts';
import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

/**
 * As tf.dropout: float values of `x` are dropped with probability `rate` in [0, 1) and the others divided by 1 − rate. `noiseShape` shares
 * decisions along the axes where it is 1. The same seed drops the same values every time; without one each call draws anew.
 */
export function dropout(x: Tensor | TensorLike, rate: number, noiseShape?: number[], seed?: number | string): Tensor {
  const backend = activeWebGpu();
  const isOurs = backend !== null && x instanceof tf.Tensor && x.dtype === 'float32' && x.size > 0 && rate > 0 && rate < 1;
  if (!isOurs) return tf.dropout(x, rate, noiseShape, seed);
  const maskShape = x.shape.map((length, axis) => noiseShape?.[axis] ?? length);
  if (noiseShape !== undefined && noiseShape.length !== x.rank) return tf.dropout(x, rate, noiseShape, seed); // which says what is wrong
  if (maskShape.join() === x.shape.join()) return dropoutByKey(backend, x, rate, seed);
  return tf.tidy(() => tf.mul(x, dropoutByKey(backend, tf.ones(maskShape), rate, seed)));
}

function dropoutByKey(backend: LockstepBackend, x: Tensor, rate: number, seed: number | string | undefined): Tensor {
  return withGradient([x], {
    forward: (input) => {
      const key = drawKey(backend, seed);
      return { value: dropoutKernel(backend, input, key, rate), saved: [key] };
    },
    gradient: (dy, key) => [dropoutKernel(backend, dy, key, rate)],
  });
}

/** Two words on the GPU, (2) int32. */
function drawKey(backend: LockstepBackend, seed: number | string | undefined): Tensor {
  const words = seed === undefined ? Int32Array.of(0, 0) : keyOf(seed);
  const info = backend.makeTensorInfo([2], 'int32', words);
  if (seed === undefined) {
    const buffer = backend.bufferOf(info.dataId);
    backend.everyStep(() => {
      const drawn = Uint32Array.of(Math.random() * 2 ** 32, Math.random() * 2 ** 32);
      backend.internals.queue.writeBuffer(buffer, 0, drawn);
    });
  }
  return tf.engine().makeTensorFromTensorInfo(info, backend);
}

function keyOf(seed: number | string): Int32Array {
  const derived = deriveSeed(0, 'dropout', seed);
  return Int32Array.of(derived | 0, Math.floor(derived / 2 ** 32));
}
