import { describe, expect, it } from 'vitest';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import { tf } from '../../src/engine/tf.ts';
import { createDist } from '../../src/train/dist.ts';
import type { Dist } from '../../src/train/context.ts';

const onEveryRank = <T>(worldSize: number, body: (dist: Dist, rank: number) => Promise<T>): Promise<T[]> =>
  Promise.all(createMemoryTransports(worldSize).map((transport) => body(createDist(new ProcessGroup(transport)), transport.rank)));

/** A tensor whose values arrive late, as from a busy GPU. */
function slowTensor(values: number[], delayMs: number): tf.Tensor1D {
  const tensor = tf.tensor1d(values);
  const read = tensor.data.bind(tensor);
  tensor.data = async <D extends tf.DataType = tf.NumericDataType>() => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    return read<D>();
  };
  return tensor;
}

describe('dist', () => {
  it('keeps calls in order when reading back takes different times on each rank and nothing is awaited in between', async () => {
    const results = await onEveryRank(2, async (dist, rank) => {
      const first = dist.allReduce(slowTensor([1, 2], rank === 0 ? 40 : 0));
      const second = dist.broadcast(slowTensor([10 + rank], rank === 0 ? 0 : 40), 1);
      const barrier = dist.barrier();
      const third = dist.reduce(slowTensor([rank], 0), 0);
      await barrier;
      return [await first, await second, await third].map((tensor) => Array.from(tensor.dataSync()));
    });
    expect(results).toEqual([
      [[2, 4], [11], [1]],
      [[2, 4], [11], [1]],
    ]);
  });

  it('counts the bytes that leave a rank: around a ring of N, 2(N − 1)/N of the payload and a header per message', async () => {
    const worldSize = 4;
    const sent = await Promise.all(
      createMemoryTransports(worldSize).map(async (transport) => {
        const dist = createDist(new ProcessGroup(transport, 'ring'));
        expect(dist.bytesSent).toBe(0);
        await dist.allReduce(tf.zeros([4000]), 'sum');
        return dist.bytesSent;
      }),
    );
    const payloadBytes = ((2 * (worldSize - 1)) / worldSize) * 4000 * 4;
    for (const bytes of sent) {
      expect(bytes).toBeGreaterThanOrEqual(payloadBytes);
      expect(bytes).toBeLessThanOrEqual(payloadBytes + 2 * (worldSize - 1) * 64); // six messages, of headers of a few words
    }
  });

  it('lets two ranks swap values without waiting for each other', async () => {
    const results = await onEveryRank(2, async (dist, rank) => {
      const received = dist.recv([2], 1 - rank);
      await dist.send(slowTensor([rank, rank], 10), 1 - rank);
      return Array.from((await received).dataSync());
    });
    expect(results).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  it('rejects the call whose tensor cannot be read, and still keeps the order of the others', async () => {
    const results = await onEveryRank(2, async (dist, rank) => {
      const disposed = tf.tensor1d([0]);
      disposed.dispose();
      const first = dist.allReduce(slowTensor([rank], 30), 'mean');
      await expect(dist.allReduce(disposed)).rejects.toThrow(/disposed/u);
      const last = dist.allReduce({ a: tf.tensor1d([1]), b: tf.tensor2d([[2]]) });
      const { a, b } = await last;
      return [Array.from((await first).dataSync()), Array.from(a.dataSync()), Array.from(b.dataSync()), b.shape];
    });
    expect(results).toEqual([
      [[0.5], [2], [4], [1, 1]],
      [[0.5], [2], [4], [1, 1]],
    ]);
  });
});
