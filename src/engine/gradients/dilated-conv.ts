// The gradient of a dilated conv2d: a dilated filter is a larger one with zeros between its values, for which tfjs has a gradient. That of the
// input is taken with the larger filter; of the larger filter's gradient, the places of the values are kept.

import type { Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../tf.ts';

/** What the kernel is called with, as far as it is read here. */
interface Attributes {
  readonly dilations: number | readonly [number, number];
}

/** Makes tf.conv2d's gradient take dilations. */
export function registerDilatedConvGradient(): void {
  const stock = tf.getGradient('Conv2D');
  tf.registerGradient({
    ...stock,
    gradFunc: (dy, saved, attributes) => {
      const { dilations } = attributes as unknown as Attributes;
      const [down, across] = typeof dilations === 'number' ? [dilations, dilations] : dilations;
      const [x, filter] = saved as [Tensor4D, Tensor4D]; // what the stock gradient saves
      if (down === 1 && across === 1) return stock.gradFunc(dy, saved, attributes);
      const spread = tf.tidy(() => spreadFilter(filter, down, across));
      const gradients = stock.gradFunc(dy, [x, spread], { ...attributes, dilations: [1, 1] });
      return {
        ...gradients,
        filter: () =>
          tf.tidy(() => {
            const whole = gradients['filter']?.();
            if (whole === undefined) throw new Error('gradient of conv2d: expected one for the filter');
            return tf.stridedSlice(whole, [0, 0, 0, 0], whole.shape, [down, across, 1, 1]);
          }),
      };
    },
  });
}

/** (h, w, …) to (h', w', …) with `down − 1` rows and `across − 1` columns of zeros between. */
function spreadFilter(filter: Tensor4D, down: number, across: number): Tensor4D {
  const [height, width, channelsIn, channelsOut] = filter.shape;
  const channels = channelsIn * channelsOut;
  const rows = tf.pad(tf.reshape(filter, [height, 1, width * channels]), [
    [0, 0],
    [0, down - 1],
    [0, 0],
  ]); // tfjs cannot pad five axes on WebGPU
  const cells = tf.pad(tf.reshape(rows, [height * down * width, 1, channels]), [
    [0, 0],
    [0, across - 1],
    [0, 0],
  ]);
  const whole = tf.reshape<tf.Rank.R4>(cells, [height * down, width * across, channelsIn, channelsOut]);
  const size: [number, number, number, number] = [(height - 1) * down + 1, (width - 1) * across + 1, channelsIn, channelsOut];
  return tf.slice(whole, [0, 0, 0, 0], size);
}
