// A number of the host that a captured step reads, such as the loss scale: a scalar on the device whose value can be changed between steps,
// where a plain number would be part of what was recorded.

import type { Scalar } from '@tensorflow/tfjs';
import type { LockstepBackend } from './backend/lockstep-backend.ts';
import { tf } from './tf.ts';

/** One number on the device, f32. */
export class HostScalar {
  readonly tensor: Scalar;
  private readonly backend: LockstepBackend;
  private value = 0;

  constructor(backend: LockstepBackend) {
    this.backend = backend;
    this.tensor = tf.keep(tf.scalar(0));
    backend.uploadToGPU(this.tensor.dataId);
  }

  /** Changes it for everything that is recorded or replayed from now on. */
  set(value: number): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    this.backend.flush(); // a queue write would overtake what is recorded
    this.backend.internals.queue.writeBuffer(this.backend.bufferOf(this.tensor.dataId), 0, Float32Array.of(value));
  }

  dispose(): void {
    this.tensor.dispose();
  }
}
