// Sums over all rows of a batch that give few results: the gradients of filters. Left to one invocation per result they would use a small
// part of a device, so the rows are cut into chunks, summed chunk by chunk, and the chunks are added. In the chunks' order, without atomics,
// so that the same inputs give the same bits every time.

import type { TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../core/size-of.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { ConvGeometry } from './conv-geometry.ts';
import { componentsFor, elementType, runFlat, type FlatProgram } from './kernel-program.ts';

/** The rows that are summed by one invocation, and how many such chunks there are. */
export interface RowChunks {
  readonly rowsPerChunk: number;
  readonly chunkCount: number;
}

/** Enough for a device to spread over its cores; more chunks would only write more to be added. */
const wantedInvocations = 8192;

/** Rows of a batch of outputs cut so that all chunks together have about the wanted number of invocations. */
export function rowChunks({ batchSize, outHeight }: ConvGeometry, invocationsPerChunk: number): RowChunks {
  const rowCount = batchSize * outHeight;
  const rowsPerChunk = Math.ceil(rowCount / Math.min(rowCount, Math.ceil(wantedInvocations / invocationsPerChunk)));
  return { rowsPerChunk, chunkCount: Math.ceil(rowCount / rowsPerChunk) };
}

/**
 * The sum over the first axis of `parts`, (chunks, ...shape), divided by `divisor` where it is a mean that is wanted; shaped so. `parts` is
 * given up.
 */
export function addChunks(backend: LockstepBackend, parts: TensorInfo, shape: readonly number[], divisor = 1): TensorInfo {
  const chunkCount = parts.shape[0] ?? 1;
  if (chunkCount === 1 && divisor === 1) return backend.settled('sumChunks', { ...parts, shape: [...shape] });
  const result = runFlat(backend, sumChunksProgram(chunkCount, shape, divisor), [parts]);
  backend.disposeData(parts.dataId);
  return result;
}

// out[i] = Σ over k of chunks[k, i] / divisor. Buffers: chunks (K, N), out (N), float32; vec4 where N is a multiple of 4. Grid: one
// invocation = one element of the result. Oracle and error: those of the kernels that use it.
function sumChunksProgram(chunkCount: number, shape: readonly number[], divisor: number): FlatProgram {
  const components = componentsFor(sizeOf(shape));
  const elementCount = sizeOf(shape) / components;
  const type = elementType(components);
  return {
    key: `sumChunks_${components}`,
    inputs: [['chunks', components]],
    outputComponents: components,
    uniformDeclaration: 'sizes : vec2<i32>, divisor : f32,',
    uniforms: [
      { type: 'int32', data: [chunkCount, elementCount] },
      { type: 'float32', data: [divisor] },
    ],
    shape,
    invocationCount: elementCount,
    wgsl: () => `
fn main(index : i32) {
  let count = uniforms.sizes.y;
  if (index >= count) { return; }
  var sum = ${type}(0.0);
  for (var chunk = 0; chunk < uniforms.sizes.x; chunk++) {
    sum += ${type}(chunks[chunk * count + index]);
  }
  setOutputAtIndex(index, sum / uniforms.divisor);
}`,
  };
}
