// ‖g‖² over all gradients of a step, without a read-back, as one partial sum per 1,024 values; begin-kernel.ts adds those up. No atomics: the
// order of the additions depends on the sizes alone, so that all ranks of a lane come to the same bits.
//
// Kernel: `hyper` (for the factor on every gradient), `partials` (f32, one per workgroup), then the gradients (f32); uniforms: where this
// dispatch's partial sums begin, then the gradients' sizes. Grid: one workgroup per 1,024 values of each gradient. Limits: 2 + gradients
// storage buffers. Oracle: a float64 sum. Error: some √n f32 roundings, far below one in 1e-5.

import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import { flatEntryPoint, kernelWorkgroupSize, wgslOnce } from '../../backend/raw-kernel.ts';
import type { LockstepBackend } from '../../backend/lockstep-backend.ts';

const chunkSize = kernelWorkgroupSize * 16;
const mostGradients = 6;

/** Records the sums of squares of all gradients, which are plain f32. The caller disposes of the partial sums. */
export function recordSquaredNorm(
  backend: LockstepBackend,
  hyper: Tensor,
  updates: readonly { readonly weight: Tensor; readonly gradient: TensorInfo }[],
): TensorInfo {
  const gradients = updates.map(({ weight: { size }, gradient: { dataId } }) => ({ dataId, size }));
  const partialCount = gradients.reduce((sum, { size }) => sum + chunkCount(size), 0);
  const partials = backend.makeTensorInfo([Math.max(1, partialCount)], 'float32');
  let first = 0;
  for (let from = 0; from < gradients.length; from += mostGradients) {
    const group = gradients.slice(from, from + mostGradients);
    const groupCount = group.reduce((sum, { size }) => sum + chunkCount(size), 0);
    const key = `gradient_norm_${group.length}`;
    backend.dispatch({
      key,
      wgsl: wgslOnce(key, () => normWgsl(group.length)),
      tensors: [hyper.dataId, partials.dataId, ...group.map(({ dataId }) => dataId)],
      uniforms: [first, ...group.map(({ size }) => size)].map((value) => ({ type: 'uint32', data: [value] })),
      invocationCount: groupCount * kernelWorkgroupSize,
    });
    first += groupCount;
  }
  return partials;
}

function chunkCount(size: number): number {
  return Math.ceil(size / chunkSize);
}

function normWgsl(gradientCount: number): string {
  const gradients = Array.from({ length: gradientCount }, (_, index) => index);
  const add = (index: number) => `if (chunk < chunks(uniforms.size${index})) {
    let end = min((chunk + 1u) * ${chunkSize}u, uniforms.size${index});
    for (var at = chunk * ${chunkSize}u + lane; at < end; at += ${kernelWorkgroupSize}u) {
      let g = gradient${index}[at] * hyper[1];
      sum += g * g;
    }
    isMine = true;
  }
  chunk -= chunks(uniforms.size${index}); // wraps around where it was this one's, beyond all others`;
  return `struct Uniforms { first: u32, ${gradients.map((index) => `size${index}: u32`).join(', ')} };
@group(0) @binding(0) var<storage, read> hyper: array<f32>;
@group(0) @binding(1) var<storage, read_write> partials: array<f32>;
${gradients.map((index) => `@group(0) @binding(${2 + index}) var<storage, read> gradient${index}: array<f32>;`).join('\n')}
@group(0) @binding(${2 + gradientCount}) var<uniform> uniforms: Uniforms;
var<workgroup> sums: array<f32, ${kernelWorkgroupSize}>;
fn chunks(size: u32) -> u32 { return (size + ${chunkSize - 1}u) / ${chunkSize}u; }
${flatEntryPoint(`let group = i / ${kernelWorkgroupSize}u;
  let lane = i % ${kernelWorkgroupSize}u;
  var chunk = group;
  var sum = 0.0;
  var isMine = false;
  ${gradients.map(add).join('\n  ')}
  sums[lane] = sum;
  workgroupBarrier();
  if (lane != 0u || !isMine) { return; }
  var total = 0.0;
  for (var k = 0u; k < ${kernelWorkgroupSize}u; k++) { total += sums[k]; }
  partials[uniforms.first + group] = total;`)}`;
}
