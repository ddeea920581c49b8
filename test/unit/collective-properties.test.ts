// Plan: every collective, every way to all-reduce, sum and mean, over 1 to 9 ranks and lengths around every edge of the chunking up to
// 10,007, against sums in float64: right within the roundings that Higham allows (and exact where nothing is added), the same bits on
// every rank that gets the same, and the same bits again when pooled buffers are used a second time and the ranks start in another order.

import { describe, expect, it } from 'vitest';
import { allReduceNames, type AllReduceName } from '../../src/collective/all-reduce.ts';
import type { ReduceOp } from '../../src/collective/message.ts';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import { createPrng } from '../../src/core/prng.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const worldSizes = range(9).map((index) => index + 1);
const none = new Float32Array(0);
const unit = 2 ** -24;

/** Nothing, one value, one fewer and one more than ranks, primes, 10,007. */
const lengthsFor = (worldSize: number): readonly number[] => [
  ...new Set([0, 1, 2, worldSize - 1, worldSize, worldSize + 1, 3 * worldSize - 1, 31, 1009, 10_007]),
];

/** Values over thirty powers of two, both signs, so that the order of additions shows in the last bits; a rank has the same in every world. */
const valuesOf = remembered((rank: number, length: number): Float32Array => {
  const prng = createPrng(1000 * length + rank);
  return Float32Array.from({ length }, () => prng.normal() * 2 ** (prng.nextBelow(30) - 15));
});

const inputsOf = (worldSize: number, length: number): readonly Float32Array[] => range(worldSize).map((rank) => valuesOf(rank, length));

/** Values in float64 and how far an f32 result may be from each. */
interface Bounded {
  readonly exact: ArrayLike<number>;
  readonly bound: ArrayLike<number>;
}

/** The sum of so many ranks' values. Higham, "Accuracy and Stability of Numerical Algorithms", (4.4): |error| ≤ (N − 1)·u·Σ|x| + O(u²), u = 2⁻²⁴. */
const sumOf = remembered((worldSize: number, length: number): Bounded => {
  const [exact, bound] = [new Float64Array(length), new Float64Array(length)];
  for (const input of inputsOf(worldSize, length)) {
    for (const [index, value] of input.entries()) {
      exact[index] = (exact[index] ?? 0) + value;
      bound[index] = (bound[index] ?? 0) + worldSize * unit * Math.abs(value);
    }
  }
  return { exact, bound };
});

/** Their mean: one division, rounded once, after the sum. */
const meanOf = remembered((worldSize: number, length: number): Bounded => {
  const { exact, bound } = sumOf(worldSize, length);
  const mean = Float64Array.from(exact, (sum) => sum / worldSize);
  return { exact: mean, bound: mean.map((value, index) => (bound[index] ?? 0) / worldSize + unit * Math.abs(value)) };
});

const reduced = (op: ReduceOp, worldSize: number, length: number): Bounded => (op === 'sum' ? sumOf : meanOf)(worldSize, length);
const part = ({ exact, bound }: Bounded, start: number, end: number): Bounded => ({
  exact: Array.prototype.slice.call(exact, start, end),
  bound: Array.prototype.slice.call(bound, start, end),
});
const exactly = (values: ArrayLike<number> | undefined = none): Bounded => ({ exact: values, bound: new Float64Array(values.length) });

/** The function with its answers kept. */
function remembered<T>(compute: (first: number, second: number) => T): (first: number, second: number) => T {
  const known = new Map<string, T>();
  return (first, second) => {
    const key = `${first} ${second}`;
    const value = known.get(key) ?? compute(first, second);
    known.set(key, value);
    return value;
  };
}

/** One collective: how a rank calls it, and what it must get. */
interface Operation {
  readonly name: string;
  readonly allReduce: AllReduceName;
  readonly smallestWorld: number;
  /** Whether every rank gets the same values. */
  readonly isSameEverywhere: boolean;
  /** The length it is called with; some must be a multiple of the ranks. */
  readonly lengthFor: (length: number, worldSize: number) => number;
  /** What a rank ends with. It may change `values`. */
  readonly call: (group: ProcessGroup, values: Float32Array, inputs: readonly Float32Array[]) => Promise<Float32Array>;
  /** What a rank must end with, called with so many values on every rank. */
  readonly expected: (rank: number, worldSize: number, length: number) => Bounded;
}

const anyLength = (length: number): number => length;
const lastOf = (group: ProcessGroup): number => group.worldSize - 1;
const base = { allReduce: 'direct', smallestWorld: 1, isSameEverywhere: false, lengthFor: anyLength } as const;

const reductions: readonly Operation[] = (['sum', 'mean'] as const).flatMap((op) => [
  ...allReduceNames.map((allReduce) => ({
    ...base,
    name: `${allReduce} allReduce, ${op}`,
    allReduce,
    isSameEverywhere: true,
    async call(group: ProcessGroup, values: Float32Array) {
      await group.allReduce(values, op);
      return values;
    },
    expected: (_rank: number, worldSize: number, length: number) => reduced(op, worldSize, length),
  })),
  {
    ...base,
    name: `reduce onto the last rank, ${op}`,
    async call(group, values) {
      await group.reduce(values, lastOf(group), op);
      return values;
    },
    expected: (rank, worldSize, length) => (rank === worldSize - 1 ? reduced(op, worldSize, length) : exactly(valuesOf(rank, length))),
  },
  {
    ...base,
    name: `reduceScatter, ${op}`,
    lengthFor: (length, worldSize) => Math.ceil(length / worldSize) * worldSize,
    call: (group, values) => group.reduceScatter(values, op),
    expected: (rank, worldSize, length) =>
      part(reduced(op, worldSize, length), (rank * length) / worldSize, ((rank + 1) * length) / worldSize),
  },
]);

