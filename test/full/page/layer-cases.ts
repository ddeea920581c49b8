// tf.layers with tf.train as a stock program uses them, on the CPU backend (the oracle) and on WebGPU: the same weights, the same batches.

import { createPrng } from '../../../src/core/prng.ts';
import { tf } from '../../../src/engine/tf.ts';
import { seedMathRandom } from '../../../src/train/seeded-random.ts';
import { layerNets, layerOptimizers, type LayerNet, type LayerNetName, type LayerOptimizerName } from './layer-nets.ts';
import { pageEngine } from './page-engine.ts';

const stepCount = 8;
const batchSize = 16;
const classCount = 4;

/** How far WebGPU is from the CPU. */
export interface LayerComparison {
  readonly firstLoss: number;
  readonly lastLoss: number;
  /** The largest of all steps; null where it is not a number. */
  readonly lossDifference: number | null;
  /** The largest of all weights after the last step; null where it is not a number. */
  readonly weightDifference: number | null;
  /** Tensors that came to stay after the third step on WebGPU. */
  readonly leakedTensorCount: number;
}

/** Trains a case on both backends; leaves WebGPU active. */
export async function compareLayerCase([net, optimizer]: readonly [LayerNetName, LayerOptimizerName]): Promise<LayerComparison> {
  const engine = await pageEngine();
  const expected = await train('cpu', layerNets[net], layerOptimizers[optimizer]());
  const got = await train('webgpu', layerNets[net], layerOptimizers[optimizer]());
  await engine.check();
  return {
    firstLoss: got.losses[0] ?? Number.NaN,
    lastLoss: got.losses.at(-1) ?? Number.NaN,
    lossDifference: largestDifference(got.losses, expected.losses),
    weightDifference: largestDifference(got.weights, expected.weights),
    leakedTensorCount: got.leakedTensorCount,
  };
}

async function train(backend: 'cpu' | 'webgpu', net: LayerNet, optimizer: tf.Optimizer) {
  await tf.setBackend(backend);
  seedMathRandom(1, 'model');
  const model = tf.sequential({ layers: [...net.layers(), tf.layers.dense({ units: classCount, activation: 'softmax' })] });
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const prng = createPrng(5);
  const size = batchSize * net.inputShape.reduce((product, length) => product * length, 1);
  const { vocabulary } = net;
  const x = Float32Array.from({ length: size }, () =>
    vocabulary === undefined ? prng.next() * 2 - 1 : Math.floor(prng.next() * vocabulary),
  );
  const classes = Int32Array.from({ length: batchSize }, () => Math.floor(prng.next() * classCount));
  const inputs = tf.tensor(x, [batchSize, ...net.inputShape]);
  const labels = tf.tidy(() => tf.oneHot(tf.tensor1d(classes, 'int32'), classCount).toFloat());
  const losses: number[] = [];
  const tensorCounts: number[] = [];
  for (let step = 0; step < stepCount; step++) {
    losses.push((await model.trainOnBatch(inputs, labels)) as number); // no metrics: the loss alone
    tensorCounts.push(tf.memory().numTensors);
  }
  const weights = (await Promise.all(model.getWeights().map((weight) => weight.data<'float32'>()))).flatMap((values) => [...values]);
  model.dispose();
  tf.dispose([inputs, labels]);
  return { losses, weights, leakedTensorCount: (tensorCounts.at(-1) ?? 0) - (tensorCounts[2] ?? 0) };
}

function largestDifference(got: readonly number[], expected: readonly number[]): number | null {
  if (got.length !== expected.length) return null;
  const largest = Math.max(...got.map((value, index) => Math.abs(value - (expected[index] ?? Number.NaN))));
  return Number.isNaN(largest) ? null : largest;
}
