// TensorFlow.js as it comes: its own WebGPU backend on a device of its own, its own defaults and optimizer, `optimizer.minimize` on
// a model of tf.layers. It also makes the starting point of every model, as a lane's first rank would.

import { tf } from '../../../src/engine/tf.ts';
import { buildModel } from '../../../src/train/build-model.ts';
import type { Experiment } from '../../../src/train/experiment.ts';
import { seedMathRandom } from '../../../src/train/seeded-random.ts';
import { programOf } from '../models.ts';
import { adapterText } from './adapter-text.ts';
import { batchesOf } from './batches.ts';
import type { Side, StartingPoint, Trainee } from './side.ts';
import { startStockBackend } from './stock-backend.ts';
import { productMs } from './tf-product.ts';

/** Starts tfjs's own backend. Throws where it has no WebGPU. */
export async function openSide(): Promise<Side> {
  await startStockBackend();
  return {
    adapter: await adapterText(),
    async prepare(model) {
      const spec = await programOf(model);
      const { start, variables, layers } = await startingPointOf(spec);
      return { trainee: traineeOf(spec, layers, variables, start), start };
    },
    productMs,
  };
}

/** Data and weights in the order in which a lane's first rank draws them. */
async function startingPointOf(spec: Experiment) {
  seedMathRandom(spec.seed, 'data');
  const { x, y } = (await spec.data()).train;
  seedMathRandom(spec.seed, 'model');
  const xRowShape = x.shape.slice(1);
  const { model, variables } = await buildModel(spec, xRowShape);
  const start: StartingPoint = {
    x: Float32Array.from(await x.data()),
    y: Float32Array.from(await y.data()),
    rowCount: x.shape[0] ?? 0,
    xRowShape,
    yRowShape: y.shape.slice(1),
    weights: await Promise.all(variables.map(async (weight) => ({ shape: weight.shape, values: Float32Array.from(await weight.data()) }))),
    batch: spec.globalBatch,
    seed: spec.seed,
  };
  tf.dispose([x, y]);
  return { start, variables, layers: model };
}

function traineeOf(spec: Experiment, layers: tf.LayersModel, variables: readonly tf.Variable[], start: StartingPoint): Trainee {
  const optimizer = adamOf(spec);
  const nextBatch = batchesOf(start);
  const step = (): tf.Scalar =>
    tf.tidy(() => {
      const batch = nextBatch();
      const x = tf.tensor(batch.x, [start.batch, ...start.xRowShape]);
      const y = tf.tensor(batch.y, [start.batch, ...start.yRowShape]);
      // One output, checked by buildModel.
      const lossOf = () => tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(y, layers.apply(x, { training: true }) as tf.Tensor);
      const loss = optimizer.minimize(lossOf, true, [...variables]);
      if (loss === null) throw new Error('stock: expected minimize to return the loss, got null.');
      return loss;
    });
  return {
    async train(stepCount) {
      for (let left = stepCount; left > 1; left--) step().dispose();
      const last = step();
      const [loss = Number.NaN] = await last.data<'float32'>(); // submits what is recorded, the update too, and waits for it
      last.dispose();
      return loss;
    },
    execution: () => 'eager',
    dispose() {
      layers.dispose();
      optimizer.dispose();
      return Promise.resolve();
    },
  };
}

/** tfjs's own Adam. */
function adamOf({ optimizer, title }: Experiment): tf.Optimizer {
  if (typeof optimizer === 'function' || optimizer.name !== 'adam') throw new Error(`bench: expected ${title} to name adam.`);
  return tf.train.adam(optimizer.learningRate, 0.9, 0.999, optimizer.epsilon);
}
