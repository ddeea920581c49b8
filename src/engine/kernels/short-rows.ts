// tf.softmax, and sums and means along the last axes, where the rows are short: one invocation goes through a row. tfjs gives each row a
// workgroup whose invocations wait for each other at every halving, which a row of attention over few keys does not pay for: on a CPU
// driver (SwiftShader) 512 rows of 16 take tfjs 88 ms.
//   softmax: y[m, n] = exp(x[m, n] − max) / Σ exp(x[m, ·] − max)        sum: out[m] = Σ over n of x[m, n], or that divided by N
// Buffers: x (M, N) f32 or f16; results are f32; vec4 where N is a multiple of 4 (a sum's result is not). Grid: one invocation = one row.
// Oracle: the CPU backend (ops-reduction.test.ts, own-kernels.test.ts); error: that of a float32 sum of N values. A row with a NaN or with ∞ is NaN
// throughout, as in torch; −∞ beside finite scores gives 0.
//
// Stock keeps what is not float, other axes, long rows, and few rows, which leave a GPU idle.

import type { TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../core/size-of.ts';
import { tf } from '../tf.ts';
import { chooseVariant } from '../tune/variant-table.ts';
import { componentsFor, elementType, isFloat, partsOf, runFlat, type FlatProgram } from './kernel-program.ts';
import { replaceKernel, type KernelArguments } from './replace-kernel.ts';

const longestRow = 128;
const fewestRows = 64;

/** Puts our softmax in the place of tfjs's. Sums come through sum-rows.ts. */
export function registerShortRows(): void {
  replaceKernel('Softmax', ({ inputs: { logits }, attributes, backend }) => {
    if (!isFloat(logits) || attributes['dim'] !== logits.shape.length - 1) return null;
    const rows = shortRows(logits.shape, 1);
    return rows === null || chooseVariant('softmax', 'short', ['rows', 'stock']) === 'stock'
      ? null
      : runFlat(backend, softmaxProgram(rows, logits.shape), [logits]);
  });
}

/** The sum or mean of short rows; null where that is not what is asked for. */
export function sumShortRows({ inputs: { x }, attributes, backend }: KernelArguments, kind: 'sum' | 'mean'): TensorInfo | null {
  if (!isFloat(x)) return null;
  const { shape } = x;
  const axes = tf.util.parseAxisParam(attributes['axis'] as number | number[], [...shape]).toSorted((a, b) => a - b); // checked by the op
  if (axes.some((axis, place) => axis !== shape.length - axes.length + place)) return null;
  const rows = shortRows(shape, axes.length);
  if (rows === null || chooseVariant('sumShortRows', 'short', ['rows', 'stock']) === 'stock') return null;
  const kept = attributes['keepDims'] === true ? axes.map(() => 1) : [];
  const divisor = kind === 'mean' ? rows.length : 1;
  return runFlat(backend, sumProgram(rows, divisor, [...shape.slice(0, shape.length - axes.length), ...kept]), [x]);
}

interface Rows {
  readonly count: number;
  readonly length: number;
}

/** A tensor's rows along so many last axes; null where they are too long or too few. */
function shortRows(shape: readonly number[], axisCount: number): Rows | null {
  const length = sizeOf(shape.slice(shape.length - axisCount));
  const count = sizeOf(shape.slice(0, shape.length - axisCount));
  return axisCount > 0 && length > 0 && length <= longestRow && count >= fewestRows ? { count, length } : null;
}

function softmaxProgram({ count, length }: Rows, shape: readonly number[]): FlatProgram {
  const components = componentsFor(length);
  const type = elementType(components);
  const largest = components === 4 ? 'max(max(most.x, most.y), max(most.z, most.w))' : 'most';
  const isNaN = components === 4 ? 'any(isnanVec4(value))' : 'isnan(value)';
  return {
    key: `softmaxShortRows_${components}`,
    inputs: [['x', components]],
    outputComponents: components,
    uniformDeclaration: 'sizes : vec2<i32>,',
    uniforms: [{ type: 'int32', data: [count, length / components] }],
    shape,
    invocationCount: count,
    wgsl: () => `
fn main(index : i32) {
  if (index >= uniforms.sizes.x) { return; }
  let start = index * uniforms.sizes.y;
  let end = start + uniforms.sizes.y;
  var most = ${type}(x[start]);
  var isSpoilt = false; // looked for in the bits: a driver's max and exp may do with a NaN, and with ∞ − ∞, what they like
  for (var at = start; at < end; at++) {
    let value = ${type}(x[at]);
    isSpoilt = isSpoilt || ${isNaN};
    most = max(most, value);
  }
  let largest = ${largest};
  if (isSpoilt || isinf(largest)) {
    for (var at = start; at < end; at++) { setOutputAtIndex(at, ${type}(uniforms.NAN)); }
    return;
  }
  var sums = ${type}(0.0);
  for (var at = start; at < end; at++) { sums += exp(${type}(x[at]) - largest); }
  let total = ${partsOf(components)
    .map((part) => `sums${part}`)
    .join(' + ')};
  for (var at = start; at < end; at++) { setOutputAtIndex(at, exp(${type}(x[at]) - largest) / total); }
}`,
  };
}

function sumProgram({ count, length }: Rows, divisor: number, shape: readonly number[]): FlatProgram {
  const components = componentsFor(length);
  const type = elementType(components);
  return {
    key: `sumShortRows_${components}`,
    inputs: [['x', components]],
    outputComponents: 1,
    uniformDeclaration: 'sizes : vec2<i32>, divisor : f32,',
    uniforms: [
      { type: 'int32', data: [count, length / components] },
      { type: 'float32', data: [divisor] },
    ],
    shape,
    invocationCount: count,
    wgsl: () => `
fn main(index : i32) {
  if (index >= uniforms.sizes.x) { return; }
  let start = index * uniforms.sizes.y;
  var sums = ${type}(0.0);
  for (var at = start; at < start + uniforms.sizes.y; at++) { sums += ${type}(x[at]); }
  setOutputAtIndex(index, (${partsOf(components)
    .map((part) => `sums${part}`)
    .join(' + ')}) / uniforms.divisor);
}`,
  };
}
