// The nets whose gradients the self-test compares, from the cheapest to compile to the dearest. Weights and data are seeded, so every
// backend sees the same numbers. The dense nets have the shapes of the rehearsal (rehearsal.ts): what the test compiles is not compiled again.

import { createPrng } from '../core/prng.ts';
import { tf } from './tf.ts';

/** A tensor as plain data. */
export interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A net with its weights; `loss` takes them as tensors, in the same order. */
export interface SelfTestNet {
  readonly name: string;
  readonly parameters: readonly Values[];
  loss(parameters: readonly tf.Tensor[]): tf.Scalar;
}

const classCount = 3;

/** (64, 16) → dense, relu → (64, 16) → Σ; without a bias, whose gradient costs two programs more. */
const oneLayer: SelfTestNet = {
  name: 'a dense layer with relu',
  parameters: [random([16, 16], 10)],
  loss(parameters) {
    const [weights] = parameters as [tf.Tensor2D]; // as above
    const [x] = tensorsOf([random([64, 16], 11)]) as [tf.Tensor2D];
    return tf.sum(tf.relu(tf.matMul(x, weights)));
  },
};

/** (64, 2) → dense, relu → (64, 16) → dense → (64, 3) → softmax cross-entropy. */
const twoLayers: SelfTestNet = {
  name: 'two dense layers with softmax cross-entropy',
  parameters: [random([2, 16], 1), random([16], 2), random([16, classCount], 3), random([classCount], 4)],
  loss(parameters) {
    const [w1, b1, w2, b2] = parameters as [tf.Tensor2D, tf.Tensor1D, tf.Tensor2D, tf.Tensor1D]; // in the order above
    const [x] = tensorsOf([random([64, 2], 5)]) as [tf.Tensor2D];
    const hidden = tf.relu(tf.add<tf.Tensor2D>(tf.matMul(x, w1), b1));
    return crossEntropy(64, tf.add(tf.matMul(hidden, w2), b2));
  },
};

/** (8, 6, 6, 1) → convolution 3×3, relu → (8, 6, 6, 4) → max pooling → (8, 3, 3, 4) → dense → (8, 3) → softmax cross-entropy. */
const convolution: SelfTestNet = {
  name: 'a convolution with max pooling',
  parameters: [random([3, 3, 1, 4], 6), random([4], 7), random([36, classCount], 8)],
  loss(parameters) {
    const [filter, bias, weights] = parameters as [tf.Tensor4D, tf.Tensor1D, tf.Tensor2D]; // in the order above
    const [x] = tensorsOf([random([8, 6, 6, 1], 9)]) as [tf.Tensor4D];
    const features = tf.maxPool(tf.relu(tf.add<tf.Tensor4D>(tf.conv2d(x, filter, 1, 'same'), bias)), 2, 2, 'valid');
    return crossEntropy(8, tf.matMul(tf.reshape(features, [8, 36]), weights));
  },
};

/** All of them, the cheapest first. */
export const selfTestNets: readonly SelfTestNet[] = [oneLayer, twoLayers, convolution];

/** New tensors of these values; the caller disposes them. */
export function tensorsOf(all: readonly Values[]): tf.Tensor[] {
  return all.map(({ shape, values }) => tf.tensor(values, [...shape]));
}

/** Row r belongs to class r mod 3. */
function crossEntropy(rowCount: number, logits: tf.Tensor): tf.Scalar {
  const isLabel = (at: number): boolean => at % classCount === Math.floor(at / classCount) % classCount;
  const labels = Float32Array.from({ length: rowCount * classCount }, (_, at) => (isLabel(at) ? 1 : 0));
  return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(tf.tensor(labels, [rowCount, classCount]), logits);
}

function random(shape: readonly number[], seed: number): Values {
  const prng = createPrng(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, values: Float32Array.from({ length: size }, () => prng.next() * 2 - 1) };
}
