// Matrix products of every transpose form and every kind of edge against sums in float64, in f32 and f16-resident. The op cases (ops-dense,
// ops-fused-dense) compare the same kernels with the CPU backend, gradients included.

import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { shapeClassOf } from '../../../src/engine/kernels/matmul-variants.ts';
import { matMulShape } from '../../../src/engine/kernels/matmul-shape.ts';
import { setVariantTable } from '../../../src/engine/tune/variant-table.ts';
import { tf } from '../../../src/engine/tf.ts';
import { uniform } from './op-cases/op-case.ts';

const forms = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

/** M, K, N, and the tile: one; primes, one above and one below a tile; rows that are vectors in every buffer. */
const sizes = [
  [1, 1, 1, 'wide'],
  [33, 17, 31, 'wide'],
  [12, 32, 68, 'tall'],
] as const;

/** Σ over k in float64 of one matrix. */
function reference(a: Float32Array, b: Float32Array, [m, k, n]: readonly [number, number, number], tA: boolean, tB: boolean): Float64Array {
  const out = new Float64Array(m * n);
  for (let row = 0; row < m; row++)
    for (let column = 0; column < n; column++)
      for (let at = 0; at < k; at++)
        out[row * n + column] =
          (out[row * n + column] ?? 0) + (a[tA ? at * m + row : row * k + at] ?? 0) * (b[tB ? column * k + at : at * n + column] ?? 0);
  return out;
}

function farthest(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(got.length).toBe(expected.length);
  return Array.from(expected).reduce((most, value, at) => Math.max(most, Math.abs(value - (got[at] ?? Number.NaN))), 0);
}

describe('a matrix product', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ backend: 'webgpu' });
  });

  /** The product by that implementation. */
  const multiply = async (a: tf.Tensor, b: tf.Tensor, tA: boolean, tB: boolean, name: string): Promise<Float32Array> => {
    const shape = matMulShape(a, b, tA, tB);
    setVariantTable(shape === null ? {} : { [`matMul/${shapeClassOf(shape)}`]: name });
    const product = tf.matMul(a, b, tA, tB);
    setVariantTable({});
    const got = await product.data<'float32'>();
    product.dispose();
    await engine.check();
    return got;
  };

  it.each([
    ...forms.flatMap(([tA, tB]) => sizes.map((size) => [...size, tA, tB] as const)),
    [31, 64, 63, 'square', false, false] as const, // vectors in one operand alone
  ])('of %i × %i by %i, %s, transposed %s and %s, is the float64 sum to f32 rounding', async (m, k, n, name, tA, tB) => {
    const a = uniform(tA ? [k, m] : [m, k], 1);
    const b = uniform(tB ? [n, k] : [k, n], 2);
    const expected = reference(a.values, b.values, [m, k, n], tA, tB);
    const [x, y] = [tf.tensor(a.values, [...a.shape]), tf.tensor(b.values, [...b.shape])];
    // Products are below 1 in size; a chain of k additions rounds k times by at most 2^-24 of its partial sum.
    expect(farthest(await multiply(x, y, tA, tB, name), expected)).toBeLessThan(2 ** -23 * (k + 4));
    tf.dispose([x, y]);
  });

  it.each([
    [
      [3, 5, 8],
      [3, 8, 4],
    ],
    [
      [1, 5, 8],
      [3, 8, 4],
    ],
    [
      [5, 8],
      [2, 3, 8, 4],
    ],
    [
      [2, 3, 5, 8],
      [8, 4],
    ],
  ])('of batches %j and %j is that of the CPU backend', async (shapeA, shapeB) => {
    const [a, b] = [uniform(shapeA, 3), uniform(shapeB, 4)];
    const compute = async () => {
      const product = tf.tidy(() => tf.matMul(tf.tensor(a.values, shapeA), tf.tensor(b.values, shapeB)));
      const got = { shape: product.shape, values: await product.data<'float32'>() };
      product.dispose();
      return got;
    };
    await tf.setBackend('cpu');
    const expected = await compute();
    await tf.setBackend('webgpu');
    const got = await compute();
    expect(got.shape).toEqual(expected.shape);
    expect(farthest(got.values, expected.values)).toBeLessThan(1e-5);
  });

  it.each(forms)('transposed %s and %s: NaN and infinities reach exactly the results that they belong to', async (tA, tB) => {
    const [m, k, n] = [9, 7, 10] as const;
    const a = new Float32Array(m * k).fill(1);
    const b = new Float32Array(k * n).fill(1);
    const [nanRow, infiniteColumn, at] = [8, 9, 6];
    a[tA ? at * m + nanRow : nanRow * k + at] = Number.NaN;
    b[tB ? infiniteColumn * k + at : at * n + infiniteColumn] = Infinity;
    const [x, y] = [tf.tensor(a, tA ? [k, m] : [m, k]), tf.tensor(b, tB ? [n, k] : [k, n])];
    const expected = reference(a, b, [m, k, n], tA, tB);
    expect(Array.from(await multiply(x, y, tA, tB, 'wide'))).toEqual(Array.from(expected));
    tf.dispose([x, y]);
  });

  it('of nothing is nothing', async () => {
    const empty = tf.tidy(() => tf.matMul(tf.zeros([0, 3]), tf.zeros([3, 4])));
    expect(empty.shape).toEqual([0, 4]);
    expect(Array.from(await empty.data())).toEqual([]);
    await engine.check();
  });

  it.each(inject('hasShaderF16') ? (['native', 'packed'] as const) : (['packed'] as const))(
    'of %s f16 operands is the f32 product of their rounded values, rounded once',
    async (f16) => {
      const { toF16, autocast, isF16, check } = await startEngine({ backend: 'webgpu', f16 });
      for (const [tA, tB] of [
        [false, true],
        [true, false],
      ] as const) {
        const [m, k, n] = [20, 36, 24] as const;
        const [a, b] = [
          toF16(tf.tensor(uniform([m * k], 5).values, tA ? [k, m] : [m, k])),
          toF16(tf.tensor(uniform([k * n], 6).values, tB ? [n, k] : [k, n])),
        ];
        const product = autocast(() => tf.matMul(a, b, tA, tB));
        expect(isF16(product)).toBe(!tA); // Aᵀ·B is the gradient of weights
        const expected = reference(await a.data<'float32'>(), await b.data<'float32'>(), [m, k, n], tA, tB);
        const largest = Math.max(...expected.map(Math.abs));
        expect(farthest(await product.data<'float32'>(), expected)).toBeLessThan(largest * (tA ? 1e-6 : 2 ** -11) + 2 ** -20);
      }
      await check();
    },
  );
});
