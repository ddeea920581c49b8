// One update: forward and backward in the lane's precision, micro-step by micro-step, the mean of the gradients over the ranks, the
// optimizer. Nothing is read back from the GPU but what has to be: with one rank nothing, but in fp16 the loss and one flag where the optimizer
// is the program's own; with several ranks the gradients, in buckets, with the loss at the end of the last. After the first steps it is
// replayed from recordings (captured-update.ts); a step that somebody looks into, and one that cannot be recorded, runs eagerly.
//
// Equal shards make the mean over ranks the mean over the global batch; a shard that is not equal carries its weight. A gradient that is
// Inf or NaN on any rank is Inf or NaN in the mean, so that every rank skips the same steps without a word between them.

import type { ProcessGroup } from '../collective/process-group.ts';
import type { CapturedGraph } from '../engine/capture/graph.ts';
import { precisionMode } from '../core/precision/precision-modes.ts';
import { noteGradients } from '../engine/gpu-bytes.ts';
import { GradientTransfer } from '../engine/gradient-transfer.ts';
import type { LineFactor } from '../engine/number-line/line-counter.ts';
import { skipsOnDevice } from '../engine/optim/apply-gradients.ts';
import { isOfTfjs } from '../engine/optim/optimizer-state.ts';
import type { DeviceLossScale } from '../engine/precision/device-loss-scale.ts';
import { foundInf } from '../engine/precision/finite-check.ts';
import type { GradScaler } from '../engine/precision/grad-scaler.ts';
import { tf } from '../engine/tf.ts';
import { CapturedUpdate, eager, updateOnDevice } from './captured-update.ts';
import type { CapturedPass } from './captured-update.ts';
import { HostGradients } from './host-gradients.ts';
import { addUp, meanOf, objective, passOver } from './micro-step.ts';
import type { Backward, MicroStep, PassOptions, ScaleLoss } from './micro-step.ts';
import type { NumberLook } from './number-look.ts';
import type { GradientOverflow } from './number-watch.ts';
import type { StepProbe } from './step-probe.ts';
import type { StepSpans } from './step-spans.ts';
import { SyncedBatchNorm } from './synced-batch-norm.ts';
import { TensorExchange } from './tensor-exchange.ts';

/** What a gradient step needs to know. */
export interface GradientStepOptions extends PassOptions {
  readonly group: ProcessGroup;
  readonly optimizer: tf.Optimizer;
  /** Null where the loss is not scaled. */
  readonly scaler: GradScaler | null;
  /** Whether model or loss run code of the program's own. */
  readonly hasOwnCode: boolean;
  readonly spans: StepSpans;
}

