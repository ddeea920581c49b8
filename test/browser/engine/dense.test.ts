// Dense layers of tf.layers, forward and backward, against the CPU backend, which takes tfjs's own way; and what that way does that ours does not.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { setVariantTable } from '../../../src/engine/tune/variant-table.ts';
import { tf } from '../../../src/engine/tf.ts';
import { uniform } from './op-cases/op-case.ts';

interface DenseCase {
  readonly activation: 'linear' | 'relu' | 'elu' | 'sigmoid' | 'tanh';
  readonly shape: readonly number[];
  readonly units: number;
  readonly useBias: boolean;
}

const cases: readonly DenseCase[] = [
  { activation: 'linear', shape: [9, 7], units: 5, useBias: true },
  { activation: 'relu', shape: [12, 16], units: 32, useBias: true },
  { activation: 'relu', shape: [600, 16], units: 32, useBias: true }, // more rows than one invocation sums
  { activation: 'elu', shape: [3, 4, 16], units: 32, useBias: true },
  { activation: 'sigmoid', shape: [12, 16], units: 32, useBias: false },
  { activation: 'tanh', shape: [12, 16], units: 32, useBias: true }, // not the product's to apply
];

/** The output, and the gradients by input, kernel and bias, of Σ output · weights. */
async function outcome({ activation, shape, units, useBias }: DenseCase): Promise<Float32Array[]> {
  const inner = shape.at(-1) ?? 1;
  const layer = tf.layers.dense({ units, activation, useBias });
  layer.build([...shape]);
  const weights = [tf.tensor(uniform([inner, units], 2).values, [inner, units]), tf.tensor(uniform([units], 3).values)];
  layer.setWeights(weights.slice(0, useBias ? 2 : 1));
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

describe('a dense layer', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ backend: 'webgpu' });
    // One tile for all sizes, so that they share their programs.
    const classes = ['nn', 'nt', 'tn'].flatMap((form) => ['small', 'medium'].map((size) => `matMul/${form}-${size}`));
    setVariantTable(Object.fromEntries(classes.map((key) => [key, 'wide'])));
    return () => setVariantTable({});
  });

  it.each(cases)('$activation of $shape to $units, bias $useBias: output and gradients are those of the CPU backend', async (one) => {
    await tf.setBackend('cpu');
    const expected = await outcome(one);
    await tf.setBackend('webgpu');
    const got = await outcome(one);
    await engine.check();
    expect(got.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
    expected.forEach((values, part) => {
      const largest = Math.max(...values.map(Math.abs), 1e-3);
      const worst = values.reduce((most, value, at) => Math.max(most, Math.abs(value - (got[part]?.[at] ?? Number.NaN))), 0);
      expect(worst / largest, ['output', 'input', 'kernel', 'bias'][part]).toBeLessThan(2e-4); // as in op-cases/compare-ops.ts
    });
  });

  it('keeps a NaN that reached its output in the gradient', async () => {
    const layer = tf.layers.dense({ units: 4, activation: 'relu', inputShape: [2] });
    const gradient = tf.tidy(() => tf.grad((x) => tf.sum(layer.apply(x) as tf.Tensor))(tf.tensor2d([[Number.NaN, 1]])));
    expect((await gradient.data()).every((value) => Number.isNaN(value))).toBe(true);
    gradient.dispose();
    layer.dispose();
  });

  it('computes no gradient of an input that nobody asked for: a first layer takes two products and no more', () => {
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
