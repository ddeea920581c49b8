import { tf } from '../../../../src/engine/tf.ts';
import { positive, uniform, type OpCase } from './op-case.ts';

const unary = [
  'relu',
  'elu',
  'selu',
  'sigmoid',
  'tanh',
  'softplus',
  'exp',
  'square',
  'abs',
  'sin',
  'cos',
  'erf',
  'relu6',
  'neg',
  'sign',
  'floor',
  'step',
  'logSigmoid',
  'tan',
  'atan',
  'asinh',
  'sinh',
  'cosh',
  'expm1',
] as const;
const unaryPositive = ['log', 'sqrt', 'rsqrt', 'reciprocal', 'log1p'] as const;
const binary = ['add', 'sub', 'mul', 'div', 'atan2'] as const;
const binaryOfEqualShapes = ['maximum', 'minimum', 'squaredDifference'] as const;
const small = [uniform([4, 6])];

/** One value at a time, and two. */
export const elementwiseCases: readonly OpCase[] = [
  ...unary.map((name) => ({ name, inputs: [uniform([16, 20])], run: (x: tf.Tensor) => tf[name](x) })),
  ...unaryPositive.map((name) => ({ name, inputs: [positive([16, 20])], run: (x: tf.Tensor) => tf[name](x) })),
  ...binary.map((name) => ({
    name: `${name}, broadcast`,
    inputs: [uniform([16, 20]), positive([20], 2)],
    run: (a: tf.Tensor, b: tf.Tensor) => tf[name](a, b),
  })),
  ...binaryOfEqualShapes.map((name) => ({
    name,
    inputs: [uniform([16, 20]), uniform([16, 20], 2)],
    run: (a: tf.Tensor, b: tf.Tensor) => tf[name](a, b),
  })),
  ...binaryOfEqualShapes.map((name) => ({
    name: `${name}, broadcast`,
    inputs: [uniform([16, 20]), uniform([20], 2)],
    run: (a: tf.Tensor, b: tf.Tensor) => tf[name](a, b),
  })),
  { name: 'pow', inputs: [positive([16, 20]), uniform([20], 2)], run: (a, b) => tf.pow(a, b) },
  { name: 'mod', inputs: [uniform([16, 20], 1, 3), positive([20], 2)], run: (a, b) => tf.mod(a, b) },
  { name: 'clipByValue', inputs: small, run: (x) => tf.clipByValue(x, -0.3, 0.4) },
  { name: 'prelu', inputs: [uniform([4, 6]), uniform([6], 2)], run: (x, alpha) => tf.prelu(x, alpha) },
  { name: 'leakyRelu', inputs: small, run: (x) => tf.leakyRelu(x, 0.2) },
  {
    name: 'where',
    inputs: [uniform([4, 6]), uniform([4, 6], 2)],
    run: (a, b) => tf.where(tf.greater(a, 0), a, b),
  },
];
