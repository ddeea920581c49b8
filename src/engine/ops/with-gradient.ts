// An op with a gradient of its own: tf.customGrad, with the casts that its typings need in one place.

import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';

/** What an op computes, and from what. */
export interface OpWithGradient {
  /** The value, and what its gradient needs: inputs, the value or others. */
  readonly forward: (...inputs: Tensor[]) => { readonly value: Tensor; readonly saved: readonly Tensor[] };
  /** A gradient for each input, given dy and what was saved. */
  readonly gradient: (dy: Tensor, ...saved: Tensor[]) => Tensor[];
}

type Save = (tensors: Tensor[]) => void;

/** The value of the op on these inputs. Differentiable once. */
export function withGradient(inputs: readonly Tensor[], { forward, gradient }: OpWithGradient): Tensor {
  const op = tf.customGrad((...given) => {
    // customGrad calls it with the inputs and, at the end, `save`; its typings know a list of either.
    const save = given.at(-1) as unknown as Save;
    const tensors = given.slice(0, -1) as Tensor[];
    const { value, saved } = forward(...tensors);
    save([...saved]);
    return { value, gradFunc: (dy: Tensor, kept: Tensor[]) => gradient(dy, ...kept) };
  });
  return op(...inputs);
}
