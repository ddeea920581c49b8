import { tf } from '../../../../src/engine/tf.ts';
import { uniform, type OpCase } from './op-case.ts';

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const;

/** Matrix products and what is built of them. */
export const denseCases: readonly OpCase[] = [
  {
    name: 'dense layer of separate ops',
    inputs: [uniform([32, 50]), uniform([50, 20], 2), uniform([20], 3)],
    run: (x, w, b) => tf.relu(tf.add(tf.matMul(x, w), b)),
  },
  {
    name: 'batched matMul, broadcast',
    inputs: [uniform([4, 17, 33]), uniform([1, 33, 9], 2)],
    run: (x, w) => tf.matMul(x, w),
  },
  { name: 'batched matMul', inputs: [uniform([4, 17, 33]), uniform([4, 33, 9], 2)], run: (x, w) => tf.matMul(x, w) },
  {
    name: 'matMul of rank 4, second transposed',
    inputs: [uniform([2, 3, 16, 8]), uniform([2, 3, 16, 8], 2)],
    run: (x, w) => tf.matMul(x, w, false, true),
  },
  {
    name: 'matMul with a long inner dimension (split-K)',
    inputs: [uniform([8, 2304]), uniform([2304, 64], 2)],
    run: (x, w) => tf.matMul(x, w),
  },
  {
    name: 'einsum as a batched product',
    inputs: [uniform([4, 6, 8]), uniform([4, 8, 5], 2)],
    run: (a, b) => tf.einsum('bij,bjk->bik', a, b),
  },
  {
    name: 'LSTM cell',
    inputs: [uniform([10, 32]), uniform([32], 2), uniform([2, 2], 3), uniform([2, 8], 4), uniform([2, 8], 5)],
    run: (kernel, bias, x, c, h) =>
      tf.basicLSTMCell(tf.scalar(1), kernel as tf.Tensor2D, bias as tf.Tensor1D, x as tf.Tensor2D, c as tf.Tensor2D, h as tf.Tensor2D)[1],
  },
];

/** Matrix products with bias and activation in the same program. */
export const fusedDenseCases: readonly OpCase[] = [
  ...activations.map((activation) => ({
    name: `fused matMul with ${activation}`,
    inputs: [uniform([32, 64]), uniform([64, 32], 2), uniform([32], 3)],
    run: (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => tf.fused.matMul({ a: x, b: w, bias: b, activation, leakyreluAlpha: 0.2 }),
  })),
  {
    name: 'fused matMul of odd sizes',
    inputs: [uniform([32, 50]), uniform([50, 20], 2), uniform([20], 3)],
    run: (x, w, b) => tf.fused.matMul({ a: x, b: w, bias: b, activation: 'relu' }),
  },
];
