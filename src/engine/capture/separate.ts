// Parts a tensor from others that share its data, before its buffer is written to in place.

import type { Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { tf } from '../tf.ts';

/** A new tensor, kept, with the same values in a buffer of its own. */
export function copyOf(backend: LockstepBackend, tensor: Tensor): Tensor {
  const copy = tf.keep(tf.engine().makeTensorFromTensorInfo(backend.makeTensorInfo(tensor.shape, tensor.dtype), backend));
  backend.copyOut(tensor, backend.bufferOf(copy.dataId), 0);
  backend.internals.commandQueueOwnedIds.add(copy.dataId);
  return copy;
}

/** A new tensor, kept, that takes the buffer over; all others keep the data, in a buffer with a copy. Not for tensors in 16 bits. */
export function separated(backend: LockstepBackend, tensor: Tensor): Tensor {
  const copy = copyOf(backend, tensor);
  const [before, after] = [backend.stored(tensor.dataId), backend.stored(copy.dataId)];
  [before.resource, after.resource] = [after.resource, before.resource];
  backend.flush(); // recorded commands hold on to data, not to buffers
  return copy;
}
