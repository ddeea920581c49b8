// One update: forward and backward in the lane's precision, the mean of the gradients over the ranks, the optimizer. Nothing is read
// back from the GPU but what has to be: with one rank in fp32, nothing; in fp16 the loss and one flag; with several ranks the
// gradients, flat, with the loss at their end.
//
// Equal shards make the mean over ranks the mean over the global batch. A gradient that is Inf or NaN on any rank is Inf or NaN in
// the mean, so that every rank skips the same steps without a word between them.

import type { ProcessGroup } from '../collective/process-group.ts';
import { GradientTransfer } from '../engine/gradient-transfer.ts';
import { foundInf, isFiniteEverywhere } from '../engine/precision/finite-check.ts';
import type { GradScaler } from '../engine/precision/grad-scaler.ts';
import type { Engine } from '../engine/engine.ts';
import { tf } from '../engine/tf.ts';
import type { Precision } from './lane.ts';
import type { StepProbe } from './step-probe.ts';

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

/** Gradients by variable name, and the loss they belong to, both scaled where the lane scales its loss. */
interface Backward {
  readonly loss: tf.Scalar;
  readonly gradients: tf.NamedTensorMap;
}

/** Repeats the update of one rank. */
export class GradientStep {
  private readonly options: GradientStepOptions;
  /** Moves the gradients of several ranks. */
  private gradientTransfer: GradientTransfer | null = null;
  /** Set while somebody looks into the steps. */
  probe: StepProbe | null = null;
  /** Reads a few scalars at once. */
  private readonly scalarTransfer: GradientTransfer;

  constructor(options: GradientStepOptions) {
    this.options = options;
    this.scalarTransfer = new GradientTransfer(options.engine, []);
  }

  /** `computeLoss` returns the mean loss over this rank's micro-batch. The result is the mean over all ranks. */
  async run(computeLoss: () => tf.Scalar): Promise<StepLoss> {
    const { probe } = this;
    const compute = () => this.backward(computeLoss);
    const scale = this.options.scaler?.state.scale ?? 1;
    const loss = await this.apply(probe === null ? compute() : await probe.backward(compute, scale));
    await probe?.updated();
    return loss;
  }

  private async apply(backward: Backward): Promise<StepLoss> {
    const { scaler, group, optimizer } = this.options;
    if (group.worldSize > 1) return this.applyReduced(backward);
    if (scaler !== null) return this.applyScaled(backward, scaler);
    optimizer.applyGradients(backward.gradients);
    tf.dispose(backward.gradients);
    return backward.loss;
  }

  private backward(computeLoss: () => tf.Scalar): Backward {
    const { engine, precision, scaler, variables } = this.options;
    const compute = () => (scaler === null ? computeLoss() : scaler.scale(computeLoss()));
    const gradients = () => tf.variableGrads(compute, [...variables]);
    const { value, grads } = tf.tidy(() => (precision === 'fp16' ? engine.autocast(gradients) : gradients()));
    return { loss: value, gradients: grads };
  }

  /** One rank, scaled loss: a flag from the GPU says whether every gradient is finite; it is read with the loss. */
  private async applyScaled({ loss, gradients }: Backward, scaler: GradScaler): Promise<number> {
    const flag = foundInf(this.options.engine, Object.values(gradients));
    const [scaledLoss = Number.NaN, isOverflow = 1] = await this.scalarTransfer.read([loss, flag]);
    const unscaledLoss = scaledLoss / scaler.state.scale;
    if (isOverflow === 0) {
      const unscaled = scaler.unscale(gradients);
      this.options.optimizer.applyGradients(unscaled);
      tf.dispose(unscaled);
    }
    scaler.update(isOverflow !== 0);
    tf.dispose([gradients, loss, flag]);
    return unscaledLoss;
  }

  /** Several ranks: gradients and loss leave the GPU flat, are averaged, unscaled and come back. */
  private async applyReduced({ loss, gradients }: Backward): Promise<number> {
    const { engine, scaler, optimizer, group } = this.options;
    const names = Object.keys(gradients);
    const tensors = Object.values(gradients);
    this.gradientTransfer ??= new GradientTransfer(
      engine,
      tensors.map((tensor) => tensor.shape),
    );
    const flat = await this.gradientTransfer.read([...tensors, loss]);
    tf.dispose([gradients, loss]);
    await group.allReduce(flat, 'mean');
    const isOverflow = scaler !== null && !isFiniteEverywhere(flat);
    scaler?.unscaleFlat(flat);
    if (!isOverflow) {
      const reduced = Object.fromEntries(this.gradientTransfer.write(flat).map((tensor, index) => [names[index] ?? '', tensor]));
      await this.probe?.reduced(reduced);
      optimizer.applyGradients(reduced);
      tf.dispose(reduced);
    }
    scaler?.update(isOverflow);
    return flat[flat.length - 1] ?? Number.NaN;
  }
}