/** The loss of a step: a number where it had to be read anyway, else a scalar tensor that the caller disposes of. */
export type StepLoss = number | tf.Scalar;

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
  /** Where nothing leaves the device, the loss scale does not either. */
  private readonly deviceScale: DeviceLossScale | null;
  /** The same update, replayed; or why it is not. */
  private readonly captured: CapturedUpdate | string;
  /** ‖g‖₂ of the mean gradients of the last step, unscaled; null where they stay on the GPU. */
  gradientNorm: number | null = null;
  /** Set while somebody looks into the steps. */
  probe: StepProbe | null = null;
  /** Set for a step whose numbers are counted. */
  look: NumberLook | null = null;
  private hostOverflow = noOverflow;

  constructor(options: GradientStepOptions) {
    this.options = options;
    this.isExchanged = options.group.worldSize > 1 && options.lane.sync === 'every-step';
    this.scalarTransfer = new GradientTransfer(options.engine, []);
    const { engine, group, lane, model } = options;
    const isSynced = lane.batchNorm === 'sync' && group.worldSize > 1;
    this.syncedBatchNorm = isSynced ? new SyncedBatchNorm(engine, group, lane.precision, model) : null;
    this.deviceScale = this.createDeviceScale();
    this.captured = this.createCaptured();
  }

  /** Whether steps are replayed from recordings, and why not: `captured` or `eager (…)`. */
  get execution(): string {
    return typeof this.captured === 'string' ? eager(this.captured) : this.captured.execution;
  }

  /** Which gradient of the last step overflowed; null where nobody looks for one, because the loss is not scaled. */
  get overflow(): GradientOverflow | null {
    const { deviceScale } = this;
    if (deviceScale !== null) return { place: deviceScale.tensors.overflowed, names: deviceScale.gradientNames };
    return this.options.scaler === null ? null : this.hostOverflow;
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
    const { probe, look, replayed } = this; // who begins to look in the middle of a step sees the next
    const { spans } = this.options;
    const news = this.deviceScale?.hearInTime() ?? null;
    if (news !== null) await news;
    if (replayed !== null && !this.isExchanged) {
      const loss = spans.compute(() => replayed.whole(microSteps));
      spans.computed();
      return loss;
    }
    const loss = await this.apply(await this.backward(microSteps, probe, look), rankWeight);
    await probe?.updated();
    return loss;
  }

  /** The gradients of these micro-steps, seen by a probe and counted by a look where there are any. The caller disposes of the pass. */
  async backward(microSteps: readonly MicroStep[], probe: StepProbe | null, look: NumberLook | null): Promise<CapturedPass> {
    const { replayed } = this;
    if (replayed !== null && probe === null && look === null && microSteps.length > 0)
      return this.options.spans.compute(() => replayed.backward(microSteps));
    const { scaler, variables } = this.options;
    const accumulate = () => this.accumulate(microSteps);
    const compute = () => (look === null ? accumulate() : look.watch(variables, this.inverseScale, accumulate));
    const { loss, gradients } = await (probe === null ? compute() : probe.backward(compute, (await scaler?.read())?.scale ?? 1));
    return { loss, gradients, pending: null, dispose: () => tf.dispose([gradients, loss]) };
  }

  /** Updates the weights with gradients that are the mean over the ranks already, and disposes of them; an overflow skips the update. */
  async applyMean(gradients: tf.NamedTensorMap, isOverflow: boolean): Promise<void> {
    if (isOverflow) this.hostOverflow = await this.findOverflow(gradients);
    else {
      this.hostOverflow = noOverflow;
      await this.probe?.reduced(gradients);
      this.applyGradients(gradients);
    }
    tf.dispose(gradients);
    this.options.scaler?.update(isOverflow);
  }

  /** What replays this step; null where it is not replayed, or somebody looks into it. */
  private get replayed(): CapturedUpdate | null {
    const isWatched = this.probe !== null || this.look !== null;
    return isWatched || typeof this.captured === 'string' ? null : this.captured;
  }

  /** What takes the loss scale off a gradient, wherever it is; null where the loss is not scaled. */
  private get inverseScale(): LineFactor | null {
    return this.deviceScale?.tensors.memory ?? this.options.scaler?.inverseScale ?? null;
  }

  private async findOverflow(gradients: tf.NamedTensorMap): Promise<GradientOverflow> {
    const flag = foundInf(this.options.engine, Object.values(gradients));
    const [place = 0] = await this.scalarTransfer.read([flag]);
    flag.dispose();
    return { place, names: namesOf(gradients) };
  }

  private async apply(pass: CapturedPass, rankWeight: number): Promise<StepLoss> {
    const { scaler, spans } = this.options;
    if (this.probe !== null) spans.computed(); // looking took its time
    if (this.isExchanged) return this.applyReduced(pass, rankWeight);
    if (scaler !== null && this.deviceScale === null) return this.applyScaled(pass, scaler);
    spans.computed();
    return spans.measure('optimizer', () => updateOnDevice(this.options.optimizer, this.deviceScale, pass));
  }

  private applyGradients(gradients: tf.NamedTensorMap): void {
    const { replayed } = this;
    const { spans, optimizer } = this.options;
    spans.measure('optimizer', () => (replayed === null ? optimizer.applyGradients(gradients) : replayed.apply(gradients)));
  }

  /**
   * The weighted mean over micro-steps, added up in their order on the GPU. Its bits are those of as many ranks that all-reduce directly,
   * where their number is a power of two: then the division at the end is exact.
   */
  private async accumulate(microSteps: readonly MicroStep[]): Promise<Backward> {
    let sum: Backward | null = null;
    for (const microStep of microSteps) {
      const part = await this.options.spans.compute(() => this.forwardAndBackward(microStep));
      sum = sum === null ? part : addUp(this.options, sum, part);
    }
    return sum === null ? this.nothing() : meanOf(this.options, sum, microSteps.length);
  }

  private async forwardAndBackward(microStep: MicroStep): Promise<Backward> {
    const { scaler, variables } = this.options;
    const scale: ScaleLoss = (loss) => (scaler === null ? loss : scaler.scale(loss));
    if (this.syncedBatchNorm === null) return passOver(this.options, microStep, scale);
    microStep.load?.();
    const { loss, gradients } = await this.syncedBatchNorm.backward(microStep.x, objective(this.options, microStep, scale));
    noteGradients(this.options.engine, Object.values(gradients));
    return { loss, gradients: inOrder(gradients, variables) };
  }

  /** What a rank without samples gives to the mean. */
  private nothing(): Backward {
    const gradients = this.options.variables.map((variable) => [variable.name, tf.zeros(variable.shape)] as const);
    return { loss: tf.scalar(0), gradients: Object.fromEntries(gradients) };
  }

  /** One rank, scaled loss, and the host decides: a flag from the GPU says whether every gradient is finite; it is read with the loss. */
  private async applyScaled({ loss, gradients }: Backward, scaler: GradScaler): Promise<number> {
    const { engine, spans } = this.options;
    const flag = foundInf(engine, Object.values(gradients));
    const reading = this.scalarTransfer.read([loss, flag]);
    spans.computedWhen(reading);
    const [scaledLoss = Number.NaN, overflowed = 1] = await reading;
    const unscaledLoss = scaledLoss / scaler.state.scale;
    this.hostOverflow = { place: overflowed, names: namesOf(gradients) };
    if (overflowed === 0) {
      const unscaled = scaler.unscale(gradients);
      this.applyGradients(unscaled);
      tf.dispose(unscaled);
    }
    scaler.update(overflowed !== 0);
    tf.dispose([flag, loss, gradients]);
    return unscaledLoss;
  }

  /** Several ranks: gradients and loss leave the GPU flat, are averaged, unscaled and come back. */
  private async applyReduced(pass: CapturedPass, rankWeight: number): Promise<number> {
    const { loss, gradients, pending } = pass;
    const names = Object.keys(gradients);
    const tensors = Object.values(gradients);
    const exchange = (this.gradientExchange ??= this.createExchange(tensors.map((tensor) => tensor.shape)));
    const { engine, spans, lane, scaler } = this.options;
    const host = new HostGradients(scaler, exchange.hasFeedback, precisionMode(lane.precision).gradients);
    if (engine.report.backend === 'cpu') spans.computed();
    else if (pending === null) spans.computedWhen(engine.sync());
    const work = {
      ...(pending === null ? {} : { beforeRead: this.submitting(pending, tensors, exchange) }),
      before: (flat: Float32Array) => host.before(flat, rankWeight),
      after: (flat: Float32Array, size: number) => host.after(flat, size),
    };
    const mean = await exchange.exchange(tensors, loss, work).finally(() => pass.dispose());
    this.gradientNorm = host.norm;
    await this.applyMean(named(names, mean.tensors), host.isOverflow);
    return mean.scalar;
  }

  /** Submits a replay as far as a bucket's gradients, before these are read: they leave the device while it computes the others. */
  private submitting(
    graph: CapturedGraph,
    tensors: readonly tf.Tensor[],
    exchange: TensorExchange,
  ): (bucket: number) => Promise<unknown> | null {
    const { engine, spans } = this.options;
    let submitted = 0;
    return (bucket) => {
      const isLast = bucket === exchange.placesByBucket.length - 1;
      const own = exchange.placesByBucket[bucket]?.flatMap((place) => tensors[place] ?? []) ?? [];
      const end = isLast ? graph.commandCount : Math.max(submitted, graph.commandsUntil(own));
      graph.submit(submitted, end);
      submitted = end;
      if (!isLast) return engine.device?.queue.onSubmittedWorkDone() ?? null;
      spans.computedWhen(engine.sync());
      return null;
    };
  }

  /** Gives its buffers back; no step may be taken afterwards. */
  dispose(): void {
    this.gradientExchange?.dispose();
    this.scalarTransfer.dispose();
    if (typeof this.captured !== 'string') this.captured.dispose();
  }

  /** Null where the loss is not scaled, where gradients pass through the host anyway, and where the optimizer is the program's own code. */
  private createDeviceScale(): DeviceLossScale | null {
    const { engine, scaler, optimizer } = this.options;
    if (scaler === null || engine.backend === null || this.passesHost) return null;
    return skipsOnDevice(optimizer) ? scaler.moveTo(engine.backend, optimizer) : null;
  }

  /** Whether the gradients leave the device before they are applied. */
  private get passesHost(): boolean {
    const { lane } = this.options;
    return this.isExchanged || (lane.virtual && lane.worldSize > 1);
  }

  private createCaptured(): CapturedUpdate | string {
    const { engine, lane, optimizer, scaler } = this.options;
    if (lane.eager) return 'the lane asks for it';
    if (engine.backend === null) return 'only WebGPU can record a step';
    // It may count, or set a learning rate: nobody can tell from outside.
    if (this.options.hasOwnCode) return "the loss or a layer is code of the program's own, which a replay would not run";
    if (this.syncedBatchNorm !== null) return 'BatchNorm asks the other ranks in the middle of the pass';
    if (!isOfTfjs(optimizer)) return "the optimizer is the program's own";
    const { deviceScale, passesHost, isExchanged } = this;
    if (scaler !== null && deviceScale === null && !passesHost) return "the optimizer's applyGradients is the program's own";
    return new CapturedUpdate(engine.backend, { ...this.options, deviceScale, isSubmittedInParts: isExchanged });
  }

  private createExchange(shapes: readonly (readonly number[])[]): TensorExchange {
    const { engine, group, lane, spans } = this.options;
    const op = lane.breakers.includes('sum') ? 'sum' : 'mean';
    return new TensorExchange({ engine, group, op, bucketBytes: lane.bucketBytes, wire: lane.wire, spans }, shapes);
  }
}

const noOverflow: GradientOverflow = { place: 0, names: [] };

/** Of the gradients that `foundInf` counts. */
function namesOf(gradients: tf.NamedTensorMap): readonly string[] {
  return Object.keys(gradients).filter((name) => gradients[name]?.size !== 0);
}

/** Gradients in the order of the model's weights. */
function inOrder(gradients: tf.NamedTensorMap, variables: readonly tf.Variable[]): tf.NamedTensorMap {
  const entries = variables.flatMap(({ name }) => {
    const gradient = gradients[name];
    return gradient === undefined ? [] : [[name, gradient] as const];
  });
  return Object.fromEntries(entries);
}

/** Tensors under their names. */
export function named(names: readonly string[], tensors: readonly tf.Tensor[]): tf.NamedTensorMap {
  return Object.fromEntries(tensors.map((tensor, index) => [names[index] ?? '', tensor]));
}
