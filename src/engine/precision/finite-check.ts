// Did any gradient overflow? A value is infinite or NaN exactly when all eight exponent bits are set. The bits are tested rather than
// `isinf`, because an overflow is an infinity on some drivers and a NaN on others, and because WGSL lets a compiler assume that neither
// occurs. The flag is one f32, so that it can be read back with the loss in one copy (gradient-transfer.ts).
//
// Kernel: `values` (f32 words, size elements), `flag` (one word); grid: one invocation per element; flag = 1.0f where any exponent is full.
// Oracle: Number.isFinite on the CPU. Exact.

import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { flatEntryPoint } from '../backend/raw-kernel.ts';
import type { Engine } from '../engine.ts';

const wgsl = `struct Uniforms { size: u32 };
@group(0) @binding(0) var<storage, read> values: array<u32>;
@group(0) @binding(1) var<storage, read_write> flag: atomic<u32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;
${flatEntryPoint('if (i < uniforms.size && (values[i] & 0x7f800000u) == 0x7f800000u) { atomicStore(&flag, 0x3f800000u); }')}`;

/** A scalar on the GPU: 1 where any of the tensors holds an infinity or a NaN, else 0. The caller disposes it. */
export function foundInf(engine: Engine, tensors: readonly Tensor[]): Scalar {
  const { backend, tf } = engine;
  if (backend === null) return tf.scalar(tensors.every((tensor) => isFiniteEverywhere(tensor.dataSync<'float32'>())) ? 0 : 1);
  // By the device, so that a replayed step clears it anew.
  // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a tensor, not an array
  const flag: Scalar = tf.fill([], 0);
  for (const tensor of tensors) {
    if (tensor.size === 0) continue;
    const plain = backend.toF32(tensor);
    backend.dispatch({
      key: 'finite_check',
      wgsl,
      tensors: [plain.dataId, flag.dataId],
      uniforms: [{ type: 'uint32', data: [tensor.size] }],
      invocationCount: tensor.size,
    });
    backend.disposeData(plain.dataId);
  }
  return flag;
}

/** False where an array holds an infinity or a NaN. */
export function isFiniteEverywhere(values: Float32Array): boolean {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let index = 0; index < words.length; index++) if (((words[index] ?? 0) & 0x7f800000) === 0x7f800000) return false;
  return true;
}
