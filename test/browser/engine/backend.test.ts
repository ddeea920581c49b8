// What our backend does differently from stock tfjs.

import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { PlaygroundError } from '../../../src/core/errors.ts';
import { decodeFloat16, roundToFloat16 } from '../../../src/core/float16.ts';
import { checkInternals } from '../../../src/engine/backend/internals.ts';
import { flatEntryPoint } from '../../../src/engine/backend/raw-kernel.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';

const everyFinite = decodeFloat16(Uint16Array.from({ length: 65536 }, (_, pattern) => pattern)).filter((value) => Number.isFinite(value));
const storages = inject('hasShaderF16') ? (['native', 'packed'] as const) : (['packed'] as const);

describe('engine', () => {
  it('takes native f16 exactly where the adapter has shader-f16, and reports its device', async () => {
    const { report, device } = await startEngine();
    expect(report.f16).toBe(inject('hasShaderF16') ? 'native' : 'packed');
    expect(report.backend).toBe('webgpu');
    expect(report.features.includes('shader-f16')).toBe(inject('hasShaderF16'));
    expect(report.limits['maxStorageBuffersPerShaderStage']).toBe(device?.limits.maxStorageBuffersPerShaderStage);
    expect(report.notes.some((note) => note.includes('no shader-f16'))).toBe(!inject('hasShaderF16'));
  });

  it('gives forced native f16 exactly where the adapter has shader-f16, and refuses it elsewhere', async () => {
    const outcome = await startEngine({ f16: 'native' }).then(
      (engine) => engine.report.f16,
      (error: PlaygroundError) => error.code,
    );
    expect(outcome).toBe(inject('hasShaderF16') ? 'native' : 'not-supported');
  });
});

describe('a matrix product with a long inner dimension', () => {
  // tfjs adds its pieces up with atomics from 2,000 on; 2,050 is no multiple of the tile either.
  it.each([
    [48, 2050, 49],
    [64, 4096, 64],
  ])('of %i x %i by %i has the same bits every time, and the right values', async (rows, inner, columns) => {
    await startEngine();
    const values = (count: number, phase: number) => Float32Array.from({ length: count }, (_, index) => Math.sin(index * 0.7 + phase));
    const [a, b] = [values(rows * inner, 0), values(inner * columns, 1)];
    const products: Float32Array[] = [];
    for (let repeat = 0; repeat < 6; repeat++) {
      const product = tf.tidy(() => tf.matMul(tf.tensor2d(a, [rows, inner]), tf.tensor2d(b, [inner, columns])));
      products.push(await product.data<'float32'>());
      product.dispose();
    }
    for (const product of products) expect(product).toEqual(products[0]);
    for (const [row, column] of [
      [0, 0],
      [rows - 1, columns - 1],
      [7, 11],
    ] as const) {
      let exact = 0;
      for (let k = 0; k < inner; k++) exact += (a[row * inner + k] ?? 0) * (b[k * columns + column] ?? 0);
      // A sum of `inner` products of size at most 1 in f32: its error grows like the square root of their number.
      expect(Math.abs((products[0]?.[row * columns + column] ?? Number.NaN) - exact)).toBeLessThan(2 ** -23 * inner);
    }
  });
});

