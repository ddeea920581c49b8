// Sums, differences and products of tensors of one shape, of a tensor and one value per channel (a bias, a mean, a scale), and of a tensor
// and one number, four values at a time. tfjs turns every index into coordinates and back, and takes one value at a time where one side is
// a short vector.
//   out[i] = a[i mod |a|] ∘ b[i mod |b|], ∘ one of + - ×
// Buffers: a, b, out, float32, flat, vec4; the longer one has the result's shape, and the other is repeated. Grid: one invocation = four
// values. Oracle: the CPU backend (ops-elementwise.test.ts, own-kernels.test.ts). Exact.
//
// Stock keeps what is not float, broadcasts of other kinds, and last axes that four does not divide.

import type { TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../core/size-of.ts';
import { tf } from '../tf.ts';
import { chooseVariant } from '../tune/variant-table.ts';
import { elementType, isFloat, isShape, runFlat, type FlatProgram } from './kernel-program.ts';
import { replaceKernel, type KernelArguments } from './replace-kernel.ts';

/** By tfjs's kernel name: the operator, and tfjs's number of it, by which the policy of f16 residency knows it. */
const operators = { Add: ['+', 0], Sub: ['-', 22], Multiply: ['*', 17] } as const;

/** How an operand is read: as it lies, as one vector of channels again and again, or as one number. */
type Reading = 'whole' | 'row' | 'number';

/** Puts our programs in the place of tfjs's kernels. */
export function registerBinary(): void {
  for (const name of ['Add', 'Sub', 'Multiply'] as const) replaceKernel(name, (call) => binary(call, name));
}

function binary({ inputs: { a, b }, backend }: KernelArguments, name: keyof typeof operators): TensorInfo | null {
  if (!isFloat(a) || !isFloat(b)) return null;
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const [readingA, readingB] = [readingOf(a, shape), readingOf(b, shape)];
  if (readingA === null || readingB === null || sizeOf(shape) === 0 || (shape.at(-1) ?? 1) % 4 !== 0) return null;
  if (chooseVariant('binary', `${readingA}-${readingB}`, ['vec4', 'stock']) === 'stock') return null;
  return runFlat(backend, binaryProgram(name, shape, readingA, readingB, (shape.at(-1) ?? 4) / 4), [a, b]);
}

/** Null where it is read in none of these ways. */
function readingOf(operand: TensorInfo, shape: readonly number[]): Reading | null {
  if (isShape(operand, shape)) return 'whole';
  const size = sizeOf(operand.shape);
  if (size === 1) return 'number';
  return size === shape.at(-1) && operand.shape.at(-1) === size ? 'row' : null;
}

function binaryProgram(
  name: keyof typeof operators,
  shape: readonly number[],
  readingA: Reading,
  readingB: Reading,
  rowElements: number,
): FlatProgram {
  const [operator, number] = operators[name];
  const count = sizeOf(shape) / 4;
  const read = (buffer: string, reading: Reading): string => {
    const address = { whole: 'index', row: 'index % uniforms.sizes.y', number: '0' }[reading];
    return `vec4<f32>(${elementType(reading === 'number' ? 1 : 4)}(${buffer}[${address}]))`;
  };
  return {
    key: `binary_${number}_flat_${readingA}_${readingB}`,
    inputs: [
      ['a', readingA === 'number' ? 1 : 4],
      ['b', readingB === 'number' ? 1 : 4],
    ],
    outputComponents: 4,
    uniformDeclaration: 'sizes : vec2<i32>,',
    uniforms: [{ type: 'int32', data: [count, rowElements] }],
    shape,
    invocationCount: count,
    wgsl: () => `
fn main(index : i32) {
  if (index >= uniforms.sizes.x) { return; }
  setOutputAtIndex(index, ${read('a', readingA)} ${operator} ${read('b', readingB)});
}`,
  };
}