const movements: readonly Operation[] = [
  {
    ...base,
    name: 'broadcast from the last rank',
    isSameEverywhere: true,
    async call(group, values) {
      await group.broadcast(values, lastOf(group));
      return values;
    },
    expected: (_rank, worldSize, length) => exactly(valuesOf(worldSize - 1, length)),
  },
  {
    ...base,
    name: 'allGather',
    isSameEverywhere: true,
    call: async (group, values) => joined(await group.allGather(values)),
    expected: (_rank, worldSize, length) => exactly(joined(inputsOf(worldSize, length))),
  },
  {
    ...base,
    name: 'gather on the last rank',
    call: async (group, values) => joined((await group.gather(values, lastOf(group))) ?? []),
    expected: (rank, worldSize, length) => exactly(rank === worldSize - 1 ? joined(inputsOf(worldSize, length)) : none),
  },
  {
    ...base,
    name: 'scatter from the last rank',
    call: (group, _values, inputs) => group.scatter(group.rank === lastOf(group) ? inputs : null, lastOf(group)),
    expected: (rank, _worldSize, length) => exactly(valuesOf(rank, length)),
  },
  {
    ...base,
    name: 'send and recv, each to the next rank',
    smallestWorld: 2,
    async call(group, values) {
      await group.send((group.rank + 1) % group.worldSize, values);
      return group.recv((group.rank + group.worldSize - 1) % group.worldSize, values.length);
    },
    expected: (rank, worldSize, length) => exactly(valuesOf((rank + worldSize - 1) % worldSize, length)),
  },
];

/** The values of all ranks in one array. */
function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const values of parts) {
    whole.set(values, offset);
    offset += values.length;
  }
  return whole;
}

/** The place of the first value that is out of its bound; −1 where there is none. */
function firstOutside(values: Float32Array, { exact, bound }: Bounded): number {
  return values.findIndex((value, index) => !(Math.abs(value - (exact[index] ?? Number.NaN)) <= (bound[index] ?? Number.NaN)));
}

const bitsOf = (values: Float32Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** Starts the call on the ranks in this order and gives the results by rank. */
async function callAll(
  operation: Operation,
  groups: readonly ProcessGroup[],
  inputs: readonly Float32Array[],
  order: readonly number[],
): Promise<readonly Float32Array[]> {
  const results: Float32Array[] = [];
  await Promise.all(
    order.map(async (rank) => {
      const group = groups[rank];
      if (group !== undefined) results[rank] = await operation.call(group, (inputs[rank] ?? none).slice(), inputs);
    }),
  );
  return results;
}

describe.each([...reductions, ...movements])('$name', (operation) => {
  it.each(worldSizes.filter((worldSize) => worldSize >= operation.smallestWorld))(
    'over %i ranks is right within its bound for every length, on every rank, and bit for bit again',
    async (worldSize) => {
      const groups = createMemoryTransports(worldSize).map((transport) => new ProcessGroup(transport, operation.allReduce));
      for (const wanted of lengthsFor(worldSize)) {
        const length = operation.lengthFor(wanted, worldSize);
        const inputs = inputsOf(worldSize, length);
        const results = await callAll(operation, groups, inputs, range(worldSize));
        const again = await callAll(operation, groups, inputs, range(worldSize).toReversed());
        for (const [rank, result] of results.entries()) {
          const expected = operation.expected(rank, worldSize, length);
          const where = `rank ${rank}, length ${length}`;
          expect(result.length, where).toBe(expected.exact.length);
          expect(firstOutside(result, expected), `the first wrong value of ${where}`).toBe(-1);
          expect(bitsOf(again[rank] ?? none).equals(bitsOf(result)), `the same bits again on ${where}`).toBe(true);
          const first = operation.isSameEverywhere ? (results[0] ?? none) : result;
          expect(bitsOf(result).equals(bitsOf(first)), `the bits of rank 0 on ${where}`).toBe(true);
        }
      }
      for (const group of groups) group.close();
    },
  );
});

describe('barrier', () => {
  it.each(worldSizes)('over %i ranks lets nobody pass before the last has come, whichever that is', async (worldSize) => {
    const groups = createMemoryTransports(worldSize).map((transport) => new ProcessGroup(transport));
    for (const late of range(worldSize)) {
      let arrived = 0;
      const seen = await Promise.all(
        groups.map(async (group) => {
          if (group.rank === late) for (let turn = 0; turn < 50; turn++) await Promise.resolve();
          arrived++;
          await group.barrier();
          return arrived;
        }),
      );
      expect(seen).toEqual(range(worldSize).map(() => worldSize));
    }
  });
});