describe('backend', () => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await startEngine();
  });
  afterEach(() => {
    engine.device?.destroy();
  });

  it('throws on dataSync of data that only the GPU holds, and answers what is still on the CPU', async () => {
    const fresh = tf.tensor1d([1, 2]);
    expect(Array.from(fresh.dataSync())).toEqual([1, 2]);
    const computed = tf.add(fresh, 1);
    expect(() => computed.dataSync()).toThrow(expect.objectContaining({ code: 'not-supported' }));
    expect(Array.from(await computed.data())).toEqual([2, 3]);
    expect(Array.from(computed.dataSync())).toEqual([2, 3]);
  });

  it('computes small tensors on the GPU, not on the CPU', () => {
    const sum = tf.add(tf.scalar(1), tf.scalar(2));
    expect(engine.backend?.bufferBytes(sum.dataId)).toBe(4);
  });

  it('surfaces a WGSL error at the next read instead of computing zeros', async () => {
    const result = tf.add(tf.tensor1d([1, 2]), 1);
    const wgsl = `@group(0) @binding(0) var<storage, read_write> A: array<f32>;\n${flatEntryPoint('A[i] = undeclared;')}`;
    engine.backend?.dispatch({
      key: 'broken',
      wgsl,
      tensors: [result.dataId],
      uniforms: [{ type: 'uint32', data: [2] }],
      invocationCount: 2,
    });
    await expect(result.data()).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('undeclared') as string });
    await expect(engine.check()).rejects.toMatchObject({ code: 'internal' });
  });

  it('has no error to report after ordinary work', async () => {
    await tf.tidy(() => tf.sum(tf.relu(tf.matMul(tf.ones<tf.Rank.R2>([8, 8]), tf.ones<tf.Rank.R2>([8, 8]))))).data();
    await expect(engine.check()).resolves.toBeUndefined();
  });

  it('says that the device is lost, and rejects reads with it', async () => {
    const tensor = tf.add(tf.ones([64]), 1);
    engine.device?.destroy();
    expect(await engine.lost).toMatchObject({ code: 'device-lost' });
    await expect(tensor.data()).rejects.toMatchObject({ code: 'device-lost' });
  });

  it('names the first private member that a tfjs version lacks', () => {
    const { backend } = engine;
    if (backend === null) throw new Error('no backend');
    expect(() => checkInternals(backend)).not.toThrow();
    const other = Object.create(backend, { makeUniforms: { value: undefined } }) as object;
    expect(() => checkInternals(other)).toThrow('expected a member named makeUniforms');
  });
});

describe.each(storages)('%s f16 storage', (storage) => {
  it('gives back every finite f16 exactly, at any length, in half the bytes', async () => {
    const { backend } = await startEngine({ f16: storage });
    if (backend === null) throw new Error('no backend');
    for (const length of [1, 2, 3, 5, everyFinite.length]) {
      const values = everyFinite.slice(-length);
      const wide = tf.tensor1d(values);
      const narrow = backend.toF16(wide);
      const back = backend.toF32(narrow);
      expect(backend.bufferBytes(narrow.dataId)).toBe(Math.ceil(length / 4) * 8);
      expect(firstDifference((await backend.read(narrow.dataId)) as Float32Array, values)).toBeNull();
      expect(firstDifference((await backend.read(back.dataId)) as Float32Array, values)).toBeNull();
      backend.disposeData(narrow.dataId);
      backend.disposeData(back.dataId);
      wide.dispose();
    }
  });

  it('rounds by at most half a step, or one where the driver truncates', async () => {
    const { backend } = await startEngine({ f16: storage });
    if (backend === null) throw new Error('no backend');
    const values = Float32Array.from({ length: 4001 }, (_, index) => 1.37 ** ((index - 2000) / 100) * (index % 2 === 0 ? 1 : -1));
    const narrow = backend.toF16(tf.tensor1d(values));
    const got = (await backend.read(narrow.dataId)) as Float32Array;
    // WGSL leaves the direction open (section 15.7.6): either neighbour of the exact value will do.
    const errors = values.map((value, index) => Math.abs((got[index] ?? NaN) - value) / Math.max(Math.abs(value), 2 ** -14));
    expect(Math.max(...errors)).toBeLessThanOrEqual(2 ** -10);
    expect(got.filter((value, index) => value === roundToFloat16(values[index] ?? NaN)).length / got.length).toBeGreaterThan(0.4);
  });
});

function firstDifference(got: Float32Array, expected: Float32Array): string | null {
  if (got.length !== expected.length) return `length ${got.length} instead of ${expected.length}`;
  // +0 and -0 are equal here: a driver may flush the sign of a subnormal's zero.
  const index = expected.findIndex((value, place) => got[place] !== value);
  return index === -1 ? null : `[${index}]: ${got[index]} instead of ${expected[index]}`;
}
