import { describe, expect, inject, it } from 'vitest';
import { GradientTransfer } from '../../../src/engine/gradient-transfer.ts';
import { foundInf, isFiniteEverywhere } from '../../../src/engine/precision/finite-check.ts';
import { GradScaler } from '../../../src/engine/precision/grad-scaler.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { uniform } from './op-cases/op-case.ts';

const shapes = [[3, 5], [7], [2, 2, 2], [1]];
const kinds = [
  ['webgpu', undefined],
  ['webgpu', 'packed'],
  ...(inject('hasShaderF16') ? ([['webgpu', 'native']] as const) : []),
  ['cpu', undefined],
] as const;

describe.each(kinds)('gradient transfer on %s, f16 %s', (backend, f16) => {
  const start = () => startEngine(f16 === undefined ? { backend } : { backend, f16 });

  it('moves gradients and scalars to the CPU and back bit for bit, again and again', async () => {
    const engine = await start();
    const transfer = new GradientTransfer(engine, shapes);
    expect(transfer.size).toBe(31);
    for (const round of [1, 2, 3]) {
      const expected = Float32Array.from(uniform([32], round, 100).values);
      let offset = 0;
      const parts = [...shapes, []].map((shape) => {
        const size = shape.reduce((product, length) => product * length, 1);
        // Computed on the device rather than uploaded: ×1 is exact.
        const tensor = tf.mul(tf.tensor(expected.slice(offset, offset + size), shape), 1);
        offset += size;
        return tensor;
      });
      const flat = await transfer.read(parts);
      expect(flat).toEqual(expected);
      const doubled = flat.map((value) => value * 2);
      const back = transfer.write(doubled);
      expect(back.map((tensor) => tensor.shape)).toEqual(shapes);
      const values = await Promise.all(back.map((tensor) => tensor.data<'float32'>()));
      expect(values.flatMap((part) => Array.from(part))).toEqual(Array.from(doubled.subarray(0, 31)));
      tf.dispose([...parts, ...back]);
    }
    transfer.dispose();
  });

  it('does not let an upload overtake commands that still read a recycled buffer', async () => {
    const engine = await start();
    const transfer = new GradientTransfer(engine, [[256]]);
    for (let round = 0; round < 5; round++) {
      const [a] = transfer.write(new Float32Array(256).fill(round));
      const sum = tf.sum(tf.mul(a!, 2)); // recorded, not submitted
      a!.dispose();
      const [b] = transfer.write(new Float32Array(256).fill(-1));
      expect((await sum.data())[0]).toBe(round * 512);
      tf.dispose([sum, b!]);
    }
  });

  it('refuses gradients of another size', async () => {
    const transfer = new GradientTransfer(await start(), shapes);
    await expect(transfer.read([tf.zeros([3, 4])])).rejects.toMatchObject({ code: 'shape-mismatch' });
    expect(() => transfer.write(new Float32Array(30))).toThrow(expect.objectContaining({ code: 'shape-mismatch' }));
  });

  it.each([
    ['finite values, the largest included', [1, -3.4e38, 0, 1e-45], false],
    ['an infinity', [1, Infinity, 0], true],
    ['a negative infinity', [-Infinity], true],
    ['a NaN in the last place', [0, 0, 0, 0, NaN], true],
  ] as const)('finds an infinity in %s only where there is one', async (_, values, isFound) => {
    const engine = await start();
    const tensors = [tf.ones([70]), tf.tensor1d([...values]), tf.zeros([2, 3])];
    const flag = foundInf(engine, tensors);
    expect((await flag.data())[0]).toBe(isFound ? 2 : 0); // the second tensor
    expect(isFiniteEverywhere(Float32Array.from(values))).toBe(!isFound);
  });

  it('scales the loss and unscales gradients exactly, because the scale is a power of two', async () => {
    const engine = await start();
    const scaler = new GradScaler(engine);
    expect((await scaler.scale(tf.scalar(0.3)).data())[0]).toBe(Math.fround(0.3) * 65536);
    const { w } = scaler.unscale({ w: tf.tensor1d([65536, -3 * 65536]) });
    expect(Array.from(await w!.data())).toEqual([1, -3]);
    const flat = Float32Array.of(65536, 32768);
    scaler.unscaleFlat(flat);
    expect(Array.from(flat)).toEqual([1, 0.5]);
  });
});

describe('f16-resident gradients', () => {
  it.each(inject('hasShaderF16') ? (['native', 'packed'] as const) : (['packed'] as const))(
    'are cast to f32 on the way, %s',
    async (f16) => {
      const engine = await startEngine({ f16 });
      const { backend } = engine;
      if (backend === null) throw new Error('no backend');
      const values = Float32Array.from({ length: 77 }, (_, index) => index / 8 - 4); // exact in f16
      const resident = tf.engine().makeTensorFromTensorInfo(backend.toF16(tf.tensor1d(values)), backend);
      const flags = tf.cast(tf.cast(tf.tensor1d([0, 2, 5]), 'int32'), 'float32'); // integers behind a float tensor
      const transfer = new GradientTransfer(engine, [[77], [3]]);
      expect(Array.from(await transfer.read([resident, flags]))).toEqual([...values, 0, 2, 5]);
      expect((await foundInf(engine, [resident]).data())[0]).toBe(0);
    },
  );
});
