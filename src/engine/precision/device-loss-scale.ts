// A loss scale that lives on the device, so that a step is one piece of work there: nothing is read back to decide whether it is taken. The
// gradients are looked at where they are, and the optimizer's kernels leave weights, slots and running products alone where one of them
// overflowed (optim/fused). What the host wants to know it reads later, with the losses.
//
// A learning-rate schedule goes by the steps that were taken, which only the device knows. So the host gives it the learning rates for every
// number of skipped steps that it may not have heard of yet (fused/hyper-buffer.ts), and hears of them in time, beside the training.

import type { NamedTensorMap, Optimizer, Scalar, Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import type { Engine } from '../engine.ts';
import { GradientTransfer } from '../gradient-transfer.ts';
import { applyScaled } from '../optim/apply-gradients.ts';
import { mostUnknownSkips } from '../optim/fused/hyper-buffer.ts';
import { setIterations } from '../optim/optimizer-state.ts';
import { followsSchedule } from '../optim/step-options.ts';
import { tf } from '../tf.ts';
import { recordFiniteCheck } from './finite-check.ts';
import { recordLossScaleUpdate, type LossScaleTensors } from './loss-scale-kernel.ts';
import type { LossScaleOptions, LossScaleState } from './loss-scale.ts';

/** One loss scale. */
export class DeviceLossScale {
  /** They stay this one's; kept as long as the worker lives. */
  readonly tensors: LossScaleTensors;
  /** Of the gradients of the last step, in the order in which `tensors.overflowed` counts them. */
  gradientNames: readonly string[] = [];
  private readonly engine: Engine;
  private readonly backend: LockstepBackend;
  private readonly options: Required<LossScaleOptions>;
  private readonly optimizer: Optimizer;
  private stepsBegun = 0;
  /** Skipped steps that the host has heard of, and the steps that were begun before that news left the device. */
  private known = { skippedSteps: 0, stepsBegun: 0 };
  private news: Promise<unknown> | null = null;

  /** The optimizer is one that `skipsOnDevice`. */
  constructor(engine: Engine, backend: LockstepBackend, optimizer: Optimizer, options: Required<LossScaleOptions>, state: LossScaleState) {
    this.engine = engine;
    this.backend = backend;
    this.optimizer = optimizer;
    this.options = options;
    const keptScalar = () => tf.keep(tf.scalar(0));
    const scalars = { scale: keptScalar(), used: keptScalar(), skipped: keptScalar(), flag: keptScalar(), overflowed: keptScalar() };
    this.tensors = { ...scalars, memory: tf.keep(tf.zeros([2])) };
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
    this.known = { skippedSteps, stepsBegun: this.stepsBegun };
  }

  /** The state after every step so far; waits for the device. The optimizer then counts the steps that were taken, and no others. */
  async read(): Promise<LossScaleState> {
    const { stepsBegun } = this;
    const { scale: current, memory, skipped } = this.tensors;
    const transfer = new GradientTransfer(this.engine, []); // a tensor's own `data` would be kept, and go stale
    try {
      const [scale = Number.NaN, , growthTracker = 0, skippedSteps = 0] = await transfer.read([current, memory, skipped]);
      this.hear({ skippedSteps, stepsBegun });
      return { scale, growthTracker, skippedSteps };
    } finally {
      transfer.dispose();
    }
  }

  /**
   * To be awaited before a step, where it is a promise: with a schedule, the host has to hear of skipped steps before there can be too many. It
   * asks long before, so that it hardly ever waits.
   */
  hearInTime(): Promise<unknown> | null {
    const unheard = this.stepsBegun - this.known.stepsBegun;
    if (!followsSchedule(this.optimizer) || unheard < mostUnknownSkips / 2) return null;
    this.news ??= this.read().finally(() => {
      this.news = null;
    });
    this.news.catch(() => undefined); // whoever waits hears of it, and a lost device is told elsewhere
    return unheard < mostUnknownSkips ? null : this.news;
  }

  /**
   * One step of the optimizer with scaled gradients, or none where one of them overflowed, and the end of the step for the scale. The result
   * is the loss, a scalar, without the scale; what is given stays the caller's.
   */
  update(gradients: NamedTensorMap, loss: Scalar): Scalar {
    const { backend, options, tensors } = this;
    const unscaled = backend.makeTensorInfo([], 'float32');
    this.gradientNames = Object.keys(gradients).filter((name) => gradients[name]?.size !== 0);
    applyScaled(this.optimizer, gradients, {
      begin: () => {
        this.stepsBegun++;
        return this.known.skippedSteps;
      },
      record: (hyper, values) => {
        recordFiniteCheck(backend, tensors.flag, values);
        backend.copyInto(tensors.flag, tensors.overflowed); // the next kernel clears it
        recordLossScaleUpdate(backend, options, tensors, { hyper, loss, unscaled });
      },
    });
    return tf.engine().makeTensorFromTensorInfo(unscaled, backend) as Scalar; // its shape is []
  }

  /** Steps that were counted and turn out to have been skipped are no longer counted. */
  private hear(news: { readonly skippedSteps: number; readonly stepsBegun: number }): void {
    if (news.stepsBegun < this.known.stepsBegun) return; // overtaken by a later one
    setIterations(this.optimizer, this.optimizer.iterations - (news.skippedSteps - this.known.skippedSteps));
    this.known = news;
  }

  private write({ dataId }: Tensor, ...values: readonly number[]): void {
    const { backend } = this;
    backend.internals.queue.writeBuffer(backend.bufferOf(dataId), 0, Float32Array.from(values));
  }
}
