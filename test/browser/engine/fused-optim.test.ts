// Plan: updates in place agree with tfjs's own ops, whatever the sizes; they are few dispatches; nobody who holds another reference to a weight,
// or who is reading it, sees it change; what is unusual goes to tfjs; clipping adds up over all gradients; a NaN stays one.

import type { Tensor, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPrng } from '../../../src/core/prng.ts';
import type { LockstepBackend } from '../../../src/engine/backend/lockstep-backend.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { applyTimes } from '../../../src/engine/optim/apply-gradients.ts';
import { createOptimizer, withStepOptions } from '../../../src/engine/optim/create-optimizer.ts';
import type { OptimizerSpec } from '../../../src/engine/optim/optimizer-spec.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { readWeights } from '../../../src/engine/weights-hash.ts';

/**
 * Seven weights, more than one dispatch of the norm takes; 2,101 values are three chunks of it. None can be taken by fours: those of
 * optim.test.ts can.
 */
const shapes = [[1], [7], [3, 5], [9, 3, 2], [2101], [2], [65]];
const stepCount = 5;

function randomValues(size: number, seed: number): Float32Array {
  const prng = createPrng(seed);
  return Float32Array.from({ length: size }, () => prng.next() * 2 - 1);
}

function seeded(shape: number[], seed: number): Tensor {
  return tf.tensor(randomValues(tf.util.sizeFromShape(shape), seed), shape);
}

function createWeights(): Variable[] {
  return shapes.map((shape, index) => tf.tidy(() => tf.variable(seeded(shape, index))));
}

function gradientsAt(weights: readonly Variable[], step: number): Record<string, Tensor> {
  return Object.fromEntries(weights.map((weight, index) => [weight.name, seeded(weight.shape, 100 * step + index)]));
}

async function train(spec: OptimizerSpec): Promise<Float32Array[]> {
  const weights = createWeights();
  const optimizer = createOptimizer(spec);
  for (let step = 1; step <= stepCount; step++) tf.tidy(() => optimizer.applyGradients(gradientsAt(weights, step)));
  const values = await readWeights(weights);
  tf.dispose(weights);
  optimizer.dispose();
  return values;
}

/** Of one synchronous function. */
function dispatchesOf(backend: LockstepBackend, run: () => void): number {
  let count = 0;
  const [dispatch, runProgram] = [backend.dispatch, backend.runWebGPUProgram];
  backend.dispatch = (call) => {
    count++;
    dispatch.call(backend, call);
  };
  backend.runWebGPUProgram = (...args) => {
    count++;
    return runProgram.apply(backend, args);
  };
  try {
    run();
  } finally {
    Object.assign(backend, { dispatch, runWebGPUProgram: runProgram });
  }
  return count;
}

const specs: readonly OptimizerSpec[] = [
  { name: 'sgd', learningRate: 0.1 },
  { name: 'momentum', learningRate: 0.1 },
  { name: 'momentum', learningRate: 0.1, useNesterov: true },
  { name: 'adam', learningRate: 0.01 },
  { name: 'adamW', learningRate: 0.01, weightDecay: 0.1 },
  { name: 'adamax', learningRate: 0.01 },
  { name: 'rmsprop', learningRate: 0.01, momentum: 0.5 },
  { name: 'rmsprop', learningRate: 0.01, centered: true },
  { name: 'adagrad', learningRate: 0.1 },
  { name: 'adadelta', learningRate: 1 },
  { name: 'adam', learningRate: 0.01, clipNorm: 1, schedule: 'cosine', decaySteps: 10, warmupSteps: 2 },
  { name: 'sgd', learningRate: 0.1, clipValue: 0.3 },
];

