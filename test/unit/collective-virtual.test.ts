// Plan: reductions over ranks that come one after the other have the bits, the bytes and the wire error of the same algorithm between
// ranks that send messages, for every world size, length, op and wire, call after call.

import { describe, expect, test } from 'vitest';
import { allReduceNames } from '../../src/collective/all-reduce.ts';
import { WireState } from '../../src/collective/compressed-all-reduce.ts';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import type { AllReduceName } from '../../src/collective/all-reduce.ts';
import { EncodedRankByRank } from '../../src/collective/virtual/encoded-rank-by-rank.ts';
import { createRankByRank, heldBytes } from '../../src/collective/virtual/rank-by-rank.ts';
import { wireOf } from '../../src/collective/wire/wire.ts';
import { createPrng } from '../../src/core/prng.ts';

const worldSizes = [2, 3, 4, 5, 7, 8, 13];
const lengths = [0, 1, 3, 8, 509];
const ops = ['mean', 'sum'] as const;

/** Values of very different sizes, so that the order of additions shows in the last bits. */
function randomRanks(worldSize: number, length: number, seed: number): readonly Float32Array[] {
  const prng = createPrng(seed);
  const value = () => (prng.next() - 0.5) * 10 ** Math.floor(prng.next() * 8 - 4);
  return Array.from({ length: worldSize }, () => Float32Array.from({ length }, value));
}

const groupsOf = (worldSize: number, name: AllReduceName) =>
  createMemoryTransports(worldSize).map((transport) => new ProcessGroup(transport, name));

/** As words, because −0 is not 0. */
const bitsOf = (values: Float32Array): readonly number[] => [...new Uint32Array(values.slice().buffer)];

describe.each(allReduceNames)('%s over ranks one after the other', (name) => {
  test.each(worldSizes)('has the bits and the bytes of %i ranks that send messages', async (worldSize) => {
    for (const length of lengths) {
      const groups = groupsOf(worldSize, name);
      const inTurn = createRankByRank(name, worldSize, length);
      for (const [call, op] of ops.entries()) {
        const ranks = randomRanks(worldSize, length, length * 31 + call);
        for (const values of ranks) inTurn.add(values.slice());
        const out = new Float32Array(length);
        inTurn.finish(out, op);
        await Promise.all(groups.map((group, rank) => group.allReduce(ranks[rank] ?? out, op)));
        expect(bitsOf(out), `${length} values, ${op}`).toEqual(bitsOf(ranks[0] ?? new Float32Array(0)));
      }
      expect(inTurn.bytesSent, `${length} values`).toBe(groups[0]?.bytesSent);
    }
  });
});

describe.each(['fp16', 'int8', 'topk:0.1'] as const)('wire %s over ranks one after the other', (wireName) => {
  test.each([2, 3, 5, 8])('has the bits, debts and bytes of %i ranks that send messages', async (worldSize) => {
    const wire = wireOf(wireName);
    if (wire === null) throw new Error(`${wireName}: expected a wire.`);
    for (const length of [3, 509]) {
      const groups = groupsOf(worldSize, 'direct');
      const states = groups.map(() => new WireState(wire, length));
      const inTurn = new EncodedRankByRank(wire, worldSize, length);
      for (let call = 0; call < 4; call++) {
        const ranks = randomRanks(worldSize, length, length * 31 + call);
        if (call === 2) ranks[1]?.fill(Infinity, 0, 2); // an overflow is not owed
        for (const values of ranks) inTurn.add(values.slice());
        const out = new Float32Array(length);
        inTurn.finish(out, 'mean');
        await Promise.all(
          groups.map((group, rank) => {
            const state = states[rank];
            return state === undefined ? Promise.resolve() : group.allReduceEncoded(ranks[rank] ?? out, 'mean', state);
          }),
        );
        expect(bitsOf(out), `${length} values, call ${call}`).toEqual(bitsOf(ranks[0] ?? new Float32Array(0)));
        expect(inTurn.takeRelativeError()).toBe(states[0]?.takeRelativeError());
      }
      expect(inTurn.bytesSent, `${length} values`).toBe(groups[0]?.bytesSent);
    }
  });
});

test('a thousand ranks of a direct all-reduce hold one sum, those of a ring half of all values', () => {
  expect(heldBytes('direct', 1024, 1_000_000)).toBe(4_000_000);
  expect(heldBytes('ring', 1024, 1_000_000)).toBe(4_000_000 * (1 + 1023 / 2));
});
