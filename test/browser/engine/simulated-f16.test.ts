// f16 simulated on WebGL and on the CPU: rounding bit for bit as core/float16.ts does it, single ops against float64, and whole trainings
// against packed f16 on WebGPU, which stores what the simulation only rounds.

import type { Tensor2D } from '@tensorflow/tfjs';
import { describe, expect, inject, it } from 'vitest';
import { firstDifference } from '../../../src/cli/reference/compare-fields.ts';
import { trainRounded } from '../../../src/cli/reference/families/rounded-mlp.ts';
import { roundToFloat16 } from '../../../src/core/float16.ts';
import { createPrng } from '../../../src/core/prng.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import cases from '../../reference/precision-modes.json' with { type: 'json' };
import { createCnn, createMlp, type TestModel } from './models.ts';
import { trainSteps } from './train-steps.ts';

const backends = ['webgl', 'cpu'] as const;

/** Every f32 exponent with the fractions where rounding turns: ties, just beside them, all ones; both signs. */
function turningPoints(): Float32Array {
  const fractions = [0, 1, 0xfff, 0x1000, 0x1001, 0x1fff, 0x2000, 0x3000, 0x3001, 0x400000, 0x600000, 0x7fefff, 0x7ff000, 0x7fffff];
  const words: number[] = [];
  for (let exponent = 1; exponent < 255; exponent++)
    for (const fraction of fractions) for (const sign of [0, 0x80000000]) words.push((sign | (exponent << 23) | fraction) >>> 0);
  return new Float32Array(Uint32Array.from(words).buffer);
}

/** SwiftShader takes up to a second a step. */
const stepCount = inject('adapter') === 'swiftshader' ? 3 : 10;

describe.each(backends)('simulated f16 on %s', (backend) => {
  it('rounds every kind of value bit for bit as IEEE 754 says', async () => {
    const engine = await startEngine({ backend });
    const values = turningPoints();
    for (const shape of [[values.length], [2, values.length / 2], [4, 7, values.length / 28]]) {
      const rounded = await engine.toF16(tf.tensor(values, shape)).data<'float32'>();
      expect(Array.from(rounded)).toEqual(Array.from(values, roundToFloat16));
    }
    const special = await engine.toF16(tf.tensor1d([Infinity, -Infinity, NaN, 0])).data<'float32'>();
    expect(Array.from(special)).toEqual([Infinity, -Infinity, NaN, 0]);
  });

  it('rounds what a packed texture holds as well', async () => {
    const engine = await startEngine({ backend });
    const a = tf.tensor(
      Float32Array.from({ length: 35 * 21 }, (_, index) => (index % 97) * 1.0001),
      [35, 21],
    );
    const product = tf.matMul(a, tf.eye(21)); // matrix products leave packed textures on WebGL
    const rounded = await engine.toF16(product).data<'float32'>();
    expect(Array.from(rounded)).toEqual(Array.from(await product.data<'float32'>(), roundToFloat16));
  });

  it('multiplies matrices as float64 does with rounded inputs and a rounded output, within one step of f16', async () => {
    const engine = await startEngine({ backend });
    const n = 48;
    const prng = createPrng(5);
    const [a, b] = [0, 1].map(() => Float32Array.from({ length: n * n }, () => prng.normal())) as [Float32Array, Float32Array]; // map loses the tuple's length
    const product = engine.autocast(() => tf.matMul(tf.tensor2d(a, [n, n]), tf.tensor2d(b, [n, n])));
    expect(engine.isF16(product)).toBe(true);
    const got = await product.data<'float32'>();
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        let sum = 0;
        for (let inner = 0; inner < n; inner++) sum += roundToFloat16(a[row * n + inner] ?? 0) * roundToFloat16(b[inner * n + column] ?? 0);
        const value = got[row * n + column] ?? NaN;
        expect(value).toBe(roundToFloat16(value)); // it is an f16
        // An f32 sum may fall on the other side of a tie: one step of f16, which is 2^-10 of the value at most.
        expect(Math.abs(value - roundToFloat16(sum))).toBeLessThanOrEqual(2 ** -10 * Math.abs(sum) + 1e-6);
      }
    }
  });

  it('overflows to infinity where f16 does, so that the loss scaler sees it', async () => {
    const engine = await startEngine({ backend });
    const big = tf.mul<Tensor2D>(tf.ones([40, 40]), 300);
    const product = engine.autocast(() => tf.matMul(big, big)); // 40 · 90,000 is beyond 65,504
    expect((await product.data())[0]).toBe(Infinity);
  });

  it('rounds to bf16 where a bf16 lane would store it, as NumPy does', async () => {
    const given = cases.find(({ id }) => id === 'modes/bf16-mlp');
    if (given === undefined) throw new Error('no such case');
    const { seed = 0, learningRate = 0, steps = 0 } = given.input;
    const got = await trainRounded(await startEngine({ backend }), 'bf16', { seed, learningRate, steps });
    expect(firstDifference(got, given.expected, given.tol)).toBe(null);
  });

  // Packed programs are the same on every adapter: the one that is slow to compile them compares one model.
  it.each([
    ['an MLP', () => createMlp([64]), 32, 20] as const,
    ...(inject('hasShaderF16') ? [['a CNN', () => createCnn(14), 4, 1] as const] : []),
  ])('trains %s as packed f16 on WebGPU does', async (_, create: () => TestModel, batchSize, batchCount) => {
    const packedEngine = await startEngine({ backend: 'webgpu', f16: 'packed' });
    const packed = await trainSteps(packedEngine, create(), 'fp16', stepCount, batchSize, batchCount);
    const f32 = await trainSteps(packedEngine, create(), 'fp32', stepCount, batchSize, batchCount);
    const simulated = await trainSteps(await startEngine({ backend }), create(), 'fp16', stepCount, batchSize, batchCount);
    const apart = (other: readonly number[]): number =>
      Math.max(...packed.losses.map((loss, step) => Math.abs(loss - (other[step] ?? NaN))));
    console.info(
      `${backend}: simulated − packed ${apart(simulated.losses).toExponential(1)}, f32 − packed ${apart(f32.losses).toExponential(1)}`,
    );
    // Both round at the same places; sums in another order fall on the other side of a tie now and then. Rounding not at all differs by more.
    expect(apart(simulated.losses)).toBeLessThan(1e-3);
    expect(apart(f32.losses)).toBeGreaterThan(0);
    expect(simulated.scaler.state).toEqual(packed.scaler.state);
  });
});
