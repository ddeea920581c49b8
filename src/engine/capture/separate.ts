// Readies a tensor's buffer for being written to in place: parts it from others that share its data, stores a variable as f32 unless it is kept in f16.

import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { isKeptInF16 } from '../f16/kept-in-f16.ts';
import { tf } from '../tf.ts';

/** A new tensor, kept, with the same values in a buffer of its own, stored alike. */
export function copyOf(backend: LockstepBackend, tensor: Tensor): Tensor {
  if (backend.isF16(tensor)) return tf.keep(tf.engine().makeTensorFromTensorInfo(backend.copy(tensor), backend));
  const copy = tf.keep(tf.engine().makeTensorFromTensorInfo(backend.makeTensorInfo(tensor.shape, tensor.dtype), backend));
  backend.copyOut(tensor, backend.bufferOf(copy.dataId), 0);
  backend.internals.commandQueueOwnedIds.add(copy.dataId);
  return copy;
}

/** A new tensor, kept, that takes the buffer over; all others keep the data, in a buffer with a copy. */
export function separated(backend: LockstepBackend, tensor: Tensor): Tensor {
  const copy = copyOf(backend, tensor);
  const [before, after] = [backend.stored(tensor.dataId), backend.stored(copy.dataId)];
  [before.resource, after.resource] = [after.resource, before.resource];
  backend.flush(); // recorded commands hold on to data, not to buffers
  return copy;
}

/** What is assigned to a float variable later is f32, unless it is kept in f16: a first value that is stored as integers, or in 16 bits, is cast. */
export function storePlainly(backend: LockstepBackend, variable: Variable): void {
  if (variable.dtype !== 'float32' || backend.isPlainF32(variable) || isKeptInF16(variable)) return;
  const plain = tf.engine().makeTensorFromTensorInfo(backend.toF32(variable), backend);
  variable.assign(plain);
  plain.dispose();
}
