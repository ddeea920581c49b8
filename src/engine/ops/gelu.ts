// GELU as an op: one kernel forward and one backward on WebGPU (kernels/gelu.ts), tfjs's own ops on other backends.

import type { Tensor } from '@tensorflow/tfjs';
import { activeWebGpu } from '../backend/active.ts';
import { geluGradientKernel, geluKernel } from '../kernels/gelu.ts';
import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

export const geluForms = ['exact', 'tanh'] as const;

/** `exact`: x · Φ(x), torch's default. `tanh`: the approximation that GPT-2 was trained with. */
export type GeluForm = (typeof geluForms)[number];

/** The Gaussian error linear unit of every value; float tensors of any shape. Differentiable once. */
export function gelu<T extends Tensor>(x: T, form: GeluForm = 'exact'): T {
  const backend = activeWebGpu();
  if (backend === null || x.size === 0) return composite(x, form) as T; // the shape of x
  return withGradient([x], {
    forward: (input) => ({ value: geluKernel(backend, input, form), saved: [input] }),
    gradient: (dy, input) => [geluGradientKernel(backend, input, dy, form)],
  }) as T; // the shape of x
}

function composite(x: Tensor, form: GeluForm): Tensor {
  return tf.tidy(() => {
    if (form === 'exact') return tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2)))));
    const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.mul(x, x)))));
    return tf.mul(x, tf.mul(0.5, tf.add(1, tf.tanh(inner))));
  });
}
