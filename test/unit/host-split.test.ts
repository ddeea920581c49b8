// Plan: batches are the rows that were asked for; the array of a released one serves the next, but never while somebody can still see it.

import { describe, expect, test } from 'vitest';
import { tf } from '../../src/engine/tf.ts';
import { HostSplit } from '../../src/train/host-split.ts';

async function split(): Promise<HostSplit> {
  await tf.setBackend('cpu');
  return HostSplit.take({ x: tf.tensor2d([0, 1, 10, 11, 20, 21], [3, 2]), y: tf.tensor2d([0, 1, 2], [3, 1]) });
}

describe('a split on the host', () => {
  test('gathers rows in the order asked for, again and again', async () => {
    const host = await split();
    for (const rows of [
      [2, 0],
      [1, 1],
      [0, 2],
    ]) {
      const x = host.xTensor(Uint32Array.from(rows));
      expect(await x.array()).toEqual(rows.map((row) => [10 * row, 10 * row + 1]));
      host.release([x], true);
      expect(x.isDisposed).toBe(true);
    }
  });

  test('a batch that somebody still refers to keeps its values', async () => {
    const host = await split();
    const first = host.xTensor(Uint32Array.of(0, 1));
    const kept = first.clone();
    host.release([first], true);
    host.release([host.xTensor(Uint32Array.of(2, 2))], true);
    expect(await kept.array()).toEqual([
      [0, 1],
      [10, 11],
    ]);
    kept.dispose();
  });

  test('nothing is written over where values may have been kept', async () => {
    const host = await split();
    const first = host.yTensor(Uint32Array.of(0, 1));
    const values = first.dataSync();
    host.release([first], false);
    host.release([host.yTensor(Uint32Array.of(2, 2))], false);
    expect([...values]).toEqual([0, 1]);
  });
});
