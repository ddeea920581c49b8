// What a batched matrix product is, apart from its values: (…, M, K) · (…, K, N) -> (…, M, N), either operand stored transposed. The batch is
// as long on both sides, or one side has a single matrix that is used for all of the other's.

import type { TensorInfo } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';

/** Sizes of one product. */
export interface MatMulShape {
  /** Matrices of the result. */
  readonly batch: number;
  /** M: rows of the result. */
  readonly rows: number;
  /** N: columns of the result. */
  readonly columns: number;
  /** K: length of the sums. */
  readonly inner: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Whether every matrix of the result has the one matrix of this operand. */
  readonly isSharedA: boolean;
  readonly isSharedB: boolean;
  /** The result's shape as the caller sees it. */
  readonly outShape: readonly number[];
}

/** The sizes; null where anything is empty, and where the batches are broadcast in another way. Throws as tfjs where the shapes do not fit. */
export function matMulShape(a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): MatMulShape | null {
  const [outerA, rowsA, columnsA] = split(a.shape);
  const [outerB, rowsB, columnsB] = split(b.shape);
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const [batchA, batchB, batch] = [product(outerA), product(outerB), product(outer)];
  const rows = transposeA ? columnsA : rowsA;
  const inner = transposeA ? rowsA : columnsA;
  const columns = transposeB ? rowsB : columnsB;
  const isSharedA = batchA < batch;
  const isSharedB = batchB < batch;
  const isOtherBroadcast = (isSharedA && batchA !== 1) || (isSharedB && batchB !== 1);
  if (isOtherBroadcast || inner !== (transposeB ? columnsB : rowsB) || batch * rows * columns * inner === 0) return null;
  return { batch, rows, columns, inner, transposeA, transposeB, isSharedA, isSharedB, outShape: [...outer, rows, columns] };
}

/** The outer dimensions, and rows and columns as they are stored. */
function split(shape: readonly number[]): [outer: number[], rows: number, columns: number] {
  return [shape.slice(0, -2), shape.at(-2) ?? 0, shape.at(-1) ?? 0];
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
