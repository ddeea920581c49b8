// Experiments that train in Node in a blink: a classification of points and of sequences by rules that a small model can learn.

import { createPrng } from '../../src/core/prng.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { layers } from '../../src/engine/layers/layers.ts';
import { tf } from '../../src/engine/tf.ts';
import type { ExperimentSpec } from '../../src/train/experiment.ts';

/** What `experiment()` takes, but for the lanes. */
export type TinyExperiment = Omit<ExperimentSpec, 'lanes'>;

export const classCount = 3;
const tokenCount = 12;

/** `rowCount` samples of a shape; the class is where a random direction of the values points. The first sample is `outlier` times as large. */
export function randomData(rowCount: number, rowShape: readonly number[], outlier = 1): Dataset {
  const prng = createPrng(7);
  const width = rowShape.reduce((product, length) => product * length, 1);
  const direction = Float32Array.from({ length: width }, () => prng.normal());
  const split = (count: number) => {
    const x = Float32Array.from({ length: count * width }, () => prng.normal());
    const classes = Int32Array.from({ length: count }, (_, row) => {
      const score = direction.reduce((sum, value, index) => sum + value * (x[row * width + index] ?? 0), 0) / Math.sqrt(width);
      return score < -0.4 ? 0 : score < 0.4 ? 1 : 2;
    });
    for (let index = 0; index < width; index++) x[index] = (x[index] ?? 0) * outlier;
    return { x: tf.tensor(x, [count, ...rowShape]), y: tf.oneHot(tf.tensor1d(classes, 'int32'), classCount).toFloat() };
  };
  return { train: split(rowCount), test: split(12) };
}

/** Six inputs, one hidden layer. */
export const mlp: TinyExperiment = {
  title: 'tiny MLP',
  seed: 3,
  data: () => randomData(60, [6]),
  model: () =>
    tf.sequential({
      layers: [tf.layers.dense({ inputShape: [6], units: 10, activation: 'tanh' }), tf.layers.dense({ units: classCount })],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'momentum', learningRate: 0.05 },
  globalBatch: 24,
  steps: 50,
};

/** The same with what makes ranks different: dropout, and BatchNorm's moving averages. */
export const mlpWithState: TinyExperiment = {
  ...mlp,
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [6], units: 10, activation: 'tanh' }),
        tf.layers.batchNormalization({}),
        tf.layers.dropout({ rate: 0.3 }),
        tf.layers.dense({ units: classCount }),
      ],
    }),
};

/** The same with one sample whose scaled gradients are more than fp16 holds, so that only the rank that has it overflows. */
export const mlpWithOutlier: TinyExperiment = {
  ...mlp,
  data: () => randomData(60, [6], 2000),
  model: () =>
    tf.sequential({
      layers: [tf.layers.dense({ inputShape: [6], units: 10, activation: 'relu' }), tf.layers.dense({ units: classCount })],
    }),
};

/** 8 × 8 pixels, one convolution, without BatchNorm. */
export const cnn: TinyExperiment = {
  ...mlp,
  title: 'tiny CNN',
  data: () => randomData(64, [8, 8, 1]),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 3, kernelSize: 3, activation: 'relu' }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: classCount }),
      ],
    }),
};

/** Sequences of three vectors. */
export const lstm: TinyExperiment = {
  ...mlp,
  title: 'tiny LSTM',
  data: () => randomData(64, [3, 4]),
  model: () => tf.sequential({ layers: [tf.layers.lstm({ inputShape: [3, 4], units: 5 }), tf.layers.dense({ units: classCount })] }),
};

/** One block of a causal transformer that guesses the next of six tokens: each is the one before it plus 1 or 2. */
export const transformer: TinyExperiment = {
  title: 'tiny transformer',
  seed: 3,
  data: () => {
    const prng = createPrng(7);
    const split = (count: number) => {
      const rows = Array.from({ length: count }, () => {
        const row = [Math.floor(prng.next() * tokenCount)];
        while (row.length < 7) row.push(((row.at(-1) ?? 0) + 1 + Math.floor(prng.next() * 2)) % tokenCount);
        return row;
      });
      return { x: tf.tensor2d(rows.map((row) => row.slice(0, -1))), y: tf.tensor2d(rows.map((row) => row.slice(1))) };
    };
    return { train: split(64), test: split(12) };
  },
  model: () => {
    const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]) =>
      layer.apply(inputs.length > 1 ? inputs : (inputs[0] ?? [])) as tf.SymbolicTensor; // one output each
    const dense = (units: number, x: tf.SymbolicTensor, activation: 'gelu' | 'linear' = 'linear') =>
      apply(tf.layers.dense({ units, activation }), x);
    const tokens = tf.input({ shape: [6] });
    const placed = apply(layers.positionEmbedding(), apply(tf.layers.embedding({ inputDim: tokenCount, outputDim: 16 }), tokens));
    const seen = apply(tf.layers.layerNormalization({}), placed);
    const gathered = apply(layers.attention({ heads: 2, causal: true }), dense(16, seen), dense(16, seen), dense(16, seen));
    const added = apply(tf.layers.add(), placed, dense(16, gathered));
    const thought = apply(tf.layers.add(), added, dense(16, dense(32, apply(tf.layers.layerNormalization({}), added), 'gelu')));
    return tf.model({ inputs: tokens, outputs: dense(tokenCount, thought) });
  },
  loss: 'sparseSoftmaxCrossEntropy',
  optimizer: { name: 'adam', learningRate: 1e-2, epsilon: 1e-8 },
  globalBatch: 16,
  steps: 14,
};
