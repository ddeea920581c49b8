// Rounding to f16 or bf16 on tfjs's CPU backend: a copy of the values, rounded in place. Oracle: core/float16.ts's `roundToFloat16`.

import type { TensorInfo } from '@tensorflow/tfjs';
import { roundInPlaceToBfloat16 } from '../../core/bfloat16.ts';
import { roundInPlaceToFloat16 } from '../../core/float16.ts';
import { tf } from '../tf.ts';

/** The part of tfjs's MathBackendCPU (4.22.0) that we use; `@tensorflow/tfjs` exports no type for it. */
interface CpuBackend {
  readSync(dataId: object): ArrayLike<number>;
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
}

const rounders = { f16: roundInPlaceToFloat16, bf16: roundInPlaceToBfloat16 } as const;

/** A new tensor of the same shape with every value rounded. Float tensors only. */
export function roundOnCpu(tensor: TensorInfo, format: 'f16' | 'bf16'): TensorInfo {
  const backend = tf.backend() as unknown as CpuBackend; // the active one: the simulation runs only there
  const values = Float32Array.from(backend.readSync(tensor.dataId));
  rounders[format](values);
  return backend.makeTensorInfo(tensor.shape, 'float32', values);
}
