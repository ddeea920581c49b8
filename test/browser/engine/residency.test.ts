// Runs every kind of op on f16-resident inputs under autocast and asks where its output lives. This also checks the enum numbers that the
// policy matches in tfjs's shader keys, and that the simulation, which goes by kernel names, decides as WebGPU does.

import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { backendNames } from '../../../src/core/device-report.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';

type Op = (x: Tensor, small: Tensor) => Tensor;

const x4 = (x: Tensor): Tensor4D => x as Tensor4D;

// x is (2, 8, 8, 8), small is (8).
const flows: Readonly<Record<string, Op>> = {
  relu: (x) => tf.relu(x),
  relu6: (x) => tf.relu6(x),
  elu: (x) => tf.elu(x),
  leakyRelu: (x) => tf.leakyRelu(x, 0.2),
  sigmoid: (x) => tf.sigmoid(x),
  tanh: (x) => tf.tanh(x),
  neg: (x) => tf.neg(x),
  abs: (x) => tf.abs(x),
  sign: (x) => tf.sign(x),
  step: (x) => tf.step(x),
  'gradient of relu': (x) => tf.grad((input: Tensor) => tf.relu(input))(x, x),
  'gradient of maxPool': (x) => tf.grad((input: Tensor) => tf.maxPool(x4(input), 2, 2, 'valid'))(x, tf.maxPool(x4(x), 2, 2, 'valid')),
  'gradient of avgPool': (x) => tf.grad((input: Tensor) => tf.avgPool(x4(input), 2, 2, 'valid'))(x, tf.avgPool(x4(x), 2, 2, 'valid')),
  'bias add': (x, small) => tf.add(x, small),
  'add of two': (x) => tf.add(x, x),
  sub: (x, small) => tf.sub(x, small),
  mul: (x, small) => tf.mul(x, small),
  'mul by an integer mask': (x) => tf.mul(x, tf.cast(tf.greater(x, 0), 'int32')),
  div: (x) => tf.div(x, 3),
  maximum: (x) => tf.maximum(x, 0.5),
  minimum: (x) => tf.minimum(x, 0.5),
  prelu: (x, small) => tf.prelu(x, small),
  maxPool: (x) => tf.maxPool(x as Tensor4D, 2, 2, 'valid'),
  avgPool: (x) => tf.avgPool(x as Tensor4D, 2, 2, 'valid'),
  transpose: (x) => tf.transpose(x, [0, 3, 1, 2]),
  concat: (x) => tf.concat([x, x], 3),
  slice: (x) => tf.slice(x, [0, 1, 1, 0], [2, 4, 4, 8]),
  pad: (x) =>
    tf.pad(x, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]),
  reshape: (x) => tf.reshape(x, [2, 512]),
  matMul: (x) => tf.matMul(tf.reshape(x, [32, 32]), tf.reshape(x, [32, 32])),
  'matMul, second transposed': (x) => tf.matMul(tf.reshape(x, [32, 32]), tf.reshape(x, [32, 32]), false, true),
  conv2d: (x) => tf.conv2d(x as Tensor4D, tf.ones([3, 3, 8, 8]), 1, 'same'),
  'depthwise, stride 2': (x) => tf.depthwiseConv2d(x as Tensor4D, tf.ones([3, 3, 8, 1]), 2, 'same'),
  'depthwise, multiplier 2': (x) => tf.depthwiseConv2d(x as Tensor4D, tf.ones([3, 3, 8, 2]), 1, 'same'),
  depthwise: (x) => tf.depthwiseConv2d(x as Tensor4D, tf.ones([3, 3, 8, 1]), 1, 'same'),
};

const filterGradient = (op: (x: Tensor4D, filter: Tensor4D) => Tensor, shape: [number, number, number, number]): Op => {
  return (x) => tf.grad((filter: Tensor) => op(x4(x), filter as Tensor4D))(tf.ones(shape));
};

