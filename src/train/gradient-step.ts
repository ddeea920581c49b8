// One update: forward and backward in the lane's precision, the mean of the gradients over the ranks, the optimizer. Nothing is read
// back from the GPU but what has to be: with one rank in fp32, nothing; in fp16 the loss and one flag; with several ranks the
// gradients, flat, with the loss at their end.
//
// Equal shards make the mean over ranks the mean over the global batch. A gradient that is Inf or NaN on any rank is Inf or NaN in
// the mean, so that every rank skips the same steps without a word between them.

import type { ProcessGroup } from '../collective/process-group.ts';
import { PlaygroundError } from '../core/errors.ts';
import { GradientTransfer } from '../engine/gradient-transfer.ts';
import { hasNonFinite } from '../engine/precision/finite-check.ts';
import type { GradScaler } from '../engine/precision/grad-scaler.ts';
import type { Engine } from '../engine/start.ts';
import { tf } from '../engine/tf.ts';
import type { Precision } from './lane.ts';

/** What a gradient step needs to know. */
export interface GradientStepOptions {
  readonly engine: Engine;
  readonly group: ProcessGroup;
  readonly precision: Precision;
  readonly optimizer: tf.Optimizer;
  readonly variables: readonly tf.Variable[];
  /** Null where the loss is not scaled. */
  readonly scaler: GradScaler | null;
}

/** The loss of a step: a number where it had to be read anyway, else a scalar tensor that the caller disposes of. */
export type StepLoss = number | tf.Scalar;

/** Repeats the update of one rank. */
export class GradientStep {
  private readonly options: GradientStepOptions;
  private readonly transfer: GradientTransfer;

  constructor(options: GradientStepOptions) {
    this.options = options;
    this.transfer = new GradientTransfer(options.engine);
  }

  /** `computeLoss` returns the mean loss over this rank's micro-batch. The result is the mean over all ranks. */
  async run(computeLoss: () => tf.Scalar): Promise<StepLoss> {
    const { scaler, group, optimizer } = this.options;
    const scale = scaler?.scale ?? 1;
    const { value, grads } = this.backward(computeLoss, scale);
    if (group.worldSize === 1 && scaler === null) {
      optimizer.applyGradients(grads);
      tf.dispose(grads);
      return value;
    }
    return group.worldSize === 1 ? this.applyScaled(value, grads, scale) : this.applyReduced(value, grads, scale);
  }

  private backward(computeLoss: () => tf.Scalar, scale: number): { value: tf.Scalar; grads: Record<string, tf.Tensor> } {
    const compute = () => {
      const loss = computeLoss();
      return scale === 1 ? loss : tf.mul<tf.Scalar>(loss, scale);
    };
    const gradients = () => tf.variableGrads(compute, [...this.options.variables]);
    return tf.tidy(() => (this.options.precision === 'fp16' ? this.options.engine.autocast(gradients) : gradients()));
  }

  /** One rank, scaled loss: a flag from the GPU says whether every gradient is finite. */
  private async applyScaled(value: tf.Scalar, grads: Record<string, tf.Tensor>, scale: number): Promise<number> {
    const { scaler, optimizer, engine } = this.options;
    const [isOverflow, [scaledLoss = Number.NaN]] = await Promise.all([hasNonFinite(engine, Object.values(grads)), value.data<'float32'>()]);
    if (!isOverflow) {
      const unscaled = tf.tidy(() => Object.fromEntries(Object.entries(grads).map(([name, gradient]) => [name, tf.mul(gradient, 1 / scale)])));
      optimizer.applyGradients(unscaled);
      tf.dispose(unscaled);
    }
    scaler?.update(isOverflow);
    tf.dispose([grads, value]);
    return scaledLoss / scale;
  }

  /** Several ranks: gradients and loss leave the GPU flat, are averaged, unscaled and come back. */
  private async applyReduced(value: tf.Scalar, grads: Record<string, tf.Tensor>, scale: number): Promise<number> {
    const { scaler, optimizer, group } = this.options;
    const names = Object.keys(grads);
    const tensors = Object.values(grads);
    const flat = await this.transfer.read([...tensors, value]);
    tf.dispose([grads, value]);
    await group.allReduce(flat, 'mean');
    const isOverflow = scaler !== null && flat.some((element) => !Number.isFinite(element));
    if (scale !== 1) for (let index = 0; index < flat.length; index++) flat[index] = (flat[index] ?? 0) / scale;
    const loss = flat[flat.length - 1] ?? Number.NaN;
    if (!isOverflow) {
      const reduced = this.transfer.write(flat, tensors.map((tensor) => tensor.shape));
      optimizer.applyGradients(Object.fromEntries(names.map((name, index) => [name, reduced[index] ?? missing(name)])));
      tf.dispose(reduced);
    }
    scaler?.update(isOverflow);
    return loss;
  }
}

function missing(name: string): never {
  throw new PlaygroundError('internal', `gradient step: no reduced gradient for ${name}.`);
}
