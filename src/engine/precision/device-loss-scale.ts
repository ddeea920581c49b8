// A loss scale that lives on the device, so that a step is one piece of work there: nothing is read back to decide whether it is taken. The
// gradients are looked at where they are, and the optimizer's kernels leave weights, slots and running products alone where one of them
// overflowed (optim/fused). What the host wants to know it reads later, with the losses.

import type { NamedTensorMap, Optimizer, Scalar, Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { Engine } from '../engine.ts';
import { GradientTransfer } from '../gradient-transfer.ts';
import { applyScaled } from '../optim/apply-gradients.ts';
import { tf } from '../tf.ts';
import { recordFiniteCheck } from './finite-check.ts';
import { recordLossScaleUpdate, type LossScaleTensors } from './loss-scale-kernel.ts';
import type { LossScaleOptions, LossScaleState } from './loss-scale.ts';

/** One loss scale. */
export class DeviceLossScale {
  /** They stay this one's; kept as long as the worker lives. */
  readonly tensors: LossScaleTensors;
  private readonly engine: Engine;
  private readonly backend: LockstepBackend;
  private readonly options: Required<LossScaleOptions>;

  constructor(engine: Engine, backend: LockstepBackend, options: Required<LossScaleOptions>, state: LossScaleState) {
    this.engine = engine;
    this.backend = backend;
    this.options = options;
    const keptScalar = () => tf.keep(tf.scalar(0));
    this.tensors = { scale: keptScalar(), used: keptScalar(), skipped: keptScalar(), flag: keptScalar(), memory: tf.keep(tf.zeros([2])) };
    this.restore(state);
  }

  /** Goes on from another state. */
  restore({ scale, growthTracker, skippedSteps }: LossScaleState): void {
    const { tensors } = this;
    this.backend.flush(); // queue writes would overtake what is recorded
    this.write(tensors.scale, scale);
    this.write(tensors.used, scale);
    this.write(tensors.skipped, skippedSteps);
    this.write(tensors.memory, 1 / scale, growthTracker);
  }

  /** The state after every step so far; waits for the device. */
  async read(): Promise<LossScaleState> {
    const { scale: current, memory, skipped } = this.tensors;
    const transfer = new GradientTransfer(this.engine, []); // a tensor's own `data` would be kept, and go stale
    try {
      const [scale = Number.NaN, , growthTracker = 0, skippedSteps = 0] = await transfer.read([current, memory, skipped]);
      return { scale, growthTracker, skippedSteps };
    } finally {
      transfer.dispose();
    }
  }

  /**
   * One step of the optimizer with scaled gradients, or none where one of them overflowed, and the end of the step for the scale. The result
   * is the loss, a scalar, without the scale; what is given stays the caller's. The optimizer is one that `skipsOnDevice`.
   */
  update(optimizer: Optimizer, gradients: NamedTensorMap, loss: Scalar): Scalar {
    const { backend, options, tensors } = this;
    const unscaled = backend.makeTensorInfo([], 'float32');
    applyScaled(optimizer, gradients, (hyper, values) => {
      recordFiniteCheck(backend, tensors.flag, values);
      recordLossScaleUpdate(backend, options, tensors, { hyper, loss, unscaled });
    });
    return tf.engine().makeTensorFromTensorInfo(unscaled, backend) as Scalar; // its shape is []
  }

  private write({ dataId }: Tensor, ...values: readonly number[]): void {
    const { backend } = this;
    backend.internals.queue.writeBuffer(backend.bufferOf(dataId), 0, Float32Array.from(values));
  }
}
