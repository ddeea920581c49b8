// What fp16 costs in accuracy and saves in memory. Bounds are twice to three times what was measured on llvmpipe and SwiftShader.

import type { Rank, Tensor2D } from '@tensorflow/tfjs';
import { describe, expect, inject, it } from 'vitest';
import { mean } from '../../../src/core/stats.ts';
import { createPrng } from '../../../src/core/prng.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { createCnn, createMlp, type TestModel } from './models.ts';
import { trainSteps } from './train-steps.ts';

const storages = inject('hasShaderF16') ? (['native', 'packed'] as const) : (['packed'] as const);

describe.each(storages)('autocast in %s f16', (storage) => {
  it('multiplies matrices with a relative RMS error of about 2.6e-4, whatever the size', async () => {
    const engine = await startEngine({ f16: storage });
    const { tf } = engine;
    for (const size of [64, 192]) {
      const prng = createPrng(size);
      const [a, b] = [0, 1].map(() =>
        tf.tensor(
          Float32Array.from({ length: size * size }, () => prng.normal()),
          [size, size],
        ),
      ) as [Tensor2D, Tensor2D]; // map loses the tuple's length
      const product = engine.autocast(() => tf.matMul(a, b));
      expect(engine.backend?.isF16(product)).toBe(true);
      const error = relativeRms(await product.data<'float32'>(), exactProduct(await a.data<'float32'>(), await b.data<'float32'>(), size));
      // Inputs and output are rounded to 2^-11 at most, uniformly: RMS of three such roundings is 2.9e-4; f32 sums add nothing visible.
      expect(error).toBeGreaterThan(1e-4);
      expect(error).toBeLessThan(4e-4);
      tf.dispose([a, b, product]);
    }
  });

  it('compiles the cast behind a program that cannot store f16 for itself, be it the first thing that is cast', async () => {
    const { tf, ...engine } = await startEngine({ f16: storage }); // no self-test, which casts
    const x = tf.ones<Rank.R2>([8, 16]);
    const negative = engine.autocast(() => tf.neg(tf.matMul(x, x, false, true)));
    expect(engine.isF16(negative)).toBe(true);
    expect(new Set(await negative.data())).toEqual(new Set([-16]));
  });

  it('keeps the gradients of weights, reductions and losses in f32', async () => {
    const engine = await startEngine({ f16: storage });
    const { tf } = engine;
    const model = createMlp([128]);
    const x = tf.randomUniform([64, 784], -1, 1, 'float32', 1);
    const y = tf
      .oneHot(
        tf.tensor1d(
          Int32Array.from({ length: 64 }, (_, row) => row % 10),
          'int32',
        ),
        10,
      )
      .toFloat();
    const { value, grads } = engine.autocast(() => tf.variableGrads(() => model.loss(x, y), [...model.variables]));
    expect([value, ...Object.values(grads)].map((tensor) => engine.backend?.isF16(tensor))).toEqual([false, false, false, false, false]);
  });

  // Fewer where a step takes a second.
  const stepCount = inject('hasShaderF16') ? 20 : 10;

  it.each([
    // Measured 1.7e-4, while the loss falls from 2.4 to 0.5.
    ['an MLP', () => createMlp([64]), 32, 20, 3e-3],
    // Max-pooling turns a rounding into another argmax now and then, so a CNN wanders further: measured 4.7e-4 here, 3.5e-3 at 28×28 and batch 16.
    ['a CNN', () => createCnn(14), 4, 1, 1e-2],
  ] as const)('trains %s with losses close to f32', async (_, create: () => TestModel, batchSize, batchCount, bound) => {
    const reference = await startEngine({ f16: storage });
    const f32 = await trainSteps(reference, create(), 'fp32', stepCount, batchSize, batchCount);
    const engine = await startEngine({ f16: storage });
    const f16 = await trainSteps(engine, create(), 'fp16', stepCount, batchSize, batchCount);
    const differences = f32.losses.map((loss, step) => Math.abs(loss - (f16.losses[step] ?? NaN)));
    expect(mean(f32.losses.slice(-5))).toBeLessThan(mean(f32.losses.slice(0, 5))); // it learns
    expect(Math.max(...differences)).toBeGreaterThan(0); // f16 really took part
    expect(Math.max(...differences)).toBeLessThan(bound);
    expect(f16.scaler.state).toEqual({ scale: 65536, growthTracker: stepCount, skippedSteps: 0 });
  });
});

/** Row-major (n, n) × (n, n) in float64. */
function exactProduct(a: Float32Array, b: Float32Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let inner = 0; inner < n; inner++) {
      const factor = a[row * n + inner] ?? 0;
      for (let column = 0; column < n; column++)
        product[row * n + column] = (product[row * n + column] ?? 0) + factor * (b[inner * n + column] ?? 0);
    }
  }
  return product;
}

function relativeRms(got: Float32Array, expected: Float64Array): number {
  let error = 0;
  let magnitude = 0;
  expected.forEach((value, index) => {
    error += ((got[index] ?? NaN) - value) ** 2;
    magnitude += value ** 2;
  });
  return Math.sqrt(error / magnitude);
}
