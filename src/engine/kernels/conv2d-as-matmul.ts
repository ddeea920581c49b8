// Convolutions that are matrix products: a 1 × 1 filter that moves over every pixel, and a filter that covers the whole image. They go to
// whichever kernel multiplies matrices, tfjs's or ours.

import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../core/size-of.ts';
import { PlaygroundError } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import type { ConvGeometry } from './conv-geometry.ts';
import type { KernelArguments } from './replace-kernel.ts';

/** The product that a convolution is: image (rows, inner) · filter (inner, columns). */
export interface ConvAsMatMul {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** The product; null where the convolution is none. */
export function asMatMul(geometry: ConvGeometry): ConvAsMatMul | null {
  const { filterHeight, filterWidth, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo, batchSize } = geometry;
  if (padInfo.top !== 0 || padInfo.left !== 0) return null;
  const isPointwise = filterHeight === 1 && filterWidth === 1 && outHeight === inHeight && outWidth === inWidth;
  if (isPointwise) return { rows: batchSize * inHeight * inWidth, inner: inChannels, columns: outChannels };
  const isWhole = filterHeight === inHeight && filterWidth === inWidth && outHeight === 1 && outWidth === 1;
  return isWhole ? { rows: batchSize, inner: sizeOf([inHeight, inWidth, inChannels]), columns: outChannels } : null;
}

/** image · filter, with bias and activation where the call has them; shaped (B, OH, OW, O). */
export function matMulForward(call: KernelArguments, { rows, inner, columns }: ConvAsMatMul, outShape: readonly number[]): TensorInfo {
  const { x, filter, bias } = call.inputs;
  const operands = { a: matrix(x, rows, inner), b: matrix(filter, inner, columns) };
  const { activation, leakyreluAlpha } = call.attributes;
  if (bias === undefined || bias === null) {
    if (activation === undefined || activation === null || activation === 'linear')
      return multiply(call, 'BatchMatMul', operands, {}, outShape);
    return multiply(call, '_FusedMatMul', operands, { activation, leakyreluAlpha }, outShape);
  }
  return multiply(call, '_FusedMatMul', { ...operands, bias }, { activation, leakyreluAlpha }, outShape);
}

/** dy · filterᵀ, shaped (B, H, W, C). */
export function matMulInputGradient(call: KernelArguments, { rows, inner, columns }: ConvAsMatMul, inShape: readonly number[]): TensorInfo {
  const { dy, filter } = call.inputs;
  return multiply(call, 'BatchMatMul', { a: matrix(dy, rows, columns), b: matrix(filter, inner, columns) }, { transposeB: true }, inShape);
}

/** imageᵀ · dy, shaped (KH, KW, C, O). */
export function matMulFilterGradient(
  call: KernelArguments,
  { rows, inner, columns }: ConvAsMatMul,
  filterShape: readonly number[],
): TensorInfo {
  const { x, dy } = call.inputs;
  return multiply(call, 'BatchMatMul', { a: matrix(x, rows, inner), b: matrix(dy, rows, columns) }, { transposeA: true }, filterShape);
}

function matrix(tensor: TensorInfo | null | undefined, rows: number, columns: number): TensorInfo {
  if (tensor === null || tensor === undefined) throw new PlaygroundError('internal', 'conv2d: expected both operands, got one of them.');
  return { dataId: tensor.dataId, dtype: tensor.dtype, shape: [rows, columns] };
}

function multiply(
  { backend }: KernelArguments,
  kernelName: 'BatchMatMul' | '_FusedMatMul',
  inputs: Readonly<Record<string, TensorInfo>>,
  attributes: Readonly<Record<string, unknown>>,
  shape: readonly number[],
): TensorInfo {
  const attrs = { transposeA: false, transposeB: false, ...attributes } as NamedAttrMap; // of a matrix product, written above
  // Kernels of matrix products have one output.
  const result = tf.getKernel(kernelName, 'webgpu').kernelFunc({ inputs: { ...inputs }, attrs, backend }) as TensorInfo;
  return { dataId: result.dataId, dtype: result.dtype, shape: [...shape] };
}
