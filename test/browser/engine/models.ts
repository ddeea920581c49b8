// Two small models and their data, for the tests that train: an MLP and a CNN like those of the experiments, with seeded weights and
// seeded, learnable batches (each class is a fixed random picture plus noise).

import type { Optimizer, Scalar, Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { createPrng } from '../../../src/core/prng.ts';
import { createOptimizer } from '../../../src/engine/optim/create-optimizer.ts';
import { tf } from '../../../src/engine/tf.ts';

export interface TestModel {
  readonly variables: readonly Variable[];
  readonly optimizer: Optimizer;
  /** (B, ...) and one-hot (B, 10) to the mean loss. */
  loss(x: Tensor, y: Tensor): Scalar;
  dispose(): void;
}

const classCount = 10;

/** 784 → hidden → 10 with relu. */
export function createMlp(hidden: readonly number[] = [256, 128]): TestModel {
  const sizes = [784, ...hidden, classCount];
  const weights = sizes.slice(1).map((width, index) => glorot([sizes[index] ?? 0, width], index + 1));
  const biases = sizes.slice(1).map((width) => tf.variable(tf.zeros([width])));
  const forward = (x: Tensor): Tensor =>
    weights.reduce<Tensor>((h, w, index) => {
      const z = tf.add(tf.matMul(h as Tensor2D, w as unknown as Tensor2D), biases[index] ?? 0); // (B, in) -> (B, out)
      return index < weights.length - 1 ? tf.relu(z) : z;
    }, x);
  return createModel([...weights, ...biases], (x, y) => tf.losses.softmaxCrossEntropy<Tensor, Scalar>(y, forward(x)));
}

/** side×side×1 → conv 16 → pool → conv 32 → pool → 10 with relu. A side of 14 averages the 28×28 picture first: four times faster. */
export function createCnn(side: 28 | 14 = 28): TestModel {
  const features = Math.floor(side / 4) ** 2 * 32;
  const [w1, w2] = [glorot([3, 3, 1, 16], 1), glorot([3, 3, 16, 32], 2)];
  const w3 = glorot([features, classCount], 3);
  const [b1, b2, b3] = [16, 32, classCount].map((width) => tf.variable(tf.zeros([width]))) as [Variable, Variable, Variable]; // map loses the tuple's length
  const block = (x: Tensor, w: Variable, b: Variable): Tensor =>
    tf.maxPool(tf.relu(tf.add(tf.conv2d(x as Tensor4D, w as unknown as Tensor4D, 1, 'same'), b)), 2, 2, 'valid');
  const picture = (x: Tensor): Tensor => {
    const whole = tf.reshape(x, [-1, 28, 28, 1]);
    return side === 28 ? whole : tf.avgPool(whole as Tensor4D, 2, 2, 'valid');
  };
  const forward = (x: Tensor): Tensor => {
    const flat = tf.reshape(block(block(x, w1, b1), w2, b2), [-1, features]); // (B, side, side, 1) -> (B, ⌊side/4⌋² · 32)
    return tf.add(tf.matMul(flat, w3 as unknown as Tensor2D), b3); // -> (B, 10)
  };
  return createModel([w1, w2, w3, b1, b2, b3], (x, y) => tf.losses.softmaxCrossEntropy<Tensor, Scalar>(y, forward(picture(x))));
}

/** Batches of (size, 784) and one-hot (size, 10). */
export function createBatches(count: number, size: number): readonly { readonly x: Float32Array; readonly y: Float32Array }[] {
  const prng = createPrng(3);
  const pictures = Array.from({ length: classCount }, (_, index) => randomValues(784, 100 + index, 0.3));
  return Array.from({ length: count }, () => {
    const x = new Float32Array(size * 784);
    const y = new Float32Array(size * classCount);
    for (let row = 0; row < size; row++) {
      const label = Math.floor(prng.next() * classCount);
      y[row * classCount + label] = 1;
      for (let pixel = 0; pixel < 784; pixel++) x[row * 784 + pixel] = (pictures[label]?.[pixel] ?? 0) + prng.next() - 0.5;
    }
    return { x, y };
  });
}

function createModel(variables: readonly Variable[], loss: TestModel['loss']): TestModel {
  const optimizer = createOptimizer({ name: 'adam', learningRate: 1e-3 });
  return {
    variables,
    optimizer,
    loss,
    dispose: () => {
      tf.dispose([...variables]);
      optimizer.dispose();
    },
  };
}

/** Glorot and Bengio 2010: uniform in ±√(6 / (fan in + fan out)). */
function glorot(shape: readonly number[], seed: number): Variable {
  const fanIn = shape.slice(0, -1).reduce((product, length) => product * length, 1);
  const size = fanIn * (shape.at(-1) ?? 1);
  return tf.variable(tf.tensor(randomValues(size, seed, Math.sqrt(6 / (fanIn + (shape.at(-1) ?? 1)))), [...shape]));
}

function randomValues(size: number, seed: number, scale: number): Float32Array {
  const prng = createPrng(seed);
  return Float32Array.from({ length: size }, () => (prng.next() * 2 - 1) * scale);
}
