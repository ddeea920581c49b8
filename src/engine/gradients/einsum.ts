// The gradient of einsum is an einsum: that of an operand contracts dy with the other operand, down to the axes that the operand has. An axis
// that only the operand has was summed over, and its gradient is the same all along it. Written as a product and a sum, which is how tfjs
// computes einsum itself: its own refuses some of the equations that arise here.

import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';

/** Supplies it. */
export function registerEinsumGradient(): void {
  tf.registerGradient({
    kernelName: 'Einsum',
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) => {
      if (Array.isArray(dy)) throw new Error('gradient of einsum: expected one dy');
      const { equation } = attributes as { readonly equation: string }; // as the op calls its kernel
      const [left = '', output = ''] = equation.replaceAll(' ', '').split('->');
      const operands = left.split(',');
      return Object.fromEntries(
        saved.map((operand, index) => {
          const others = saved.flatMap((tensor, other) => (other === index ? [] : [{ tensor, axes: operands[other] ?? '' }]));
          return [index, () => gradientOf(operand, operands[index] ?? '', [{ tensor: dy, axes: output }, ...others])];
        }),
      );
    },
  });
}

interface Factor {
  readonly tensor: Tensor;
  readonly axes: string;
}

function gradientOf(operand: Tensor, axes: string, factors: readonly Factor[]): Tensor {
  const all = [...new Set([axes, ...factors.map((factor) => factor.axes)].join(''))];
  return tf.tidy(() => {
    const product = factors.map((factor) => spreadOver(factor, all)).reduce((left, right) => tf.mul(left, right));
    const summed = [...all.keys()].filter((index) => !axes.includes(all[index] ?? ''));
    const contracted = tf.sum(product, summed, true);
    const kept = all.filter((axis) => axes.includes(axis));
    const squeezed = tf.reshape(
      contracted,
      contracted.shape.filter((_, index) => !summed.includes(index)),
    );
    const ordered = tf.transpose(
      squeezed,
      [...axes].map((axis) => kept.indexOf(axis)),
    );
    return tf.mul(ordered, tf.ones(operand.shape)); // along an axis that only the operand has, the same everywhere
  });
}

/** With an axis for each of `all`, in their order, of length 1 where the factor has none. */
function spreadOver({ tensor, axes }: Factor, all: readonly string[]): Tensor {
  const own = all.filter((axis) => axes.includes(axis));
  const ordered = tf.transpose(
    tensor,
    own.map((axis) => axes.indexOf(axis)),
  );
  return tf.reshape(
    ordered,
    all.map((axis) => (axes.includes(axis) ? (ordered.shape[own.indexOf(axis)] ?? 1) : 1)),
  );
}
