// One update: forward and backward in the lane's precision, micro-step by micro-step, the mean of the gradients over the ranks, the
// optimizer. Nothing is read back from the GPU but what has to be: with one rank in fp32, nothing; in fp16 the loss and one flag; with
// several ranks the gradients, in buckets, with the loss at the end of the last.
//
// Equal shards make the mean over ranks the mean over the global batch; a shard that is not equal carries its weight. A gradient that is
// Inf or NaN on any rank is Inf or NaN in the mean, so that every rank skips the same steps without a word between them.

import type { ProcessGroup } from '../collective/process-group.ts';
import type { Engine } from '../engine/engine.ts';
import { GradientTransfer } from '../engine/gradient-transfer.ts';
import { foundInf } from '../engine/precision/finite-check.ts';
import type { GradScaler } from '../engine/precision/grad-scaler.ts';
import { tf } from '../engine/tf.ts';
import { HostGradients } from './host-gradients.ts';
import type { Lane } from './lane.ts';
import type { StepProbe } from './step-probe.ts';
import type { StepSpans } from './step-spans.ts';
import { SyncedBatchNorm } from './synced-batch-norm.ts';
import { TensorExchange } from './tensor-exchange.ts';

/** What a gradient step needs to know. */
export interface GradientStepOptions {
  readonly engine: Engine;
  readonly group: ProcessGroup;
  readonly lane: Lane;
  readonly optimizer: tf.Optimizer;
  readonly model: tf.LayersModel;
  readonly variables: readonly tf.Variable[];
  /** Null where the loss is not scaled. */
  readonly scaler: GradScaler | null;
  readonly spans: StepSpans;
}

/** The loss of a step: a number where it had to be read anyway, else a scalar tensor that the caller disposes of. */
export type StepLoss = number | tf.Scalar;

/** The samples of one micro-step. */
export interface MicroStep {
  readonly x: tf.Tensor;
  /** The mean loss over its samples, given the model's output. */
  readonly lossOf: (output: tf.Tensor) => tf.Scalar;
  /** Its weight in the mean over the rank's micro-steps; 1 where they are equal. */
  readonly weight: number;
}

/** Gradients by variable name, and the loss they belong to, both scaled where the lane scales its loss. */
export interface Backward {
  readonly loss: tf.Scalar;
  readonly gradients: tf.NamedTensorMap;
}

/** Repeats the update of one rank. */
export class GradientStep {
  private readonly options: GradientStepOptions;
  private readonly isExchanged: boolean;
  /** Moves the gradients of several ranks. */
  private gradientExchange: TensorExchange | null = null;
  /** Null where BatchNorm averages over a rank's own samples. */
  private readonly syncedBatchNorm: SyncedBatchNorm | null;
  /** Reads a few scalars at once. */
  private readonly scalarTransfer: GradientTransfer;
  /** ‖g‖₂ of the mean gradients of the last step, unscaled; null where they stay on the GPU. */
  gradientNorm: number | null = null;
  /** Set while somebody looks into the steps. */
  probe: StepProbe | null = null;

  constructor(options: GradientStepOptions) {
    this.options = options;
    this.isExchanged = options.group.worldSize > 1 && options.lane.sync === 'every-step';
    this.scalarTransfer = new GradientTransfer(options.engine, []);
    const { engine, group, lane, model } = options;
    const isSynced = lane.batchNorm === 'sync' && group.worldSize > 1;
    this.syncedBatchNorm = isSynced ? new SyncedBatchNorm(engine, group, lane.precision === 'fp16', model) : null;
  }

  /** How much the wire lost of this rank's gradients in the last step, ‖lost‖ ÷ ‖meant‖; null where nothing can be lost. */
  takeWireError(): number | null {
    return this.gradientExchange?.takeWireError() ?? null;
  }

