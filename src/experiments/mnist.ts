// MNIST: 1 worker or 4, FP32 or FP16
//
// The same program in four lanes. Four workers share each batch of 128 between them and average their gradients, so they should
// learn exactly what one worker learns. FP16 stores activations in half the bytes; the weights it updates stay FP32.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment } from 'lockstep';

export default experiment({
  title: 'MNIST: 1 worker or 4, FP32 or FP16',
  seed: 42,
  data: () => datasets.mnist({ train: 12000, test: 2000 }),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 8, kernelSize: 5, strides: 2, activation: 'relu' }), // (B, 28, 28, 1) -> (B, 12, 12, 8)
        tf.layers.conv2d({ filters: 16, kernelSize: 3, strides: 2, activation: 'relu' }), // -> (B, 5, 5, 16)
        tf.layers.flatten(), // -> (B, 400)
        tf.layers.dense({ units: 10 }), // -> (B, 10), logits
      ],
    }),
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'adam', learningRate: 4e-3 },
  globalBatch: 128,
  steps: 300,
  evalEvery: 50,
  metrics: ['accuracy'],
  lanes: [
    { worldSize: 1, precision: 'fp32' },
    { worldSize: 1, precision: 'fp16' },
    { worldSize: 4, precision: 'fp32' },
    { worldSize: 4, precision: 'fp16' },
  ],
});
