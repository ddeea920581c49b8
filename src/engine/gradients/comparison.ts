// Comparisons are flat wherever they have a slope: their gradient is 0. tfjs has none, so that tf.where(tf.greater(x, 0), x, y) cannot be
// differentiated although its value can.

import { tf } from '../tf.ts';

const binary = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'];
const unary = ['LogicalNot', 'IsNan', 'IsInf', 'IsFinite'];

/** Of comparisons and of what combines them. */
export function registerComparisonGradients(): void {
  for (const kernelName of binary) register(kernelName, ['a', 'b']);
  for (const kernelName of unary) register(kernelName, ['x']);
}

function register(kernelName: string, names: string[]): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: names,
    gradFunc: (_dy, saved) => Object.fromEntries(names.map((name, index) => [name, () => tf.zeros(saved[index]?.shape ?? [])])), // float32, whatever was compared
  });
}