  /**
   * One update. `rankWeight` is this rank's weight in the mean over the ranks: 1 where they are equal, 0 where it has no samples and
   * `microSteps` is empty. The result is the mean loss over all ranks that exchange gradients, else this rank's own.
   */
  async run(microSteps: readonly MicroStep[], rankWeight = 1): Promise<StepLoss> {
    const { probe } = this; // who begins to look in the middle of a step sees the next
    const loss = await this.apply(await this.backward(microSteps, probe), rankWeight);
    await probe?.updated();
    return loss;
  }

  /** The gradients of these micro-steps, seen by a probe where there is one. */
  async backward(microSteps: readonly MicroStep[], probe: StepProbe | null): Promise<Backward> {
    const compute = () => this.accumulate(microSteps);
    return probe === null ? compute() : probe.backward(compute, this.options.scaler?.state.scale ?? 1);
  }

  /** Updates the weights with gradients that are the mean over the ranks already, and disposes of them; an overflow skips the update. */
  async applyMean(gradients: tf.NamedTensorMap, isOverflow: boolean): Promise<void> {
    const { scaler, optimizer, spans } = this.options;
    if (!isOverflow) {
      await this.probe?.reduced(gradients);
      spans.measure('optimizer', () => optimizer.applyGradients(gradients));
    }
    tf.dispose(gradients);
    scaler?.update(isOverflow);
  }

  private async apply(backward: Backward, rankWeight: number): Promise<StepLoss> {
    const { scaler, optimizer, spans } = this.options;
    if (this.probe !== null) spans.computed(); // looking took its time
    if (this.isExchanged) return this.applyReduced(backward, rankWeight);
    if (scaler !== null) return this.applyScaled(backward, scaler);
    spans.computed();
    spans.measure('optimizer', () => optimizer.applyGradients(backward.gradients));
    tf.dispose(backward.gradients);
    return backward.loss;
  }

  /**
   * The weighted mean over micro-steps, added up in their order on the GPU. Its bits are those of as many ranks that all-reduce directly,
   * where their number is a power of two: then the division at the end is exact.
   */
  private async accumulate(microSteps: readonly MicroStep[]): Promise<Backward> {
    const [first, ...rest] = microSteps;
    if (first === undefined) return this.nothing();
    if (rest.length === 0) return this.microBackward(first);
    let sum = await this.microBackward(first);
    for (const microStep of rest) sum = addUp(sum, await this.microBackward(microStep));
    const share = 1 / microSteps.length;
    const mean = { loss: tf.mul<tf.Scalar>(sum.loss, share), gradients: scaledAll(sum.gradients, share) };
    tf.dispose([sum.loss, sum.gradients]);
    return mean;
  }

  private microBackward(microStep: MicroStep): Promise<Backward> {
    return this.options.spans.compute(() => this.forwardAndBackward(microStep));
  }

  private async forwardAndBackward({ x, lossOf, weight }: MicroStep): Promise<Backward> {
    const { engine, lane, scaler, model, variables } = this.options;
    const weighted = (output: tf.Tensor) =>
      weight === 1 ? lossOf(output) : engine.fullPrecision(() => tf.mul<tf.Scalar>(lossOf(output), weight));
    const scaled = (output: tf.Tensor) => (scaler === null ? weighted(output) : scaler.scale(weighted(output)));
    if (this.syncedBatchNorm !== null) {
      const { loss, gradients } = await this.syncedBatchNorm.backward(x, scaled);
      return { loss, gradients: inOrder(gradients, variables) };
    }
    const compute = () => scaled(model.apply(x, { training: true }) as tf.Tensor); // one output, see build-model.ts
    const gradients = () => tf.variableGrads(compute, [...variables]);
    const { value, grads } = tf.tidy(() => (lane.precision === 'fp16' ? engine.autocast(gradients) : gradients()));
    return { loss: value, gradients: grads };
  }

