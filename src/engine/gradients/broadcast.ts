// Gradients of ops that broadcast, in the shapes of their operands: tfjs 4.22.0 leaves them in the shape of the result for these, and then
// refuses them ("The shape of the dx … does not match"). Summed over the axes that were spread.

import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';

/** Of maximum, minimum, squaredDifference and matMul. */
export function registerBroadcastGradients(): void {
  for (const kernelName of ['Maximum', 'Minimum', 'SquaredDifference', 'BatchMatMul']) {
    const stock = tf.getGradient(kernelName);
    tf.registerGradient({
      ...stock,
      gradFunc: (dy, saved, attributes) => {
        const gradients = stock.gradFunc(dy, saved, attributes);
        const [a, b] = saved; // as all four save their operands
        return {
          a: () => sumTo(gradients['a']?.(), a),
          b: () => sumTo(gradients['b']?.(), b),
        };
      },
    });
  }
}

function sumTo(gradient: Tensor | undefined, operand: Tensor | undefined): Tensor {
  if (gradient === undefined || operand === undefined) throw new Error('gradient: expected two operands');
  const spread = tf.broadcast_util.getReductionAxes(operand.shape, gradient.shape);
  return spread.length === 0 ? gradient : tf.reshape(tf.sum(gradient, spread), operand.shape);
}
