// Cross-entropy and its gradient against the formulas in float64, and the ways in which it is not ours to compute.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { uniform } from './op-cases/op-case.ts';

const kinds = ['softmax', 'sigmoid'] as const;
type Kind = (typeof kinds)[number];

/** The mean loss and its gradient by the logits. */
function reference(kind: Kind, labels: Float32Array, logits: Float32Array, classes: number): { loss: number; gradient: Float64Array } {
  const [size, rows] = [logits.length, logits.length / classes];
  const gradient = new Float64Array(size);
  let sum = 0;
  for (let at = 0; at < size; at++) {
    const [y, z] = [labels[at] ?? 0, logits[at] ?? 0];
    if (kind === 'sigmoid') {
      sum += Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)));
      gradient[at] = (1 / (1 + Math.exp(-z)) - y) / size;
      continue;
    }
    const start = at - (at % classes);
    const row = logits.subarray(start, start + classes);
    const largest = Math.max(...row);
    const logTotal = largest + Math.log(row.reduce((total, value) => total + Math.exp(value - largest), 0));
    sum += y * (logTotal - z);
    gradient[at] = (Math.exp(z - logTotal) - y) / rows;
  }
  return { loss: sum / (kind === 'softmax' ? rows : size), gradient };
}

function oneHot(rows: number, classes: number): Float32Array {
  return Float32Array.from({ length: rows * classes }, (_, at) => (at % classes === (Math.floor(at / classes) * 7) % classes ? 1 : 0));
}

describe('mean cross-entropy', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ backend: 'webgpu' });
  });

  const lossOf = (kind: Kind) => (kind === 'softmax' ? tf.losses.softmaxCrossEntropy : tf.losses.sigmoidCrossEntropy);

  const measure = async (kind: Kind, labels: tf.Tensor, logits: tf.Tensor) => {
    const { value, grad } = tf.valueAndGrad((z) => lossOf(kind)<tf.Tensor, tf.Scalar>(labels, z).mul(3))(logits);
    const found = { loss: (await value.data())[0] ?? Number.NaN, gradient: await grad.data<'float32'>(), shape: grad.shape };
    tf.dispose([value, grad]);
    await engine.check();
    return found;
  };

  it.each(
    kinds.flatMap((kind) =>
      [
        [1, 1],
        [7, 10],
        [130, 3],
        [3, 65],
        [2, 3, 5],
      ].flatMap((shape) => [1, 60].map((scale) => [kind, shape, scale] as const)),
    ),
  )('%s of logits %j up to %d, and its gradient, are those of float64', async (kind, shape, scale) => {
    const classes = shape.at(-1) ?? 1;
    const logits = uniform(shape, 7, scale).values;
    const labels = oneHot(logits.length / classes, classes);
    const expected = reference(kind, labels, logits, classes);
    const got = await measure(kind, tf.tensor(labels, shape), tf.tensor(logits, shape));
    expect(got.shape).toEqual(shape);
    // llvmpipe's exp and log are polynomials (1.2e-4 measured in logSumExp); of a loss the size of the logits.
    expect(Math.abs(got.loss - 3 * expected.loss)).toBeLessThan(3 * (2e-4 + 1e-6 * scale));
    const worst = expected.gradient.reduce((most, value, at) => Math.max(most, Math.abs((got.gradient[at] ?? Number.NaN) - 3 * value)), 0);
    expect(worst / (3 / (kind === 'softmax' ? logits.length / classes : logits.length))).toBeLessThan(2e-4);
  });

  it.each(kinds)('%s takes integer labels, and logits that live in f16', async (kind) => {
    const [rows, classes] = [12, 10];
    const labels = oneHot(rows, classes);
    const narrow = engine.toF16(tf.tensor(uniform([rows * classes], 8).values, [rows, classes]));
    const expected = reference(kind, labels, await narrow.data<'float32'>(), classes);
    const got = engine.autocast(() => lossOf(kind)<tf.Tensor, tf.Scalar>(tf.tensor(labels, [rows, classes], 'int32'), narrow));
    expect(Math.abs(((await got.data())[0] ?? Number.NaN) - expected.loss)).toBeLessThan(2e-4);
  });

  it.each(kinds)(
    '%s with weights, smoothed labels or another reduction, and gradients that are not ours, are those of the CPU backend',
    async (kind) => {
      const [y, z] = [oneHot(4, 3), uniform([12], 9).values];
      const compute = () =>
        tf.tidy(() => {
          const [labels, logits] = [tf.tensor(y, [4, 3]), tf.tensor(z, [4, 3])];
          const weights = kind === 'softmax' ? tf.tensor1d([1, 0, 2, 1]) : tf.tensor2d([[1], [0], [2], [1]]);
          const loss = lossOf(kind);
          const slope = (x: tf.Tensor) => tf.grad((at) => loss<tf.Tensor, tf.Scalar>(labels, at))(x);
          return [
            loss(labels, logits, weights),
            loss(labels, logits, undefined, 0.1),
            loss(labels, logits, undefined, 0, tf.Reduction.SUM),
            // tfjs has no gradient of the softmax's gradient.
            ...(kind === 'softmax' ? [] : [tf.grad((x) => slope(x).square().sum())(logits)]),
            tf.grad((x) => loss<tf.Tensor, tf.Scalar>(x, logits))(labels),
          ];
        });
      const read = async (tensors: readonly tf.Tensor[]) =>
        (await Promise.all(tensors.map((tensor) => tensor.data()))).flatMap((values) => [...values]);
      await tf.setBackend('cpu');
      const expected = await read(compute());
      await tf.setBackend('webgpu');
      const got = await read(compute());
      expect(got.length).toBe(expected.length);
      expected.forEach((value, at) =>
        expect(Math.abs(value - (got[at] ?? Number.NaN)), `${at}`).toBeLessThan(2e-4 * Math.max(1, Math.abs(value))),
      );
    },
  );

  it('takes two programs forward and one backward', () => {
    const { backend } = engine;
    if (backend === null) throw new Error('no WebGPU');
    const spy = vi.spyOn(backend, 'runWebGPUProgram');
    tf.tidy(() => {
      const [labels, logits] = [tf.tensor(oneHot(8, 4), [8, 4]), tf.tensor(uniform([32], 1).values, [8, 4])];
      tf.grad((z) => tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(labels, z))(logits);
    });
    const keys = spy.mock.calls.map(([{ shaderKey }]) => shaderKey.split('_', 1)[0]);
    spy.mockRestore();
    expect(keys.filter((key) => key !== 'fill')).toEqual(['crossEntropyLoss', 'reduce', 'crossEntropyGradient']);
  });
});
