// MNIST: 1 worker or 4, FP32 or FP16
//
// The same program in four lanes. Four workers share each batch of 128 between them and average their gradients, so they should
// learn exactly what one worker learns. FP16 stores activations in half the bytes; the weights it updates stay FP32. The model is
// one small network that looks at every patch of 7 x 7 pixels, and a linear layer on what it saw.

import * as tf from '@tensorflow/tfjs';
import { datasets, experiment } from 'lockstep';

export default experiment({
  title: 'MNIST: 1 worker or 4, FP32 or FP16',
  seed: 42,
  data: () => datasets.mnist({ train: 12000, test: 2000 }),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.reshape({ inputShape: [28, 28, 1], targetShape: [4, 7, 4, 7] }), // (B, 28, 28, 1) -> (B, 4, 7, 4, 7)
        tf.layers.permute({ dims: [1, 3, 2, 4] }), // -> (B, 4, 4, 7, 7): 16 patches of 7 x 7 pixels
        tf.layers.reshape({ targetShape: [16, 49] }), // -> (B, 16, 49)
        tf.layers.dense({ units: 48, activation: 'relu' }), // -> (B, 16, 48), the same small network on every patch
        tf.layers.dense({ units: 32, activation: 'relu' }), // -> (B, 16, 32)
        tf.layers.flatten(), // -> (B, 512)
        tf.layers.dense({ units: 10 }), // -> (B, 10), logits
      ],
    }),
  loss: 'softmaxCrossEntropy',
  // Adam divides by the gradient's own size plus epsilon. At the usual 1e-7 a weight whose gradient is almost zero still moves by a
  // whole learning rate, in a direction that rounding decides, and 1 and 4 workers soon drift apart. At 1e-5 they agree to six digits
  // for 100 steps.
  optimizer: { name: 'adam', learningRate: 6e-3, epsilon: 1e-5 },
  globalBatch: 128,
  steps: 280,
  evalEvery: 40,
  metrics: ['accuracy'],
  onCpu: { steps: 100, evalEvery: 20 }, // without a GPU every step takes its time
  lanes: [
    { worldSize: 1, precision: 'fp32' },
    { worldSize: 1, precision: 'fp16' },
    { worldSize: 4, precision: 'fp32' },
    { worldSize: 4, precision: 'fp16' },
  ],
});
