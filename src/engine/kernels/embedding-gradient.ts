// The gradient of looking rows up (tf.gather along the first axis, tf.layers.embedding): dTable[v] = Σ of dy[n] over all n with ids[n] = v. tfjs
// adds with atomics, in whatever order the invocations come, so that the last bits differ from run to run. Here an invocation has four
// columns of one row of the table and looks at every id: one order of adding, and ids are few where vocabularies of a page are small.
// Buffers: ids (N) i32, dy (N, C) f32 or f16, result (V, C), as vec4; C is a multiple of 4 and V · C / 4 · N at most 2²⁸, else tfjs's way.
// Ids outside 0 to V − 1 add to nothing, as with tfjs. Oracle: torch.nn.functional.embedding (test/reference/transformer.json).

import type { Tensor } from '@tensorflow/tfjs';
import { activeWebGpu } from '../backend/active.ts';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { tf } from '../tf.ts';
import { int32, runProgram } from './gpu-program.ts';

/** Comparisons of an id with a row; a GPU makes some 10¹¹ a second. */
const mostComparisons = 2 ** 28;

/** Makes tf.gather's gradient take the kernel where it fits; everything else goes the way it went before. */
export function registerEmbeddingGradient(): void {
  const stock = tf.getGradient('GatherV2');
  tf.registerGradient({
    ...stock,
    gradFunc: (dy, saved, attributes) => {
      const stockGradients = stock.gradFunc(dy, saved, attributes);
      const backend = activeWebGpu();
      const [table, ids] = saved;
      // As GatherV2 is called; `axis` may come as any number or a list of one.
      const { axis, batchDims } = attributes as { readonly axis: number | readonly number[]; readonly batchDims: number };
      const isRows = Number(axis) === 0 && batchDims === 0;
      if (backend === null || table === undefined || ids === undefined || Array.isArray(dy) || !isRows || !fits(table, ids))
        return stockGradients;
      return { ...stockGradients, x: () => embeddingGradient(backend, table, ids, dy) };
    },
  });
}

function fits(table: Tensor, ids: Tensor): boolean {
  const width = table.size / (table.shape[0] ?? 1);
  const isFloat = table.dtype === 'float32' && table.size > 0 && ids.size > 0;
  return isFloat && width % 4 === 0 && (table.size / 4) * ids.size <= mostComparisons;
}

function embeddingGradient(backend: LockstepBackend, table: Tensor, ids: Tensor, dy: Tensor): Tensor {
  const count = table.size / 4;
  return runProgram(
    backend,
    {
      key: 'embeddingGradient',
      inputs: { ids: 1, dy: 4 },
      outputComponents: 4,
      uniforms: { count: int32(count), width: int32(table.size / (table.shape[0] ?? 1) / 4), idCount: int32(ids.size) },
      wgsl: `fn main(index : i32) {
  if (index >= uniforms.count) { return; }
  let row = index / uniforms.width;
  let column = index % uniforms.width;
  var sum = vec4<f32>(0.0);
  for (var n = 0; n < uniforms.idCount; n++) {
    if (i32(ids[n]) == row) { sum += vec4<f32>(dy[n * uniforms.width + column]); }
  }
  result[index] = sum;
}`,
      invocationCount: count,
    },
    [ids, dy],
    table.shape,
  );
}
