// ‖g‖² over all gradients of a step, without a read-back, as one partial sum per chunk of 1,024 values (kernels/over-chunks.ts);
// begin-kernel.ts adds those up. No atomics: the order of the additions depends on the sizes alone, so that all ranks of a lane come to the
// same bits.
//
// Kernel: `hyper` (for the factor on every gradient), `partials` (f32, one per chunk), then the gradients (f32 or f16).
// Oracle: a float64 sum. Error: some √n f32 roundings, far below one in 1e-5.

import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import { kernelWorkgroupSize } from '../../backend/raw-kernel.ts';
import type { LockstepBackend } from '../../backend/lockstep-backend.ts';
import { chunkCountOf, dispatchOverChunks, type FloatValues } from '../../kernels/over-chunks.ts';

/** Records the sums of squares of all gradients. The caller disposes of the partial sums. */
export function recordSquaredNorm(backend: LockstepBackend, hyper: Tensor, gradients: readonly FloatValues[]): TensorInfo {
  const partials = backend.makeTensorInfo([Math.max(1, chunkCountOf(gradients))], 'float32');
  dispatchOverChunks(backend, gradients, {
    key: 'gradient_norm',
    bindings: ['var<storage, read> hyper: array<f32>', 'var<storage, read_write> partials: array<f32>'],
    dataIds: [hyper.dataId, partials.dataId],
    type: 'f32',
    declarations: `var<workgroup> sums: array<f32, ${kernelWorkgroupSize}>;`,
    start: 'var sum = 0.0;',
    each: 'let g = value * hyper[1]; sum += g * g;',
    end: `sums[lane] = sum;
  workgroupBarrier();
  if (lane != 0u || !isMine) { return; }
  var total = 0.0;
  for (var k = 0u; k < ${kernelWorkgroupSize}u; k++) { total += sums[k]; }
  partials[chunk] = total;`,
  });
  return partials;
}
