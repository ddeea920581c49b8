// A BatchNorm layer's insides: tfjs keeps them in fields that its types leave out.

import { tf } from '../engine/tf.ts';

/** What synchronising a BatchNorm layer needs of it. */
export interface BatchNormParts {
  /** The axes it averages over: all but the channels'. */
  readonly axes: readonly number[];
  readonly epsilon: number;
  readonly gamma: tf.Variable | null;
  readonly beta: tf.Variable | null;
  /** One value per channel, (C), in a shape that broadcasts against the layer's input. */
  spread(perChannel: tf.Tensor): tf.Tensor;
  /** Moves the layer's running averages towards a batch's mean and variance, as the layer itself would. */
  updateMoving(mean: tf.Tensor, variance: tf.Tensor): void;
}

type LayerVariable = { read(): tf.Tensor; write(value: tf.Tensor): unknown };

/** The parts of a BatchNorm layer; null for any other. */
export function batchNormParts(layer: tf.layers.Layer): BatchNormParts | null {
  if (layer.getClassName() !== 'BatchNormalization') return null;
  // tfjs-layers 4.22.0, dist/layers/normalization.js: its own fields, by these names.
  const { axis, momentum, epsilon, gamma, beta, movingMean, movingVariance } = layer as unknown as {
    readonly axis: number;
    readonly momentum: number;
    readonly epsilon: number;
    readonly gamma: LayerVariable | null;
    readonly beta: LayerVariable | null;
    readonly movingMean: LayerVariable;
    readonly movingVariance: LayerVariable;
  };
  const rank = (layer.input as tf.SymbolicTensor).shape.length; // it takes one input
  const channelAxis = axis >= 0 ? axis : axis + rank;
  const move = (moving: LayerVariable, value: tf.Tensor): void => {
    tf.tidy(() => {
      const old = moving.read();
      moving.write(tf.sub(old, tf.mul(tf.sub(old, value), 1 - momentum)));
    });
  };
  return {
    axes: Array.from({ length: rank }, (_, index) => index).filter((index) => index !== channelAxis),
    epsilon,
    gamma: (gamma?.read() as tf.Variable | undefined) ?? null, // a LayerVariable reads as its variable
    beta: (beta?.read() as tf.Variable | undefined) ?? null,
    spread: (perChannel) =>
      tf.reshape(
        perChannel,
        Array.from({ length: rank }, (_, index) => (index === channelAxis ? perChannel.size : 1)),
      ),
    updateMoving(mean, variance) {
      move(movingMean, mean);
      move(movingVariance, variance);
    },
  };
}