  /** What a rank without samples gives to the mean. */
  private nothing(): Backward {
    const gradients = this.options.variables.map((variable) => [variable.name, tf.zeros(variable.shape)] as const);
    return { loss: tf.scalar(0), gradients: Object.fromEntries(gradients) };
  }

  /** One rank, scaled loss: a flag from the GPU says whether every gradient is finite; it is read with the loss. */
  private async applyScaled({ loss, gradients }: Backward, scaler: GradScaler): Promise<number> {
    const { engine, optimizer, spans } = this.options;
    const flag = foundInf(engine, Object.values(gradients));
    const reading = this.scalarTransfer.read([loss, flag]);
    spans.computedWhen(reading);
    const [scaledLoss = Number.NaN, isOverflow = 1] = await reading;
    const unscaledLoss = scaledLoss / scaler.state.scale;
    if (isOverflow === 0) {
      const unscaled = scaler.unscale(gradients);
      spans.measure('optimizer', () => optimizer.applyGradients(unscaled));
      tf.dispose(unscaled);
    }
    scaler.update(isOverflow !== 0);
    tf.dispose([gradients, loss, flag]);
    return unscaledLoss;
  }

  /** Several ranks: gradients and loss leave the GPU flat, are averaged, unscaled and come back. */
  private async applyReduced({ loss, gradients }: Backward, rankWeight: number): Promise<number> {
    const names = Object.keys(gradients);
    const tensors = Object.values(gradients);
    const exchange = (this.gradientExchange ??= this.createExchange(tensors.map((tensor) => tensor.shape)));
    const host = new HostGradients(this.options.scaler, exchange.hasFeedback);
    const { engine, spans } = this.options;
    if (engine.report.backend === 'cpu') spans.computed();
    else spans.computedWhen(engine.sync());
    const work = {
      before: (flat: Float32Array) => host.before(flat, rankWeight),
      after: (flat: Float32Array, size: number) => host.after(flat, size),
    };
    const mean = await exchange.exchange(tensors, loss, work).finally(() => tf.dispose([gradients, loss]));
    this.gradientNorm = host.norm;
    await this.applyMean(named(names, mean.tensors), host.isOverflow);
    return mean.scalar;
  }

  /** Gives its buffers back; no step may be taken afterwards. */
  dispose(): void {
    this.gradientExchange?.dispose();
    this.scalarTransfer.dispose();
  }

  private createExchange(shapes: readonly (readonly number[])[]): TensorExchange {
    const { engine, group, lane, spans } = this.options;
    const op = lane.breakers.includes('sum') ? 'sum' : 'mean';
    return new TensorExchange({ engine, group, op, bucketBytes: lane.bucketBytes, wire: lane.wire, spans }, shapes);
  }
}

function addUp(sum: Backward, part: Backward): Backward {
  const gradients = Object.entries(sum.gradients).map(([name, gradient]) => {
    const other = part.gradients[name];
    return [name, other === undefined ? gradient.clone() : tf.add(gradient, other)] as const;
  });
  const total = { loss: tf.add<tf.Scalar>(sum.loss, part.loss), gradients: Object.fromEntries(gradients) };
  tf.dispose([sum.loss, sum.gradients, part.loss, part.gradients]);
  return total;
}

/** Gradients in the order of the model's weights. */
function inOrder(gradients: tf.NamedTensorMap, variables: readonly tf.Variable[]): tf.NamedTensorMap {
  const entries = variables.flatMap(({ name }) => {
    const gradient = gradients[name];
    return gradient === undefined ? [] : [[name, gradient] as const];
  });
  return Object.fromEntries(entries);
}

function scaledAll(gradients: tf.NamedTensorMap, factor: number): tf.NamedTensorMap {
  return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, factor)]));
}

/** Tensors under their names. */
export function named(names: readonly string[], tensors: readonly tf.Tensor[]): tf.NamedTensorMap {
  return Object.fromEntries(tensors.map((tensor, index) => [names[index] ?? '', tensor]));
}
