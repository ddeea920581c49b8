// The update of one rank as captured functions (engine/capture): one for the whole step where nothing leaves the device, else one for the
// pass forward and backward and one for the optimizer, with the host's part in between. What changes from step to step and is no tensor
// of the batch, the loss scale, is a scalar on the device, moved there by the step itself or set by the host.

import { CapturedFunction } from '../engine/capture/captured-function.ts';
import type { RunResult } from '../engine/capture/captured-function.ts';
import type { CapturedGraph } from '../engine/capture/graph.ts';
import type { LockstepBackend } from '../engine/backend/lockstep-backend.ts';
import { HostScalar } from '../engine/host-scalar.ts';
import { optimizerSettings } from '../engine/optim/optimizer-state.ts';
import type { DeviceLossScale } from '../engine/precision/device-loss-scale.ts';
import { foundInf } from '../engine/precision/finite-check.ts';
import type { GradScaler } from '../engine/precision/grad-scaler.ts';
import { tf } from '../engine/tf.ts';
import { addUp, meanOf, passOver } from './micro-step.ts';
import type { Backward, MicroStep, PassOptions } from './micro-step.ts';

/** What an update needs to know. */
export interface CapturedUpdateOptions extends PassOptions {
  readonly optimizer: tf.Optimizer;
  /** Null where the loss is not scaled. */
  readonly scaler: GradScaler | null;
  /** Where the loss scale is the device's; then every step is a whole one. */
  readonly deviceScale: DeviceLossScale | null;
  /** Whether the gradients leave the device between the two parts, and come back unscaled. */
  readonly passesHost: boolean;
  /** Whether a pass is submitted by the caller, part by part. */
  readonly isSubmittedInParts: boolean;
}

/** Gradients and loss of one pass, until `dispose`. */
export interface CapturedPass extends Backward {
  /** 1 where a gradient overflowed; null where nothing is scaled, or where the host looks for itself. */
  readonly flag: tf.Scalar | null;
  /** Where this pass is a replay that was not submitted yet: submit it, part by part. */
  readonly pending: CapturedGraph | null;
  dispose(): void;
}

/** One per rank. */
export class CapturedUpdate {
  private readonly options: CapturedUpdateOptions;
  private readonly wholeStep: CapturedFunction;
  private readonly pass: CapturedFunction;
  private readonly optimizerStep: CapturedFunction;
  /** The loss scale that the host sets, and what undoes it; null where there is none. */
  private readonly scale: HostScalar | null;
  private readonly inverseScale: HostScalar | null;
  /** Of the micro-steps in the call under way; told apart by the shape of the call. */
  private weights: readonly number[] = [];
  private names: readonly string[] = [];
  private replayCount = 0;

  constructor(backend: LockstepBackend, options: CapturedUpdateOptions) {
    this.options = options;
    const { scaler, deviceScale, passesHost } = options;
    const isSetByHost = scaler !== null && deviceScale === null;
    this.scale = isSetByHost ? new HostScalar(backend) : null;
    this.inverseScale = isSetByHost && !passesHost ? new HostScalar(backend) : null;
    this.wholeStep = new CapturedFunction(backend, (inputs) => this.runWhole(inputs));
    this.pass = new CapturedFunction(backend, (inputs) => this.runPass(inputs));
    this.optimizerStep = new CapturedFunction(backend, (gradients) => this.runOptimizer(gradients));
  }

  /** Whether steps are replayed, and why not: `captured` or `eager (…)`. */
  get execution(): string {
    const refusal = this.wholeStep.refusal ?? this.pass.refusal ?? this.optimizerStep.refusal;
    if (refusal !== null) return eager(refusal);
    return this.replayCount === 0 ? eager('the first steps always are, and there were no more') : 'captured';
  }

  /** Forward, backward and optimizer; the mean loss, which the caller disposes of. */
  whole(microSteps: readonly MicroStep[]): tf.Scalar {
    const { optimizer } = this.options;
    const result = this.call(this.wholeStep, microSteps, optimizerSettings(optimizer));
    const loss = (result.outputs[0] as tf.Scalar).clone(); // all that a step returns
    result.dispose();
    return loss;
  }

