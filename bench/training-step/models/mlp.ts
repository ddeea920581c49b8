// The perceptron of jax-js's own MNIST page, 784-256-128-10, 128 samples a step.

import * as tf from '@tensorflow/tfjs';
import { experiment } from 'lockstep';

export default experiment({
  title: 'mlp',
  seed: 1,
  data: () => {
    const x = tf.randomNormal([1024, 784], 0, 1, 'float32', 7);
    return { train: { x, y: tf.oneHot(x.slice([0, 0], [-1, 10]).argMax(1), 10) }, test: null };
  },
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [784], units: 256, activation: 'relu' }),
        tf.layers.dense({ units: 128, activation: 'relu' }),
        tf.layers.dense({ units: 10 }),
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'adam', learningRate: 1e-3, epsilon: 1e-5 },
  globalBatch: 128,
  steps: 30,
  lanes: ['1xfp32'],
});
