// The default all-reduce against f32 accumulation in rank order: is it bit for bit what one rank with N micro-batches gets? For every world
// size from 1 to 9 and lengths around every edge of the chunking. Against float64 it stands in collective-properties.test.ts.

import { describe, expect, it } from 'vitest';
import { chunkStart } from '../../src/collective/chunks.ts';
import { headerWords, type ReduceOp } from '../../src/collective/message.ts';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import { createPrng } from '../../src/core/prng.ts';
import { distributedIndices } from '../../src/train/sampler.ts';
import cases from '../reference/distributed.json' with { type: 'json' };

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const worldSizes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 17, 64, 127, 1000];

/** Values over thirty powers of two, both signs, so that the order of additions shows in the last bits. */
function randomValues(seed: number, length: number): Float32Array {
  const prng = createPrng(seed);
  return Float32Array.from({ length }, () => prng.normal() * 2 ** (prng.nextBelow(30) - 15));
}

function groups(worldSize: number): ProcessGroup[] {
  return createMemoryTransports(worldSize).map((transport) => new ProcessGroup(transport));
}

/** What one rank gets that adds the micro-batches up one after the other, every addition rounded to f32. */
function sequentialF32(inputs: readonly Float32Array[], op: ReduceOp): Float32Array {
  const [first = new Float32Array(0), ...rest] = inputs;
  const sum = first.slice();
  for (const input of rest) sum.forEach((value, index) => (sum[index] = Math.fround(value + (input[index] ?? 0))));
  return op === 'mean' ? sum.map((value) => Math.fround(value / inputs.length)) : sum;
}

const bitsOf = (values: Float32Array): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length);

describe.each(worldSizes)('allReduce over %i ranks', (worldSize) => {
  const inputsOf = (length: number): Float32Array[] => range(worldSize).map((rank) => randomValues(100 * length + rank, length));

  it.each(['sum', 'mean'] as const)('%s is bit for bit sequential f32 accumulation, on every rank', async (op) => {
    const members = groups(worldSize);
    for (const length of lengths) {
      const inputs = inputsOf(length);
      const results = inputs.map((input) => input.slice());
      await Promise.all(members.map((member, rank) => member.allReduce(results[rank] ?? new Float32Array(0), op)));
      const expected = bitsOf(sequentialF32(inputs, op));
      for (const result of results) expect(bitsOf(result)).toEqual(expected);
    }
  });

  it('writes into another array where one is given and leaves the values alone', async () => {
    const inputs = inputsOf(50);
    const kept = inputs.map((input) => input.slice());
    const outs = inputs.map((input) => new Float32Array(input.length));
    await Promise.all(groups(worldSize).map((member, rank) => member.allReduce(inputs[rank] ?? new Float32Array(0), 'sum', outs[rank])));
    expect(inputs).toEqual(kept);
    for (const out of outs) expect(bitsOf(out)).toEqual(bitsOf(sequentialF32(kept, 'sum')));
  });

  it('keeps being right when its pooled buffers are used again with other values', async () => {
    const members = groups(worldSize);
    for (let step = 0; step < 4; step++) {
      const inputs = range(worldSize).map((rank) => randomValues(7000 + 10 * step + rank, 33));
      const results = inputs.map((input) => input.slice());
      await Promise.all(members.map((member, rank) => member.allReduce(results[rank] ?? new Float32Array(0), 'mean')));
      for (const result of results) expect(bitsOf(result)).toEqual(bitsOf(sequentialF32(inputs, 'mean')));
    }
  });

  it('calls that are not awaited one by one do not mix', async () => {
    const results = await Promise.all(
      groups(worldSize).map(async (member, rank) => {
        const [a, b] = [randomValues(rank, 20), randomValues(50 + rank, 31)];
        await Promise.all([member.allReduce(a), member.allReduce(b)]);
        return [a, b];
      }),
    );
    const expected = [
      sequentialF32(
        range(worldSize).map((rank) => randomValues(rank, 20)),
        'sum',
      ),
      sequentialF32(
        range(worldSize).map((rank) => randomValues(50 + rank, 31)),
        'sum',
      ),
    ];
    for (const result of results) expect(result).toEqual(expected);
  });
});

describe('the chunks of an all-reduce', () => {
  it('cover the values without gap or overlap and differ by at most one in size', () => {
    for (const worldSize of worldSizes) {
      for (const length of lengths) {
        const sizes = range(worldSize).map((rank) => chunkStart(rank + 1, worldSize, length) - chunkStart(rank, worldSize, length));
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe('the bytes of an all-reduce', () => {
  const byteCases = cases.filter(({ id }) => id.startsWith('ddp/ring-bytes'));

  it.each(byteCases)('are 2·(N − 1)/N of the data a rank, as nccl-tests counts them: $id', async ({ input, expected }) => {
    const { world: worldSize = 0, bytes = 0 } = input;
    const members = groups(worldSize);
    await Promise.all(members.map((member) => member.allReduce(new Float32Array(bytes / 4))));
    const headerBytes = 2 * (worldSize - 1) * headerWords * 4; // two messages to every peer, of any content
    const sent = members.map((member) => member.bytesSent - headerBytes);
    expect(sent.reduce((sum, count) => sum + count, 0)).toBe(expected.total);
    // Each rank within one value a message of the mean, because chunks differ by one value.
    for (const count of sent) expect(Math.abs(count - (expected.sent_per_rank_exact ?? 0))).toBeLessThanOrEqual(2 * (worldSize - 1) * 4);
  });
});

describe('data-parallel SGD with it', () => {
  const reference = cases.find(({ id }) => id === 'ddp/linear-2w');

  it.each([1, 2, 4])("ends where torch's DistributedDataParallel ends, over %i ranks", async (worldSize) => {
    const { X = [], Y = [], W = [[]], b = 0, lr = 0, steps = 0 } = reference?.input ?? {};
    const { grad0_W = [], grad0_b = 0, W_after3 = [], b_after3 = 0 } = reference?.expected ?? {};
    const trained = await Promise.all(
      groups(worldSize).map(async (member) => {
        const rows = distributedIndices(range(X.length), { rank: member.rank, worldSize });
        const weights = Float32Array.of(...(W[0] ?? []), b); // w0, w1, b
        let firstGradient: Float32Array = weights;
        for (let step = 0; step < steps; step++) {
          const gradient = new Float32Array(3);
          for (const row of rows) {
            const features = [...(X[row] ?? []), 1];
            const predicted = features.reduce((sum, x, index) => sum + x * (weights[index] ?? 0), 0);
            const slope = (2 * (predicted - (Y[row] ?? 0))) / rows.length; // of the mean squared error over the local shard
            features.forEach((x, index) => (gradient[index] = (gradient[index] ?? 0) + slope * x));
          }
          await member.allReduce(gradient, 'mean');
          if (step === 0) firstGradient = gradient.slice();
          gradient.forEach((slope, index) => (weights[index] = (weights[index] ?? 0) - lr * slope));
        }
        return { firstGradient, weights };
      }),
    );
    const { tol = 0 } = reference ?? {};
    for (const { firstGradient, weights } of trained) {
      [...grad0_W, grad0_b].forEach((value, index) =>
        expect(Math.abs((firstGradient[index] ?? Number.NaN) - value)).toBeLessThanOrEqual(tol),
      );
      [...W_after3, b_after3].forEach((value, index) => expect(Math.abs((weights[index] ?? Number.NaN) - value)).toBeLessThanOrEqual(tol));
    }
    expect(reference).toBeDefined();
  });
});
