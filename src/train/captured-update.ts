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
import type { GradScaler } from '../engine/precision/grad-scaler.ts';
import { tf } from '../engine/tf.ts';
import { addUp, meanOf, passOver } from './micro-step.ts';
import type { Backward, MicroStep, PassOptions } from './micro-step.ts';

/** What an update needs to know. */
export interface CapturedUpdateOptions extends PassOptions {
  readonly optimizer: tf.Optimizer;
  /** Null where the loss is not scaled. */
  readonly scaler: GradScaler | null;
  /** Null too where gradients leave the device, and come back unscaled; otherwise the loss scale is the device's, and every step a whole one. */
  readonly deviceScale: DeviceLossScale | null;
  /** Whether a pass is submitted by the caller, part by part. */
  readonly isSubmittedInParts: boolean;
}

/** Gradients and loss of one pass, until `dispose`. */
export interface CapturedPass extends Backward {
  /** Where this pass is a replay that was not submitted yet: submit it, part by part. */
  readonly pending: CapturedGraph | null;
  dispose(): void;
}

/** One per rank. */
export class CapturedUpdate {
  private readonly backend: LockstepBackend;
  private readonly options: CapturedUpdateOptions;
  private readonly wholeStep: CapturedFunction;
  private readonly pass: CapturedFunction;
  private readonly optimizerStep: CapturedFunction;
  /** The loss scale that the host sets; null where there is none. */
  private readonly scale: HostScalar | null;
  /** Of the call under way; their weights are told apart by the shape of the call. */
  private microSteps: readonly MicroStep[] = [];
  private names: readonly string[] = [];
  private replayCount = 0;

  constructor(backend: LockstepBackend, options: CapturedUpdateOptions) {
    this.backend = backend;
    this.options = options;
    this.scale = options.scaler !== null && options.deviceScale === null ? new HostScalar(backend) : null;
    this.wholeStep = new CapturedFunction(backend, () => this.runWhole());
    this.pass = new CapturedFunction(backend, () => this.runPass());
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
    const loss = result.outputs[names.length] as tf.Scalar | undefined; // as well
    if (loss === undefined) throw new Error('captured pass: a pass has a loss.');
    return { loss, gradients, pending: isSubmittedInParts ? result.replayed : null, dispose: () => result.dispose() };
  }

  /** The optimizer, with unscaled gradients under their names; they stay the caller's. */
  apply(gradients: tf.NamedTensorMap): void {
    this.names = Object.keys(gradients);
    this.optimizerStep.call('', optimizerSettings(this.options.optimizer), Object.values(gradients)).dispose();
  }

  dispose(): void {
    for (const part of [this.wholeStep, this.pass, this.optimizerStep, this.scale]) part?.dispose();
  }

  private call(
    part: CapturedFunction,
    microSteps: readonly MicroStep[],
    settings: string,
    replay?: (graph: CapturedGraph, inputs: readonly tf.Tensor[]) => void,
  ): RunResult {
    this.microSteps = microSteps;
    const inputs = microSteps.flatMap((microStep) => microStep.inputs);
    const shape = `${microSteps.map(({ weight }) => weight).join()};${inputs.map((input) => input.shape.join('x')).join()}`;
    const result = part.call(shape, settings, inputs, replay);
    if (result.replayed !== null) this.replayCount++;
    return result;
  }

  private runWhole(): readonly tf.Tensor[] {
    return [updateOnDevice(this.options.optimizer, this.options.deviceScale, this.allMicroSteps())];
  }

  private runPass(): readonly tf.Tensor[] {
    const { loss, gradients } = this.allMicroSteps();
    this.names = Object.keys(gradients);
    return [...Object.values(gradients), loss];
  }

  private runOptimizer(gradients: readonly tf.Tensor[]): readonly tf.Tensor[] {
    this.options.optimizer.applyGradients(Object.fromEntries(this.names.map((name, index) => [name, gradients[index] as tf.Tensor]))); // in their order
    return [];
  }

  /** Weights do not change in between: they are cast to f16 once. */
  private allMicroSteps(): Backward {
    return this.backend.casts.keepingVariables(() => this.accumulate());
  }

  private accumulate(): Backward {
    const { options, microSteps } = this;
    const scale = options.deviceScale?.tensors.scale ?? this.scale?.tensor ?? null;
    const scaled = (loss: tf.Scalar) => (scale === null ? loss : options.engine.fullPrecision(() => tf.mul<tf.Scalar>(loss, scale)));
    let sum: Backward | null = null;
    for (const microStep of microSteps) {
      const part = passOver(options, microStep, scaled);
      sum = sum === null ? part : addUp(options, sum, part);
    }
    if (sum === null) throw new Error('captured pass: a pass has samples.');
    return meanOf(options, sum, microSteps.length);
  }
}

/**
 * The optimizer's step where the host has no part in it, skipped by the device where a scaled gradient overflowed. Disposes of the pass; the
 * result is its loss without the scale.
 */
export function updateOnDevice(optimizer: tf.Optimizer, deviceScale: DeviceLossScale | null, { loss, gradients }: Backward): tf.Scalar {
  if (deviceScale === null) {
    optimizer.applyGradients(gradients);
    tf.dispose(gradients);
    return loss;
  }
  const unscaled = deviceScale.update(gradients, loss);
  tf.dispose([gradients, loss]);
  return unscaled;
}

/** How a lane says that it runs step by step. */
export function eager(reason: string): string {
  return `eager (${reason})`;
}
