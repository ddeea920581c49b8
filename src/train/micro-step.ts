// The forward and backward pass of a rank's share of a batch, micro-step by micro-step: the mean of their losses and gradients.

import { precisionMode } from '../core/precision/precision-modes.ts';
import type { Engine } from '../engine/engine.ts';
import { noteGradients } from '../engine/gpu-bytes.ts';
import { tf } from '../engine/tf.ts';
import { inPrecision } from './in-precision.ts';
import type { Lane } from './lane.ts';
import type { LossFunction } from './loss.ts';

/** The samples of one micro-step. */
export interface MicroStep {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
  /** Its weight in the mean over the rank's micro-steps; 1 where they are equal. */
  readonly weight: number;
  /** What the host gives anew for every step: `x` and `y`, or what `load` goes by. */
  readonly inputs: readonly tf.Tensor[];
  /** Brings the samples to `x` and `y`, on the device, as a part of the step; null where they are there. */
  readonly load: (() => void) | null;
}

/** Gradients by variable name, and the loss they belong to, both scaled where the lane scales its loss. */
export interface Backward {
  readonly loss: tf.Scalar;
  readonly gradients: tf.NamedTensorMap;
}

/** What a pass needs to know. */
export interface PassOptions {
  readonly engine: Engine;
  readonly lane: Lane;
  readonly model: tf.LayersModel;
  readonly variables: readonly tf.Variable[];
  /** The mean loss over the samples of a micro-step. */
  readonly loss: LossFunction;
}

/** Scales a loss before it is differentiated, or leaves it. */
export type ScaleLoss = (loss: tf.Scalar) => tf.Scalar;

/** The loss to differentiate, given the model's output. */
export function objective({ engine, loss }: PassOptions, { y, weight }: MicroStep, scale: ScaleLoss): (output: tf.Tensor) => tf.Scalar {
  return (output) => scale(weight === 1 ? loss(output, y) : engine.fullPrecision(() => tf.mul<tf.Scalar>(loss(output, y), weight)));
}

/** One pass, in the lane's precision. */
export function passOver(options: PassOptions, microStep: MicroStep, scale: ScaleLoss): Backward {
  const { engine, lane, model, variables } = options;
  microStep.load?.();
  const lossOf = objective(options, microStep, scale);
  const compute = () => lossOf(model.apply(microStep.x, { training: true }) as tf.Tensor); // one output, see build-model.ts
  const gradients = () => tf.variableGrads(compute, [...variables]);
  const { value, grads } = tf.tidy(() => inPrecision(engine, lane.precision, gradients));
  noteGradients(engine, Object.values(grads));
  return { loss: value, gradients: grads };
}

/** `sum + part`, gradients in the format that the mode keeps them in; disposes of both. */
export function addUp(options: PassOptions, sum: Backward, part: Backward): Backward {
  const gradients = Object.entries(sum.gradients).map(([name, gradient]) => {
    const other = part.gradients[name];
    return [name, other === undefined ? gradient.clone() : asGradient(options, () => tf.add(gradient, other))] as const;
  });
  const total = { loss: tf.add<tf.Scalar>(sum.loss, part.loss), gradients: Object.fromEntries(gradients) };
  tf.dispose([sum.loss, sum.gradients, part.loss, part.gradients]);
  return total;
}

/** The mean of so many micro-steps, whose sum this is, likewise; disposes of it. */
export function meanOf(options: PassOptions, sum: Backward, count: number): Backward {
  if (count === 1) return sum;
  const share = 1 / count;
  const gradients = Object.entries(sum.gradients).map(
    ([name, gradient]) => [name, asGradient(options, () => tf.mul(gradient, share))] as const,
  );
  const mean = { loss: tf.mul<tf.Scalar>(sum.loss, share), gradients: Object.fromEntries(gradients) };
  tf.dispose([sum.loss, sum.gradients]);
  return mean;
}

function asGradient<T>({ engine, lane }: PassOptions, run: () => T): T {
  return precisionMode(lane.precision).gradients === 'fp32' ? run() : inPrecision(engine, lane.precision, run);
}
