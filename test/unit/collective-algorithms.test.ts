// What is particular to each way of all-reducing: the mean's one division, the order of additions, and exactly the bytes that the literature
// counts. That they are right, for every world size and length, is in collective-properties.test.ts.

import { describe, expect, it } from 'vitest';
import { allReduceNames, type AllReduceName } from '../../src/collective/all-reduce.ts';
import { headerWords, type ReduceOp } from '../../src/collective/message.ts';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import { createPrng } from '../../src/core/prng.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const worldSizes = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Values over thirty powers of two, both signs, so that the order of additions shows in the last bits. */
function randomValues(seed: number, length: number): Float32Array {
  const prng = createPrng(seed);
  return Float32Array.from({ length }, () => prng.normal() * 2 ** (prng.nextBelow(30) - 15));
}

const groups = (worldSize: number, name: AllReduceName): ProcessGroup[] =>
  createMemoryTransports(worldSize).map((transport) => new ProcessGroup(transport, name));

const inputsOf = (worldSize: number, length: number): Float32Array[] =>
  range(worldSize).map((rank) => randomValues(1000 * length + rank, length));

async function reduceAll(members: readonly ProcessGroup[], inputs: readonly Float32Array[], op: ReduceOp): Promise<Float32Array[]> {
  const results = inputs.map((input) => input.slice());
  await Promise.all(members.map((member, rank) => member.allReduce(results[rank] ?? new Float32Array(0), op)));
  return results;
}

const payloadBytes = (member: ProcessGroup, messageCount: number): number => member.bytesSent - messageCount * headerWords * 4;

describe.each(allReduceNames)('the %s all-reduce', (name) => {
  it.each(worldSizes)('divides once for the mean over %i ranks', async (worldSize) => {
    const inputs = inputsOf(worldSize, 33);
    const [sum] = await reduceAll(groups(worldSize, name), inputs, 'sum');
    const [mean] = await reduceAll(groups(worldSize, name), inputs, 'mean');
    expect(mean).toEqual(sum?.map((value) => Math.fround(value / worldSize)));
  });

  it('leaves the values alone where another array takes the result', async () => {
    const inputs = inputsOf(6, 50);
    const kept = inputs.map((input) => input.slice());
    const outs = inputs.map((input) => new Float32Array(input.length));
    const members = groups(6, name);
    await Promise.all(members.map((member, rank) => member.allReduce(inputs[rank] ?? new Float32Array(0), 'sum', outs[rank])));
    expect(inputs).toEqual(kept);
    expect(outs[5]).toEqual((await reduceAll(groups(6, name), kept, 'sum'))[0]);
  });

  it('names the rank whose values have another length', async () => {
    const members = groups(3, name);
    const results = await Promise.allSettled(members.map((member, rank) => member.allReduce(new Float32Array(rank === 2 ? 9 : 8))));
    for (const result of results) expect(result).toMatchObject({ status: 'rejected' });
    const reasons = results.map((result) => (result.status === 'rejected' ? (result.reason as { code?: string }).code : null));
    expect(reasons).toContain('replicas-differ');
  });
});

describe('the bytes', () => {
  it.each([2, 3, 4, 5, 7, 8])(
    'of a ring over %i ranks are 2·(N − 1)/N of the data on every rank, in messages to one neighbour',
    async (worldSize) => {
      const length = 840; // which each of these divides
      const members = groups(worldSize, 'ring');
      await reduceAll(members, inputsOf(worldSize, length), 'sum');
      for (const member of members) expect(payloadBytes(member, 2 * (worldSize - 1))).toBe((2 * (worldSize - 1) * length * 4) / worldSize);
    },
  );

  it.each([2, 4, 8])('of a tree over %i ranks are those of a ring, in 2·log₂ N messages', async (worldSize) => {
    const length = 800;
    const members = groups(worldSize, 'tree');
    await reduceAll(members, inputsOf(worldSize, length), 'sum');
    for (const member of members)
      expect(payloadBytes(member, 2 * Math.log2(worldSize))).toBe((2 * (worldSize - 1) * length * 4) / worldSize);
  });

  it('of a tree over a number that is no power of two are one more copy in and out for each pair', async () => {
    const [worldSize, length] = [6, 800]; // 4 take part; ranks 0 and 2 give their values to 1 and 3
    const members = groups(worldSize, 'tree');
    await reduceAll(members, inputsOf(worldSize, length), 'sum');
    const half = (2 * 3 * length * 4) / 4;
    const expected = [length * 4, half + length * 4, length * 4, half + length * 4, half, half];
    expect(members.map((member, rank) => payloadBytes(member, [1, 5, 1, 5, 4, 4][rank] ?? 0))).toEqual(expected);
  });

  it('of the naive way all pass through rank 0', async () => {
    const [worldSize, length] = [5, 100];
    const members = groups(worldSize, 'naive');
    await reduceAll(members, inputsOf(worldSize, length), 'sum');
    expect(members.map((member, rank) => payloadBytes(member, rank === 0 ? 4 : 1))).toEqual([1600, 400, 400, 400, 400]);
  });
});

it('naive adds in rank order, like direct, bit for bit; ring and tree do not', async () => {
  const inputs = inputsOf(5, 1000);
  const results = await Promise.all(
    allReduceNames.map(async (name) => (await reduceAll(groups(5, name), inputs, 'sum'))[0] ?? new Float32Array(0)),
  );
  const [direct = new Float32Array(0), ring, tree, naive] = results;
  expect(naive).toEqual(direct);
  expect(ring).not.toEqual(direct);
  expect(tree).not.toEqual(direct);
});
