// An experiment whose gradients overflow in the middle of the backward pass: the last layer's own are f32 and hold a large loss scale, and
// what it passes back is f16 and does not. Layers are wide enough to live in 16 bits.

import { tf } from '../../src/engine/tf.ts';
import { classCount, mlp, randomData } from './tiny-experiments.ts';
import type { TinyExperiment } from './tiny-experiments.ts';

export const overflowing: TinyExperiment = {
  ...mlp,
  title: 'overflows on the way back',
  data: () => randomData(60, [32]),
  model: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [32], units: 64, activation: 'relu', name: 'first' }),
        tf.layers.dense({ units: 64, activation: 'relu', name: 'second' }),
        tf.layers.dense({ units: classCount, name: 'third' }),
      ],
    }),
};
