// Sums and means over the leading axes of a tensor: the gradient of every bias, and the moments of batch normalisation. tfjs transposes the
// tensor first and then gives each sum to one workgroup, of which there are as many as channels.
//   out[n] = Σ over m of x[m, n], or that divided by M
// Cut into chunks of rows, which are then added (row-chunks.ts). Buffers: x (M, N), float32, vec4 where N is a multiple of 4. Grid: one
// invocation = one element of a row, for one chunk. Oracle: the CPU backend (ops-reduction.test.ts, own-kernels.test.ts); error: that of
// a float32 sum of M values, smaller where there are chunks.
//
// Sums along the last axes are short-rows.ts's, and stock keeps what is neither's: what is not float, other axes, rows of fewer than four values.

import type { TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../core/size-of.ts';
import { tf } from '../tf.ts';
import { chooseVariant } from '../tune/variant-table.ts';
import { componentsFor, elementType, isFloat, runFlat, type FlatProgram } from './kernel-program.ts';
import { replaceKernel, type KernelArguments } from './replace-kernel.ts';
import { addChunks, type RowChunks } from './row-chunks.ts';
import { sumShortRows } from './short-rows.ts';

const fewestColumns = 4;
/** Chunks that are added by one invocation, one after the other, and rows that are worth a chunk of their own. */
const mostChunks = 256;
const fewestRowsPerChunk = 16;

/** Puts our programs in the place of tfjs's kernels. */
export function registerSumRows(): void {
  replaceKernel('Sum', (call) => sumRows(call, 'sum') ?? sumShortRows(call, 'sum'));
  replaceKernel('Mean', (call) => sumRows(call, 'mean') ?? sumShortRows(call, 'mean'));
}

function sumRows({ inputs: { x }, attributes, backend }: KernelArguments, kind: 'sum' | 'mean'): TensorInfo | null {
  if (!isFloat(x)) return null;
  const { shape } = x;
  const axisCount = leadingAxes(attributes['axis'] as number | number[], shape); // checked by the op
  const columns = sizeOf(shape.slice(axisCount));
  const rows = sizeOf(shape.slice(0, axisCount));
  if (axisCount === 0 || axisCount === shape.length || columns < fewestColumns || rows === 0) return null;
  if (chooseVariant('sumRows', componentsFor(columns) === 4 ? 'vec4' : 'scalar', ['chunks', 'stock']) === 'stock') return null;
  const kept = attributes['keepDims'] === true ? shape.slice(0, axisCount).map(() => 1) : [];
  const parts = runFlat(backend, sumRowsProgram(rows, columns, chunksOf(rows)), [x]);
  return addChunks(backend, parts, [...kept, ...shape.slice(axisCount)], kind === 'mean' ? rows : 1);
}

/** How many axes are summed where they are the leading ones, else 0; an absent axis means all of them. */
function leadingAxes(axis: number | number[], shape: readonly number[]): number {
  const axes = tf.util.parseAxisParam(axis, [...shape]).toSorted((a, b) => a - b);
  return axes.every((one, place) => one === place) ? axes.length : 0;
}

function chunksOf(rows: number): RowChunks {
  const rowsPerChunk = Math.max(fewestRowsPerChunk, Math.ceil(rows / mostChunks));
  return { rowsPerChunk, chunkCount: Math.ceil(rows / rowsPerChunk) };
}

function sumRowsProgram(rows: number, columns: number, { rowsPerChunk, chunkCount }: RowChunks): FlatProgram {
  const components = componentsFor(columns);
  const elements = columns / components;
  const type = elementType(components);
  return {
    key: `sumRows_${components}`,
    inputs: [['x', components]],
    outputComponents: components,
    uniformDeclaration: 'sizes : vec4<i32>,',
    uniforms: [{ type: 'int32', data: [rows, elements, rowsPerChunk, chunkCount] }],
    shape: [chunkCount, columns],
    invocationCount: chunkCount * elements,
    wgsl: () => `
fn main(index : i32) {
  let elements = uniforms.sizes.y;
  let column = index % elements;
  let chunk = index / elements;
  if (chunk >= uniforms.sizes.w) { return; }
  var sum = ${type}(0.0);
  let end = min((chunk + 1) * uniforms.sizes.z, uniforms.sizes.x);
  for (var row = chunk * uniforms.sizes.z; row < end; row++) {
    sum += ${type}(x[row * elements + column]);
  }
  setOutputAtIndex(index, sum);
}`,
  };
}
