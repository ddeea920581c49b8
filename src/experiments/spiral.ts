// Spirals: a network of 500 weights
//
// Three intertwined spirals, a network small enough to finish in seconds. Here four workers cost more than they bring: each step is
// over before the gradients have gone around.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment } from 'lockstep';

export default experiment({
  title: 'Spirals: a small network, 1 worker or 4',
  seed: 7,
  data: () => datasets.spiral({ classes: 3, points: 300 }),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [2], units: 16, activation: 'tanh' }), // (B, 2) -> (B, 16)
        tf.layers.dense({ units: 16, activation: 'tanh' }), // -> (B, 16)
        tf.layers.dense({ units: 3 }), // -> (B, 3), logits
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'adam', learningRate: 1e-2 },
  globalBatch: 64,
  steps: 300,
  evalEvery: 50,
  metrics: ['accuracy'],
  lanes: [
    { worldSize: 1, precision: 'fp32' },
    { worldSize: 4, precision: 'fp32' },
  ],
});
