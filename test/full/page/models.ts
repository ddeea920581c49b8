// One small experiment of each kind of model, all of tfjs's own layers, and the optimizers they are trained with.

import { createPrng } from '../../../src/core/prng.ts';
import type { Dataset } from '../../../src/data/dataset.ts';
import type { OptimizerSpec } from '../../../src/engine/optim/optimizer-spec.ts';
import { tf } from '../../../src/engine/tf.ts';
import { classCount, mlp, randomData } from '../../support/tiny-experiments.ts';
import type { TinyExperiment } from '../../support/tiny-experiments.ts';

const { layers } = tf;
const vocabulary = 12;
const sequenceLength = 6;
/** Of a token's vector. */
const width = 16;

/** Whole numbers below `vocabulary`; the first says which class. */
function randomTokens(rowCount: number): Dataset {
  const prng = createPrng(11);
  const split = (count: number) => {
    const x = Float32Array.from({ length: count * sequenceLength }, () => Math.floor(prng.next() * vocabulary));
    const classes = Int32Array.from({ length: count }, (_, row) => (x[row * sequenceLength] ?? 0) % classCount);
    return { x: tf.tensor(x, [count, sequenceLength]), y: tf.oneHot(tf.tensor1d(classes, 'int32'), classCount).toFloat() };
  };
  return { train: split(rowCount), test: split(12) };
}

/** One block with one head: attention and a dense pair, each added to what it was given, then normalised. */
function transformer(): tf.LayersModel {
  const tokens = tf.input({ shape: [sequenceLength] }); // (B, T)
  const embedding = layers.embedding({ inputDim: vocabulary, outputDim: width, inputLength: sequenceLength });
  const x = layers.dropout({ rate: 0.1 }).apply(embedding.apply(tokens)) as tf.SymbolicTensor; // (B, T, D)
  const [query, key, value] = ['query', 'key', 'value'].map((name) => layers.dense({ name, units: width }).apply(x)) as [
    tf.SymbolicTensor,
    tf.SymbolicTensor,
    tf.SymbolicTensor,
  ]; // of three names
  const scores = layers.dot({ axes: [2, 2] }).apply([query, key]) as tf.SymbolicTensor; // (B, T, T)
  const shares = layers.activation({ activation: 'softmax' }).apply(scores) as tf.SymbolicTensor;
  const attended = layers.dot({ axes: [2, 1] }).apply([shares, value]) as tf.SymbolicTensor; // (B, T, D)
  const h = layers.layerNormalization({}).apply(layers.add({}).apply([x, attended])) as tf.SymbolicTensor;
  const wide = layers.dense({ units: 2 * width, activation: 'relu' }).apply(h);
  const narrow = layers.dense({ units: width }).apply(wide) as tf.SymbolicTensor;
  const block = layers.layerNormalization({}).apply(layers.add({}).apply([h, narrow]));
  const outputs = layers.dense({ units: classCount }).apply(layers.flatten().apply(block)) as tf.SymbolicTensor; // (B, C)
  return tf.model({ inputs: tokens, outputs });
}

const base: Omit<TinyExperiment, 'data' | 'model'> = { ...mlp, steps: 25, evalEvery: 5 };
const vectors = () => randomData(60, [6]);
const images = () => randomData(60, [8, 8, 2]);
const sequences = () => randomData(60, [4, 6]);
const tokens = () => randomTokens(60);

/** By kind; wide enough that an fp16 lane holds something in 16 bits. */
export const models: Readonly<Record<string, Omit<TinyExperiment, 'optimizer'>>> = {
  MLP: {
    ...base,
    data: vectors,
    model: () =>
      tf.sequential({
        layers: [
          layers.dense({ inputShape: [6], units: 32, activation: 'relu' }),
          layers.dense({ units: 32, activation: 'tanh' }),
          layers.dense({ units: classCount }),
        ],
      }),
  },
  'CNN with BatchNorm': {
    ...base,
    data: images,
    model: () =>
      tf.sequential({
        layers: [
          layers.conv2d({ inputShape: [8, 8, 2], filters: 8, kernelSize: 3, padding: 'same' }),
          layers.batchNormalization({}),
          layers.activation({ activation: 'relu' }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.depthwiseConv2d({ kernelSize: 3, padding: 'same' }),
          layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, activation: 'relu' }),
          layers.flatten(),
          layers.dense({ units: classCount }),
        ],
      }),
  },
  LSTM: {
    ...base,
    data: sequences,
    model: () => tf.sequential({ layers: [layers.lstm({ inputShape: [4, 6], units: 8 }), layers.dense({ units: classCount })] }),
  },
  GRU: {
    ...base,
    data: sequences,
    model: () => tf.sequential({ layers: [layers.gru({ inputShape: [4, 6], units: 8 }), layers.dense({ units: classCount })] }),
  },
  embedding: {
    ...base,
    data: tokens,
    model: () =>
      tf.sequential({
        layers: [
          layers.embedding({ inputDim: vocabulary, outputDim: width, inputLength: sequenceLength }),
          layers.flatten(),
          layers.dense({ units: classCount }),
        ],
      }),
  },
  transformer: { ...base, data: tokens, model: transformer },
};

/** By what they are called; epsilon where it must not be lost in rounding. */
export const optimizers: Readonly<Record<string, OptimizerSpec>> = {
  sgd: { name: 'sgd', learningRate: 0.05 },
  momentum: { name: 'momentum', learningRate: 0.05 },
  Nesterov: { name: 'momentum', learningRate: 0.05, useNesterov: true },
  adam: { name: 'adam', learningRate: 0.01, epsilon: 1e-5 },
  adamW: { name: 'adamW', learningRate: 0.01, epsilon: 1e-5 },
  adamax: { name: 'adamax', learningRate: 0.01, epsilon: 1e-5 },
  rmsprop: { name: 'rmsprop', learningRate: 0.003, epsilon: 1e-5 },
  'centred rmsprop with momentum': { name: 'rmsprop', learningRate: 0.003, momentum: 0.5, centered: true, epsilon: 1e-5 },
  adagrad: { name: 'adagrad', learningRate: 0.05 },
  adadelta: { name: 'adadelta', learningRate: 1 },
  'adam, warmed up, scheduled and clipped': {
    name: 'adam',
    learningRate: 0.01,
    epsilon: 1e-5,
    schedule: 'cosine',
    warmupSteps: 4,
    decaySteps: 20,
    clipNorm: 0.5,
  },
};
