// Dense and convolution layers of tf.layers, forward and backward, against the CPU backend, which takes tfjs's own way; and what that way does
// that ours does not.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { setVariantTable } from '../../../src/engine/tune/variant-table.ts';
import { tf } from '../../../src/engine/tf.ts';
import { uniform } from './op-cases/op-case.ts';

type Activation = 'linear' | 'relu' | 'elu' | 'sigmoid' | 'tanh';

interface LayerCase {
  readonly name: string;
  readonly shape: readonly number[];
  readonly create: () => tf.layers.Layer;
}

function dense(activation: Activation, shape: readonly number[], units: number, useBias = true): LayerCase {
  const name = `dense, ${activation} of ${shape.join(' × ')} to ${units}, bias ${useBias}`;
  return { name, shape, create: () => tf.layers.dense({ units, activation, useBias }) };
}

function conv2d(
  activation: Activation,
  shape: readonly number[],
  filters: number,
  more: Partial<Parameters<typeof tf.layers.conv2d>[0]> = {},
): LayerCase {
  const name = `conv2d, ${activation} of ${shape.join(' × ')} to ${filters}, ${JSON.stringify(more)}`;
  return { name, shape, create: () => tf.layers.conv2d({ filters, kernelSize: 3, activation, ...more }) };
}

const cases: readonly LayerCase[] = [
  dense('linear', [9, 7], 5),
  dense('relu', [12, 16], 32),
  dense('relu', [600, 16], 32), // more rows than one invocation sums
  dense('elu', [3, 4, 16], 32),
  dense('sigmoid', [12, 16], 32, false),
  dense('tanh', [12, 16], 32), // not the product's to apply
  conv2d('relu', [2, 9, 8, 3], 8, { padding: 'same' }),
  conv2d('elu', [2, 9, 8, 4], 6, { strides: 2 }),
  conv2d('linear', [2, 6, 6, 4], 8, { kernelSize: 1 }), // a matrix product over channels
  conv2d('tanh', [2, 6, 6, 3], 8, { useBias: false }),
  conv2d('relu', [2, 9, 9, 3], 4, { dilationRate: 2 }), // tfjs's own way
];

/** The output, and the gradients by input, kernel and bias, of Σ output · weights. */
async function outcome({ shape, create }: LayerCase): Promise<Float32Array[]> {
  const layer = create();
  layer.build([...shape]);
  const weights = layer.weights.map((weight, index) => tf.tensor(uniform(known(weight.shape), 2 + index).values, known(weight.shape)));
  layer.setWeights(weights);
  const tensors = tf.tidy(() => {
    const x = tf.tensor(uniform(shape, 1).values, [...shape]);
    const output = layer.apply(x) as tf.Tensor; // one input
    const factors = tf.tensor(uniform([output.size], 4).values, output.shape);
    const weighted = (at: tf.Tensor) => tf.sum<tf.Scalar>(tf.mul(layer.apply(at) as tf.Tensor, factors));
    const { grads } = tf.variableGrads(() => weighted(x));
    const ofWeights = layer.trainableWeights
      .map((weight) => grads[(weight.read() as tf.Variable).name])
      .filter((grad) => grad !== undefined);
    return [output, tf.grad(weighted)(x), ...ofWeights];
  });
  const values = await Promise.all(tensors.map(async (tensor) => Float32Array.from(await tensor.data())));
  tf.dispose([tensors, weights, layer.weights.map((weight) => weight.read())]);
  return values;
}

function known(shape: readonly (number | null)[]): number[] {
  return shape.map((size) => size ?? 1);
}

describe('a layer', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ backend: 'webgpu' });
    // One tile for all sizes, so that they share their programs.
    const classes = ['nn', 'nt', 'tn'].flatMap((form) => ['small', 'medium'].map((size) => `matMul/${form}-${size}`));
    setVariantTable(Object.fromEntries(classes.map((key) => [key, 'wide'])));
    return () => setVariantTable({});
  });

  it.each(cases)('$name: output and gradients are those of the CPU backend', async (one) => {
    await tf.setBackend('cpu');
    const expected = await outcome(one);
    await tf.setBackend('webgpu');
    const got = await outcome(one);
    await engine.check();
    expect(got.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
    expected.forEach((values, part) => {
      const largest = Math.max(...values.map(Math.abs), 1e-3);
      const worst = values.reduce((most, value, at) => Math.max(most, Math.abs(value - (got[part]?.[at] ?? Number.NaN))), 0);
      expect(worst / largest, ['output', 'input', 'kernel', 'bias'][part]).toBeLessThan(2e-4); // as in op-cases/op-comparison.ts
    });
  });

  it('keeps a NaN that reached its output in the gradient', async () => {
    const layer = tf.layers.dense({ units: 4, activation: 'relu', inputShape: [2] });
    const gradient = tf.tidy(() => tf.grad((x) => tf.sum(layer.apply(x) as tf.Tensor))(tf.tensor2d([[Number.NaN, 1]])));
    expect((await gradient.data()).every((value) => Number.isNaN(value))).toBe(true);
    gradient.dispose();
    layer.dispose();
  });

  it('computes no gradient of an input that nobody asked for: a first dense layer takes two products and no more', () => {
    const layer = tf.layers.dense({ units: 4 });
    layer.build([8, 8]);
    const { backend } = engine;
    if (backend === null) throw new Error('no WebGPU');
    const programs = vi.spyOn(backend, 'runWebGPUProgram');
    tf.tidy(() => {
      const x = tf.ones([8, 8]);
      tf.variableGrads(() => tf.sum<tf.Scalar>(layer.apply(x) as tf.Tensor));
    });
    const products = programs.mock.calls.filter(([{ shaderKey }]) => shaderKey.startsWith('matMul'));
    programs.mockRestore();
    expect(products).toHaveLength(2);
  });
});