const keeps: Readonly<Record<string, Op>> = {
  'sum over an axis': (x) => tf.sum(x, 3),
  mean: (x) => tf.mean(x, 0),
  exp: (x) => tf.exp(x),
  log: (x) => tf.log(tf.add(tf.abs(x), 1)),
  square: (x) => tf.square(x),
  pow: (x) => tf.pow(x, 2),
  squaredDifference: (x, small) => tf.squaredDifference(x, small),
  softmax: (x) => tf.softmax(x),
  'matMul, first transposed: the gradient of weights': (x) => tf.matMul(tf.reshape(x, [32, 32]), tf.reshape(x, [32, 32]), true, false),
  'the gradient of filters': filterGradient((x, filter) => tf.conv2d(x, filter, 1, 'same'), [3, 3, 8, 8]),
  'the gradient of depthwise filters': filterGradient((x, filter) => tf.depthwiseConv2d(x, filter, 1, 'same'), [3, 3, 8, 1]),
  'a large f32 operand': (x) => tf.add(x, tf.ones(x.shape)),
  'fewer than 64 values': (x) => tf.relu(tf.slice(x, [0, 0, 0, 0], [1, 1, 1, 8])),
};

describe.each(backendNames)('residency under autocast on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ backend });
  });

  const livesInF16 = (op: Op): boolean =>
    tf.tidy(() => {
      const x = engine.toF16(tf.ones([2, 8, 8, 8]));
      return engine.isF16(engine.autocast(() => op(x, tf.ones([8]))));
    });

  it.each(Object.entries(flows))('%s stays in f16', (_, op) => {
    expect(livesInF16(op)).toBe(true);
  });

  it.each(Object.entries(keeps))('%s stays in f32', (_, op) => {
    expect(livesInF16(op)).toBe(false);
  });

  it('makes nothing in f16 outside the scope, inside fullPrecision, or after a throw', () => {
    const a = tf.ones<tf.Rank.R2>([64, 64]);
    const isF16 = (): boolean => engine.isF16(tf.matMul(a, a));
    expect(isF16()).toBe(false);
    expect(engine.autocast(isF16)).toBe(true);
    expect(engine.autocast(() => engine.fullPrecision(isF16))).toBe(false);
    expect(() => engine.autocast(() => tf.matMul(a, tf.ones<tf.Rank.R2>([3, 3])))).toThrow('inner shapes');
    expect(isF16()).toBe(false);
  });

  it('leaves no tensor and no buffer behind', () => {
    const x = tf.randomNormal<tf.Rank.R2>([64, 64]);
    const run = (): void => tf.tidy(() => void engine.autocast(() => tf.relu(tf.matMul(x, x))));
    run();
    const before = [tf.memory().numTensors, tf.backend().numDataIds()];
    run();
    expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual(before);
  });

  it('refuses an asynchronous function, whose later ops would run outside the scope', () => {
    expect(() => engine.autocast(() => Promise.resolve(1))).toThrow(expect.objectContaining({ code: 'program-invalid' }));
  });
});

describe('f16 buffers on WebGPU', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ backend: 'webgpu' });
  });

  it('casts a weight once per scope, whatever uses it, and drops the cast at its end', async () => {
    const weights = tf.variable(tf.ones<tf.Rank.R2>([64, 64]));
    const x = tf.ones<tf.Rank.R2>([64, 64]);
    tf.add(weights, x).dispose(); // both are on the GPU now
    await engine.sync();
    const before = engine.ledger?.liveBytes ?? NaN;
    engine.autocast(() => {
      tf.matMul(x, weights).dispose();
      engine.backend?.flush();
      const once = engine.ledger?.liveBytes;
      expect(once).toBe(before + 2 * 64 * 64 * 2); // f16 copies of x and of the weights
      tf.matMul(x, weights).dispose();
      engine.backend?.flush();
      expect(engine.ledger?.liveBytes).toBe(once);
    });
    await engine.sync();
    expect(engine.ledger?.liveBytes).toBe(before);
  });

  it('casts a weight once for several scopes in which it does not change, and other tensors once per scope', () => {
    const { backend } = engine;
    if (backend === null) throw new Error('expected WebGPU');
    const weights = tf.variable(tf.ones<tf.Rank.R2>([64, 64]));
    const cast = vi.spyOn(backend, 'toF16');
    const microStep = (): void => engine.autocast(() => tf.tidy(() => void tf.matMul(tf.ones<tf.Rank.R2>([64, 64]), weights)));
    const before = backend.numDataIds();
    backend.casts.keepingVariables(() => {
      microStep();
      microStep();
    });
    const castIds = cast.mock.calls.map(([{ dataId }]) => dataId);
    cast.mockRestore();
    expect(castIds).toHaveLength(3);
    expect(castIds.filter((dataId) => dataId === weights.dataId)).toHaveLength(1);
    expect(backend.numDataIds()).toBe(before);
    weights.dispose();
  });
});
