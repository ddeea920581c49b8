import { describe, expect, it } from 'vitest';
import { checkDataset } from '../../src/data/check-dataset.ts';
import { readDatasetBytes, setDatasetSource } from '../../src/data/dataset-source.ts';
import { tf } from '../../src/engine/tf.ts';

const zeros = (...shape: readonly number[]): tf.Tensor => tf.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), [...shape]);
const split = (x: unknown, y: unknown): { x: unknown; y: unknown } => ({ x, y });

describe('checkDataset', () => {
  it('passes what can be trained on, with or without a test set', () => {
    const train = split(zeros(6, 28, 28, 1), zeros(6, 10));
    const test = split(zeros(2, 28, 28, 1), zeros(2, 10));
    expect(checkDataset({ train, test })).toEqual({ train, test });
    expect(checkDataset({ train, test: null }).test).toBeNull();
    expect(checkDataset({ train }).test).toBeNull();
    expect(checkDataset({ train: split(zeros(4, 3), zeros(4)) }).train.y.shape).toEqual([4]);
  });

  const disposed = zeros(2, 2);
  disposed.dispose();

  it.each([
    ['nothing', undefined, 'data: expected an object { train: { x, y }, test: { x, y } }, got undefined.'],
    ['a forgotten await', Promise.resolve(1), 'data.train: expected an object { x, y } of tensors, got undefined.'],
    ['no train', {}, 'data.train: expected an object { x, y } of tensors, got undefined.'],
    ['an array for x', { train: split([1, 2], zeros(2)) }, 'data.train.x: expected a tensor, got an array of 2.'],
    ['a missing y', { train: split(zeros(2, 2), undefined) }, 'data.train.y: expected a tensor, got undefined.'],
    [
      'unequal rows',
      { train: split(zeros(6, 2), zeros(5, 3)) },
      'data.train: expected as many rows in y as in x, got x [6, 2] and y [5, 3].',
    ],
    ['no rows', { train: split(zeros(0, 2), zeros(0, 3)) }, 'data.train.x: expected at least one sample, got shape [0, 2].'],
    ['a vector for x', { train: split(zeros(6), zeros(6)) }, 'data.train.x: expected shape [samples, …features], got shape [6].'],
    ['a scalar for y', { train: split(zeros(6, 1), tf.scalar(1)) }, 'data.train.y: expected shape [samples, …], got shape [].'],
    ['text', { train: split(tf.tensor([['a']]), zeros(1)) }, 'data.train.x: expected numbers, got dtype string.'],
    ['a disposed tensor', { train: split(disposed, zeros(2)) }, 'data.train.x: expected a tensor that is alive, got a disposed one.'],
    [
      'another shape to test on',
      { train: split(zeros(6, 4), zeros(6, 3)), test: split(zeros(2, 5), zeros(2, 3)) },
      'data.test.x: expected rows of shape [4] as in data.train.x, got [5].',
    ],
    [
      'a bad test set',
      { train: split(zeros(6, 4), zeros(6, 3)), test: 7 },
      'data.test: expected an object { x, y } of tensors, got number.',
    ],
  ])('refuses %s and says what it got', (_what, value, message) => {
    expect(() => checkDataset(value)).toThrow(expect.objectContaining({ code: 'data-invalid', message: expect.stringContaining(message) }));
  });
});

describe('the dataset source', () => {
  it('is asked for the file by name', async () => {
    const names: string[] = [];
    setDatasetSource({
      bytes: (name) => {
        names.push(name);
        return Promise.resolve(Uint8Array.of(1, 2).buffer);
      },
    });
    expect((await readDatasetBytes('some.bin')).byteLength).toBe(2);
    expect(names).toEqual(['some.bin']);
  });
});