  /** Forward and backward. */
  backward(microSteps: readonly MicroStep[]): CapturedPass {
    this.scale?.set(this.options.scaler?.state.scale ?? 1);
    const { isSubmittedInParts } = this.options;
    const result = this.call(this.pass, microSteps, '', isSubmittedInParts ? (graph, inputs) => graph.begin(inputs) : undefined);
    const { names } = this;
    const gradients = Object.fromEntries(names.map((name, index) => [name, result.outputs[index] as tf.Tensor])); // as runPass has ordered them
    const [loss, flag = null] = result.outputs.slice(names.length) as tf.Scalar[];
    if (loss === undefined) throw new Error('captured pass: a pass has a loss.');
    return { loss, gradients, flag, pending: isSubmittedInParts ? result.replayed : null, dispose: () => result.dispose() };
  }

  /** The optimizer, with gradients under their names; they stay the caller's. Scaled gradients of one rank are unscaled first. */
  apply(gradients: tf.NamedTensorMap): void {
    this.inverseScale?.set(1 / (this.options.scaler?.state.scale ?? 1));
    this.names = Object.keys(gradients);
    this.optimizerStep.call('', optimizerSettings(this.options.optimizer), Object.values(gradients)).dispose();
  }

  dispose(): void {
    for (const part of [this.wholeStep, this.pass, this.optimizerStep, this.scale, this.inverseScale]) part?.dispose();
  }

  private call(
    part: CapturedFunction,
    microSteps: readonly MicroStep[],
    settings: string,
    replay?: (graph: CapturedGraph, inputs: readonly tf.Tensor[]) => void,
  ): RunResult {
    this.weights = microSteps.map(({ weight }) => weight);
    const inputs = microSteps.flatMap(({ x, y }) => [x, y]);
    const shape = `${this.weights.join()};${inputs.map((input) => input.shape.join('x')).join()}`;
    const result = part.call(shape, settings, inputs, replay);
    if (result.replayed !== null) this.replayCount++;
    return result;
  }

  private runWhole(inputs: readonly tf.Tensor[]): readonly tf.Tensor[] {
    return [updateOnDevice(this.options, this.accumulate(inputs))];
  }

  private runPass(inputs: readonly tf.Tensor[]): readonly tf.Tensor[] {
    const { engine, scaler, passesHost } = this.options;
    const { loss, gradients } = this.accumulate(inputs);
    this.names = Object.keys(gradients);
    const list = Object.values(gradients);
    return scaler === null || passesHost ? [...list, loss] : [...list, loss, foundInf(engine, list)];
  }

  private runOptimizer(gradients: readonly tf.Tensor[]): readonly tf.Tensor[] {
    const inverse = this.inverseScale?.tensor ?? null;
    const unscaled = inverse === null ? gradients : gradients.map((gradient) => tf.mul(gradient, inverse));
    this.options.optimizer.applyGradients(Object.fromEntries(this.names.map((name, index) => [name, unscaled[index] as tf.Tensor]))); // in their order
    if (inverse !== null) tf.dispose([...unscaled]);
    return [];
  }

  private accumulate(inputs: readonly tf.Tensor[]): Backward {
    const { options, weights } = this;
    const scale = options.deviceScale?.tensors.scale ?? this.scale?.tensor ?? null;
    const scaled = (loss: tf.Scalar) => (scale === null ? loss : options.engine.fullPrecision(() => tf.mul<tf.Scalar>(loss, scale)));
    let sum: Backward | null = null;
    for (const [index, weight] of weights.entries()) {
      const [x, y] = inputs.slice(2 * index);
      if (x === undefined || y === undefined) break;
      const part = passOver(options, { x, y, weight }, scaled);
      sum = sum === null ? part : addUp(sum, part);
    }
    if (sum === null) throw new Error('captured pass: a pass has samples.');
    return meanOf(sum, weights.length);
  }
}

/**
 * The optimizer's step where the host has no part in it, skipped by the device where a scaled gradient overflowed. Disposes of the pass; the
 * result is its loss without the scale.
 */
export function updateOnDevice(
  { optimizer, deviceScale }: Pick<CapturedUpdateOptions, 'optimizer' | 'deviceScale'>,
  { loss, gradients }: Backward,
): tf.Scalar {
  if (deviceScale === null) {
    optimizer.applyGradients(gradients);
    tf.dispose(gradients);
    return loss;
  }
  const unscaled = deviceScale.update(optimizer, gradients, loss);
  tf.dispose([gradients, loss]);
  return unscaled;
}

/** How a lane says that it runs step by step. */
export function eager(reason: string): string {
  return `eager (${reason})`;
}
