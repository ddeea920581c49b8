// A kernel's key and shapes as something to read: `conv2DDirect 32×28×28×1, 3×3×1×16 → 32×28×28×16`. A key is words, then numbers and flags of
// the variant, joined by `_`; the words are kept. tfjs keys its elementwise kernels by the number of the op.

import { sizeOf } from '../../core/size-of.ts';
import type { KernelNote } from './dispatch-notes.ts';

/** `BinaryOpType` of tfjs-backend-webgpu 4.22.0, in its order. */
const binaryOps =
  'add atan2 complexMultiplyImag complexMultiplyReal div eluGradient equal floorDiv greater greaterEqual less lessEqual logicalAnd logicalOr max min mod mul notEqual pow prelu squaredDifference sub';
/** `UnaryOpType`, likewise. */
const unaryOps =
  'abs acos acosh asin asinh atan atanh ceil cos cosh elu erf exp expm1 floor isFinite isInf isNaN linear log log1p logicalNot neg relu relu6 leakyRelu reciprocal round rsqrt selu sigmoid sign sin sinh softplus sqrt square step tan tanh toInt';
const opsOf: Readonly<Record<string, readonly string[]>> = { binary: binaryOps.split(' '), unary: unaryOps.split(' ') };

const mostInputs = 3;

/** One line; inputs beyond the third are left out. */
export function kernelName({ key, shapes, isProgram }: KernelNote): string {
  const name = `${programName(key)}${key.includes('|f16:') ? ' (f16)' : ''}`;
  if (!isProgram) return [name, shapeText(shapes.reduce(larger, []))].join(' ').trimEnd();
  const inputs = shapes.slice(0, -1);
  const shown = inputs.slice(0, mostInputs).map(shapeText);
  if (inputs.length > mostInputs) shown.push('…');
  return [name, ...(shown.length > 0 ? [shown.join(', '), '→'] : []), shapeText(shapes.at(-1) ?? [])].join(' ').trimEnd();
}

/** A copy from buffer to buffer. */
export function copyName(byteLength: number): string {
  return `copy of ${byteLength} bytes`;
}

/** The words of a key: `conv2DDirect`. */
export function programName(key: string): string {
  const [stem = ''] = key.split('|');
  const [first = '', ...rest] = stem.split('_');
  const op = opsOf[first]?.[Number(rest[0])];
  if (op !== undefined) return op;
  const end = rest.findIndex((part) => !/^[a-z][a-z0-9]*$/iu.test(part) || /^(?:true|false|null|undefined|plain)$/u.test(part));
  return [first, ...(end === -1 ? rest : rest.slice(0, end))].join(' ');
}

function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.join('×');
}

function larger(a: readonly number[], b: readonly number[]): readonly number[] {
  return sizeOf(b) >= sizeOf(a) ? b : a;
}
