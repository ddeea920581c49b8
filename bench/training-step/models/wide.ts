// A perceptron that is nearly all matrix product, 784-1024-1024-12, 128 samples a step.

import * as tf from '@tensorflow/tfjs';
import { experiment } from 'lockstep';

export default experiment({
  title: 'wide',
  seed: 1,
  data: () => {
    const x = tf.randomNormal([1024, 784], 0, 1, 'float32', 7);
    return { train: { x, y: tf.oneHot(x.slice([0, 0], [-1, 12]).argMax(1), 12) }, test: null };
  },
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [784], units: 1024, activation: 'relu' }),
        tf.layers.dense({ units: 1024, activation: 'relu' }),
        tf.layers.dense({ units: 12 }),
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'adam', learningRate: 1e-3, epsilon: 1e-5 },
  globalBatch: 128,
  steps: 30,
  lanes: ['1xfp32'],
});
