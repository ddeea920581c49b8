// A perceptron so small that a step is nearly all overhead: 16-32-32-4, 64 samples a step.

import * as tf from '@tensorflow/tfjs';
import { experiment } from 'lockstep';

export default experiment({
  title: 'tiny',
  seed: 1,
  data: () => {
    const x = tf.randomNormal([1024, 16], 0, 1, 'float32', 7);
    return { train: { x, y: tf.oneHot(x.slice([0, 0], [-1, 4]).argMax(1), 4) }, test: null };
  },
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [16], units: 32, activation: 'relu' }),
        tf.layers.dense({ units: 32, activation: 'relu' }),
        tf.layers.dense({ units: 4 }),
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'adam', learningRate: 1e-3, epsilon: 1e-5 },
  globalBatch: 64,
  steps: 30,
  lanes: ['1xfp32'],
});