describe('an update in place', () => {
  let engine: Engine;
  let backend: LockstepBackend;
  const expected = new Map<OptimizerSpec, Float32Array[]>();

  beforeAll(async () => {
    await startEngine({ backend: 'cpu' });
    for (const spec of specs) expected.set(spec, await train(spec));
    engine = await startEngine({ backend: 'webgpu' });
    if (engine.backend === null) throw new Error('asked for by name');
    ({ backend } = engine);
  });

  it.each(specs.map((spec) => [spec] as const))('agrees with the ops of the CPU backend: %j', async (spec) => {
    const values = await train(spec);
    const worst = values.map((weight, index) =>
      weight.reduce((most, value, at) => Math.max(most, Math.abs(value - (expected.get(spec)?.[index]?.[at] ?? Number.NaN))), 0),
    );
    // Five steps of some ten f32 roundings each, of values up to 1.
    expect(Math.max(...worst)).toBeLessThan(3e-6);
  });

  it('takes one dispatch, and one per weight, under Adam; nothing grows', () => {
    const weights = createWeights().slice(0, 6);
    const optimizer = createOptimizer({ name: 'adam', learningRate: 0.01 });
    const gradients = gradientsAt(weights, 1);
    optimizer.applyGradients(gradients); // makes the slots
    const tensorCount = tf.memory().numTensors;
    expect(dispatchesOf(backend, () => optimizer.applyGradients(gradients))).toBe(1 + 6);
    expect(tf.memory().numTensors).toBe(tensorCount);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(tensorCount - 12 - 3); // slots, running products, hyper-parameters
  });

  it("is what model.compile('adam') and minimize take", async () => {
    const keys: string[] = [];
    const { dispatch } = backend;
    backend.dispatch = (call) => {
      keys.push(call.key);
      dispatch.call(backend, call);
    };
    try {
      const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [3], units: 2 })] });
      model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
      await model.trainOnBatch(tf.ones([4, 3]), tf.zeros([4, 2]));
      const weight = tf.variable(tf.ones([3]));
      tf.train.adagrad(0.1).minimize(() => tf.sum(tf.square(weight)).asScalar(), false, [weight]);
    } finally {
      backend.dispatch = dispatch;
    }
    expect(keys.filter((key) => key.startsWith('optim'))).toEqual([
      'optim_begin_adam',
      'optim_adam_plain_1',
      'optim_adam_plain_1',
      'optim_adagrad_plain_1',
    ]);
  });

  it('leaves alone what shares a buffer with the weight, and what is being read', async () => {
    const start = tf.tensor1d([1, 2, 3]);
    const weight = tf.variable(start);
    const optimizer = tf.train.sgd(1);
    const step = () => tf.tidy(() => optimizer.applyGradients({ [weight.name]: tf.ones([3]) }));
    const clone = weight.clone();
    step();
    expect([...(await start.data())]).toEqual([1, 2, 3]);
    expect([...(await clone.data())]).toEqual([1, 2, 3]);
    const reading = weight.data();
    step();
    expect([...(await reading)]).toEqual([0, 1, 2]);
    expect([...(await weight.data())]).toEqual([-1, 0, 1]);
    step();
    expect([...(await weight.data())]).toEqual([-2, -1, 0]);
  });

  it('takes a gradient that is the weight itself', async () => {
    const weight = tf.variable(tf.tensor1d([2, 4]));
    tf.train.sgd(0.5).applyGradients({ [weight.name]: weight.clone() });
    expect([...(await weight.data())]).toEqual([1, 2]);
  });

  it('is seen by a matrix product in f16 that follows in the same scope', async () => {
    const weight = tf.variable(tf.ones([40, 40]));
    const optimizer = tf.train.sgd(1);
    const [before, after] = engine.autocast(() => {
      const product = () => tf.matMul(tf.ones<tf.Rank.R2>([40, 40]), weight);
      const first = product();
      optimizer.applyGradients({ [weight.name]: tf.ones([40, 40]) });
      return [first, product()];
    });
    expect((await before.data())[0]).toBe(40);
    expect((await after.data())[0]).toBe(0);
  });

  it('leaves what is unusual to tfjs: a gradient that broadcasts, none at all, a weight without values', async () => {
    const [one, none, empty] = [tf.tensor1d([1, 2]), tf.tensor1d([1, 2]), tf.zeros([0])].map((tensor) => tf.variable(tensor));
    if (one === undefined || none === undefined || empty === undefined) throw new Error('there are three');
    const optimizer: tf.Optimizer = tf.train.momentum(1, 0.5);
    tf.tidy(() => optimizer.applyGradients({ [one.name]: tf.scalar(1), [empty.name]: tf.zeros([0]) }));
    // tfjs's own typings leave out what its `minimize` passes for a weight without a gradient.
    tf.tidy(() =>
      optimizer.applyGradients([
        { name: one.name, tensor: tf.ones([2]) },
        { name: none.name, tensor: null },
      ] as unknown as tf.NamedTensorMap),
    );
    expect([...(await one.data())]).toEqual([1 - 1 - 1.5, 2 - 1 - 1.5]);
    expect([...(await none.data())]).toEqual([1, 2]);
  });

  it('takes the weights that tfjs gives back, and goes on with the same bits', async () => {
    const [left, right] = [createWeights(), createWeights()];
    const first = createOptimizer({ name: 'rmsprop', learningRate: 0.01, momentum: 0.9 });
    for (const step of [1, 2]) tf.tidy(() => first.applyGradients(gradientsAt(left, step)));
    const second = createOptimizer({ name: 'rmsprop', learningRate: 0.01, momentum: 0.9 });
    await second.setWeights(await first.getWeights());
    right.forEach((weight, index) => weight.assign(left[index] ?? weight));
    for (const [optimizer, weights] of [
      [first, left],
      [second, right],
    ] as const)
      tf.tidy(() => optimizer.applyGradients(gradientsAt(weights, 3)));
    expect(await readWeights(right)).toEqual(await readWeights(left));
  });

  it('shortens gradients by the norm of all of them, in f32 as in f64', async () => {
    const weights = createWeights();
    const before = await readWeights(weights);
    const gradients = gradientsAt(weights, 9);
    const values = await readWeights(Object.values(gradients) as Variable[]); // only read
    const norm = Math.sqrt(values.reduce((sum, gradient) => gradient.reduce((part, value) => part + value * value, sum), 0));
    withStepOptions(tf.train.sgd(1), { clipNorm: 2 }).applyGradients(gradients);
    const after = await readWeights(weights);
    after.forEach((weight, index) => {
      weight.forEach((value, at) => {
        const wanted = (before[index]?.[at] ?? 0) - ((values[index]?.[at] ?? 0) * 2) / norm;
        expect(Math.abs(value - wanted)).toBeLessThan(1e-6);
      });
    });
  });

  it('takes off a loss scale before it clips, and keeps a NaN', async () => {
    const weights = [tf.variable(tf.zeros([3])), tf.variable(tf.zeros([2]))] as const;
    const optimizer = withStepOptions(tf.train.sgd(1), { clipValue: 2 });
    const gradients = { [weights[0].name]: tf.tensor1d([1024, -8192, NaN]), [weights[1].name]: tf.tensor1d([0, 2048]) };
    applyTimes(optimizer, gradients, 1 / 1024);
    expect((await readWeights(weights)).map((values) => [...values])).toEqual([
      [-1, 2, NaN],
      [0, -2],
    ]);
  });
});
