// Did a gradient overflow, and which one? A value is infinite or NaN exactly when all eight exponent bits are set. The bits are tested rather than
// `isinf`, because an overflow is an infinity on some drivers and a NaN on others, and because WGSL lets a compiler assume that neither
// occurs. The flag is one f32, so that it can be read back with the loss in one copy (gradient-transfer.ts), or is read on the device
// (loss-scale-kernel.ts).
//
// Kernel: `flag` (one word), then the gradients (f32 words, or f16, whose decoding keeps what is not finite), by chunks (kernels/over-chunks.ts);
// flag = the place, from 1, of the last gradient with a full exponent, as f32, whose bits are ordered as the numbers are. Gradients come in the
// order of the model's weights and are computed from the last to the first: the last that overflowed is the one that overflowed first. Oracle:
// Number.isFinite on the CPU. Exact.

import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { Engine } from '../engine.ts';
import { dispatchOverChunks, type FloatValues } from '../kernels/over-chunks.ts';

/** A scalar on the GPU: the place, from 1, of the last tensor that is not empty and holds an infinity or a NaN, else 0. The caller disposes it. */
export function foundInf(engine: Engine, all: readonly Tensor[]): Scalar {
  const { backend, tf } = engine;
  const tensors = all.filter(({ size }) => size > 0);
  if (backend === null) return tf.scalar(tensors.findLastIndex((tensor) => !isFiniteEverywhere(tensor.dataSync<'float32'>())) + 1);
  // By the device, so that a replayed step clears it anew.
  // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a tensor, not an array
  const flag: Scalar = tf.fill([], 0);
  const floats = tensors.map((tensor) => {
    const { dataId } = backend.toFloats(tensor);
    return { dataId, size: tensor.size, isF16: backend.isF16(tensor) };
  });
  recordFiniteCheck(backend, flag, floats);
  for (const { dataId } of floats) backend.disposeData(dataId);
  return flag;
}

/** Records the check: the flag, a scalar, becomes the place, from 1, of the last tensor with a value that is not finite, or stays what it is. */
export function recordFiniteCheck(backend: LockstepBackend, flag: Tensor, values: readonly FloatValues[]): void {
  dispatchOverChunks(backend, values, {
    key: 'finite_check',
    bindings: ['var<storage, read_write> flag: atomic<u32>'],
    dataIds: [flag.dataId],
    type: 'u32',
    start: 'var overflowed = 0u;',
    each: 'if ((value & 0x7f800000u) == 0x7f800000u) { overflowed = tensor + 1u; }',
    end: 'if (overflowed != 0u) { atomicMax(&flag, bitcast<u32>(f32(overflowed))); }',
  });
}

/** False where an array holds an infinity or a NaN. */
export function isFiniteEverywhere(values: Float32Array): boolean {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let index = 0; index < words.length; index++) if (((words[index] ?? 0) & 0x7f800000) === 0x7f800000) return false;
  return true;
}
