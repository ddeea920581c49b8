// Checks what a program's `data()` returned, before anything trains on it: a wrong shape found here is one clear sentence, found later
// it is a stack trace from inside a kernel.

import { PlaygroundError } from '../core/errors.ts';
import { isRecord } from '../core/is-record.ts';
import { tf } from '../engine/tf.ts';
import type { Dataset, DatasetSplit } from './dataset.ts';

/** The dataset, `test` null where there is none. Throws `data-invalid`, with the shapes, for anything that cannot be trained on. */
export function checkDataset(value: unknown): Dataset {
  if (!isRecord(value))
    throw invalid(
      'data',
      'an object { train: { x, y }, test: { x, y } }',
      described(value),
      'Return one from data(), or wait for it with await.',
    );
  const train = checkSplit(value['train'], 'data.train');
  const test = value['test'] === undefined || value['test'] === null ? null : checkSplit(value['test'], 'data.test');
  if (test !== null) {
    for (const name of ['x', 'y'] as const) {
      const [expected, got] = [rowShape(train[name]), rowShape(test[name])];
      if (expected !== got)
        throw invalid(`data.test.${name}`, `rows of shape ${expected} as in data.train.${name}`, got, 'Both splits must look alike.');
    }
  }
  return { train, test };
}

function checkSplit(value: unknown, place: string): DatasetSplit {
  if (!isRecord(value)) throw invalid(place, 'an object { x, y } of tensors', described(value), 'x holds the samples, y what to predict.');
  const x = checkTensor(value['x'], `${place}.x`, 2);
  const y = checkTensor(value['y'], `${place}.y`, 1);
  const [rows, targets] = [x.shape[0] ?? 0, y.shape[0] ?? 0];
  if (rows !== targets) {
    throw invalid(place, 'as many rows in y as in x', `x ${shapeOf(x)} and y ${shapeOf(y)}`, 'Row i of y is the target of row i of x.');
  }
  return { x, y };
}

function checkTensor(value: unknown, place: string, leastRank: 1 | 2): tf.Tensor {
  if (!(value instanceof tf.Tensor)) throw invalid(place, 'a tensor', described(value), 'Make one with tf.tensor(values, shape).');
  if (value.isDisposed) throw invalid(place, 'a tensor that is alive', 'a disposed one', 'Use tf.keep where data are made inside tf.tidy.');
  if (value.dtype === 'string' || value.dtype === 'complex64')
    throw invalid(place, 'numbers', `dtype ${value.dtype}`, 'Encode them as numbers first.');
  if (value.rank < leastRank) {
    const expected = leastRank === 2 ? 'shape [samples, …features]' : 'shape [samples, …]';
    throw invalid(place, expected, `shape ${shapeOf(value)}`, 'The first axis counts samples; add the missing one with reshape.');
  }
  if (value.size === 0) throw invalid(place, 'at least one sample', `shape ${shapeOf(value)}`, 'There is nothing to train or test on.');
  return value;
}

function shapeOf(tensor: tf.Tensor): string {
  return `[${tensor.shape.join(', ')}]`;
}

function rowShape(tensor: tf.Tensor): string {
  return `[${tensor.shape.slice(1).join(', ')}]`;
}

function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value instanceof Promise) return 'a promise';
  if (value instanceof tf.Tensor) return `a tensor of shape ${shapeOf(value)}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === 'object' ? `an object with ${Object.keys(value).join(', ') || 'nothing'}` : typeof value;
}

function invalid(place: string, expected: string, got: string, advice: string): PlaygroundError {
  return new PlaygroundError('data-invalid', `${place}: expected ${expected}, got ${got}. ${advice}`, { place });
}
