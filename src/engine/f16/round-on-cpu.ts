// Rounding to f16 on tfjs's CPU backend: a copy of the values, rounded in place. Oracle: core/float16.ts's `roundToFloat16`.

import type { TensorInfo } from '@tensorflow/tfjs';
import { roundInPlaceToFloat16 } from '../../core/float16.ts';
import { tf } from '../tf.ts';

/** The part of tfjs's MathBackendCPU (4.22.0) that we use; `@tensorflow/tfjs` exports no type for it. */
interface CpuBackend {
  readSync(dataId: object): ArrayLike<number>;
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
}

/** A new tensor of the same shape with every value rounded to f16. Float tensors only. */
export function roundOnCpu(tensor: TensorInfo): TensorInfo {
  const backend = tf.backend() as unknown as CpuBackend; // the active one: the simulation runs only there
  const values = Float32Array.from(backend.readSync(tensor.dataId));
  roundInPlaceToFloat16(values);
  return backend.makeTensorInfo(tensor.shape, 'float32', values);
}
