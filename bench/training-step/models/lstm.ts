// A recurrent net: one LSTM of 32 units over 8 time steps of 16 numbers, 32 samples a step. Hundreds of small ops, one after the other.

import * as tf from '@tensorflow/tfjs';
import { experiment } from 'lockstep';

export default experiment({
  title: 'lstm',
  seed: 1,
  data: () => {
    const x = tf.randomNormal([512, 8, 16], 0, 1, 'float32', 7);
    return { train: { x, y: tf.oneHot(x.slice([0, 7, 0], [-1, 1, 10]).reshape([512, 10]).argMax(1), 10) }, test: null };
  },
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.lstm({ inputShape: [8, 16], units: 32, recurrentActivation: 'sigmoid', recurrentInitializer: 'glorotUniform' }),
        tf.layers.dense({ units: 10 }),
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'adam', learningRate: 1e-3, epsilon: 1e-5 },
  globalBatch: 32,
  steps: 30,
  lanes: ['1xfp32'],
});
