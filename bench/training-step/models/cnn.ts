// A small convolutional net for 28 × 28 images: 3 × 3 convolutions of 16 and 32 filters, each pooled, then 64 units; 32 samples a step.

import * as tf from '@tensorflow/tfjs';
import { experiment } from 'lockstep';

export default experiment({
  title: 'cnn',
  seed: 1,
  data: () => {
    const x = tf.randomNormal([512, 28, 28, 1], 0, 1, 'float32', 7);
    return { train: { x, y: tf.oneHot(x.reshape([512, 784]).slice([0, 0], [-1, 10]).argMax(1), 10) }, test: null };
  },
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 64, activation: 'relu' }),
        tf.layers.dense({ units: 10 }),
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'adam', learningRate: 1e-3, epsilon: 1e-5 },
  globalBatch: 32,
  steps: 30,
  lanes: ['1xfp32'],
});
