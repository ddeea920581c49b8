// Batches of a data set that lies on the device: the rows that were asked for, bit by bit, wherever a step reads them; and where the data stay on
// the host instead.

import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import { takeSplit } from '../../../src/train/training-split.ts';
import type { TrainingSplit } from '../../../src/train/training-split.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ backend: 'webgpu' });
});

const rowCount = 9;

/** Row r has the values r·100, r·100 + 1, …, but for one that is tiny and one that is no number. */
function valuesOf(length: number): Float32Array {
  const values = Float32Array.from({ length: rowCount * length }, (_, index) => Math.floor(index / length) * 100 + (index % length));
  values[1] = 1e-42;
  values[2] = NaN;
  return values;
}

function splitOf(xShape: readonly number[], yShape: readonly number[], hasOwnCode = false): Promise<TrainingSplit> {
  const make = (shape: readonly number[]) => tf.tensor(valuesOf(tf.util.sizeFromShape([...shape])), [rowCount, ...shape]);
  return takeSplit({ x: make(xShape), y: make(yShape) }, engine, hasOwnCode);
}

/** What a step sees of these rows. */
async function read(split: TrainingSplit, rows: readonly number[], place = 0): Promise<{ readonly x: number[]; readonly y: number[] }> {
  const { x, y, inputs, load } = split.batch(Uint32Array.from(rows), place);
  load?.();
  const [samples, labels] = await Promise.all([x.data(), y.data()]);
  split.release(inputs, true);
  return { x: [...samples], y: [...labels] };
}

function rowsOf(rows: readonly number[], length: number): number[] {
  const values = valuesOf(length);
  return rows.flatMap((row) => [...values.subarray(row * length, (row + 1) * length)]);
}

describe('a split on the device', () => {
  it.each([
    ['rows that four divides, and labels that it does not', [2, 2, 3], [3]],
    ['the other way round', [7], [4]],
    ['neither', [5], [2]],
    ['both', [8], [4]],
    ['labels without an axis of their own', [4], []],
  ] as const)('%s: gives the rows asked for, in their order', async (_, xShape, yShape) => {
    const split = await splitOf(xShape, yShape);
    const lengths = [xShape, yShape].map((shape) => tf.util.sizeFromShape([...shape]));
    for (const rows of [[8, 0, 3], [5, 5, 1], [2]]) {
      const batch = split.batch(Uint32Array.from(rows), 0);
      expect([batch.x.shape, batch.y.shape]).toEqual([
        [rows.length, ...xShape],
        [rows.length, ...yShape],
      ]);
      split.release(batch.inputs, true);
      expect(await read(split, rows)).toEqual({ x: rowsOf(rows, lengths[0] ?? 0), y: rowsOf(rows, lengths[1] ?? 0) });
    }
    await engine.check();
  });

  it('keeps batches in the same buffers from step to step, and those of several micro-steps apart', async () => {
    const split = await splitOf([4], [1]);
    const [first, second] = [split.batch(Uint32Array.of(3, 4), 0), split.batch(Uint32Array.of(5, 6), 1)];
    first.load?.();
    second.load?.();
    expect([...(await first.y.data()), ...(await second.y.data())]).toEqual([300, 400, 500, 600]);
    expect(split.batch(Uint32Array.of(5, 6), 0).x.dataId).toBe(first.x.dataId);
    const bytes = split.resident.reduce((sum, { dataId }) => sum + (engine.backend?.bufferBytes(dataId) ?? 0), 0);
    expect(bytes).toBeGreaterThanOrEqual((rowCount * 5 + 2 * 2 * 5) * 4);
  });

  it('sends row numbers only, whatever a row holds', async () => {
    const split = await splitOf([4], [1]);
    const { inputs, load } = split.batch(Uint32Array.of(1, 2, 3), 0);
    expect(inputs.map(({ dtype, shape }) => [dtype, shape])).toEqual([['int32', [3]]]);
    expect(load).not.toBeNull();
  });

  it('takes whole numbers and flags as the floats that they stand for', async () => {
    const split = await takeSplit({ x: tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), y: tf.tensor1d([true, false], 'bool') }, engine, false);
    expect(await read(split, [1, 0])).toEqual({ x: [3, 4, 1, 2], y: [0, 1] });
  });
});

describe('a split stays on the host', () => {
  it("where the program's own code sees the batches, which may read them", async () => {
    const split = await splitOf([4], [2], true);
    const { x, inputs, load } = split.batch(Uint32Array.of(3), 0);
    expect([load, inputs.length, split.resident]).toEqual([null, 2, []]);
    expect([...x.dataSync()]).toEqual([300, 301, 302, 303]);
  });

  it('where a device has better things to hold', async () => {
    const large = { x: tf.zeros([2 ** 15, 513]), y: tf.zeros([2 ** 15, 1]) };
    const split = await takeSplit(large, engine, false);
    expect(split.resident).toEqual([]);
  });
});
