// Plan: what a codec gives back against closed forms of its error; all ranks the same bits; what was lost comes later (error feedback
// against the exact sum of all that was ever given); an overflow is seen by everybody; and the bytes that were really sent.

import { describe, expect, test } from 'vitest';
import { WireState } from '../../src/collective/compressed-all-reduce.ts';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import { wireOf } from '../../src/collective/wire/wire.ts';
import type { Codec } from '../../src/collective/wire/wire.ts';
import type { WireName } from '../../src/collective/wire/wire-name.ts';
import { createPrng } from '../../src/core/prng.ts';

const lossy = ['fp16', 'int8', 'topk:0.1'] as const;
const headerBytes = 16;

function draw(length: number, seed: number, scale = 1): Float32Array {
  const prng = createPrng(seed);
  return Float32Array.from({ length }, () => (prng.next() * 2 - 1) * scale);
}

function roundTrip(codec: Codec, values: Float32Array): Float32Array {
  const words = new Float32Array(codec.wordCount(values));
  codec.encode(values, words);
  const out = new Float32Array(values.length).fill(Number.NaN);
  codec.decode(words, out);
  return out;
}

function codecs(name: WireName): { contribution: Codec; sum: Codec } {
  const wire = wireOf(name);
  if (wire === null) throw new Error('fp32 has no codec');
  return wire;
}

describe('a codec', () => {
  test.each([0, 1, 2, 3, 255, 256, 257, 1000])('of fp16 loses at most half a unit in the last place of %i values', (length) => {
    const values = draw(length, length + 1);
    for (const [index, value] of roundTrip(codecs('fp16').contribution, values).entries()) {
      expect(Math.abs(value - (values[index] ?? 0))).toBeLessThanOrEqual(2 ** -11 * Math.max(Math.abs(values[index] ?? 0), 2 ** -14));
    }
  });

  test.each([0, 1, 2, 3, 255, 256, 257, 1000])('of int8 loses at most 1/254 of a block’s largest value, of %i values', (length) => {
    const values = draw(length, length + 2, 1000);
    const decoded = roundTrip(codecs('int8').contribution, values);
    for (let block = 0; block * 256 < length; block++) {
      const part = values.subarray(block * 256, (block + 1) * 256);
      const largest = Math.max(...part.map(Math.abs));
      // Half a level, and what rounding to f32 adds.
      for (const [index, value] of part.entries()) {
        expect(Math.abs((decoded[block * 256 + index] ?? Number.NaN) - value)).toBeLessThanOrEqual((largest / 254) * (1 + 1e-5));
      }
    }
  });

  test('of int8 rounds half to even and keeps a block’s largest value', () => {
    const values = Float32Array.of(127, 0.5, 1.5, 2.5, -0.5, -1.5);
    expect([...roundTrip(codecs('int8').contribution, values)]).toEqual([127, 0, 2, 2, 0, -2]);
  });

  test('of topk sends the largest values as they are, and of equals the first', () => {
    const values = Float32Array.of(1, -5, 2, 5, 0.5, -5, 3, 0, 0, 0);
    expect([...roundTrip(codecs('topk:0.2').contribution, values)]).toEqual([0, -5, 0, 5, 0, 0, 0, 0, 0, 0]);
  });

  test.each([[[0, 0, 0, 0]], [[0, 7, 0, 0, 0]], [[1, 2, 3]], [[0, 1, 0, 2]], [[]]])('of a topk sum gives %j back without loss', (list) => {
    expect([...roundTrip(codecs('topk:0.2').sum, Float32Array.from(list))]).toEqual(list);
  });
});

/** Every rank's values after an all-reduce of `rounds` inputs per rank; the sum over rounds of what each rank saw. */
async function reduceAll(name: WireName, inputs: readonly (readonly Float32Array[])[], op: 'sum' | 'mean') {
  const wire = wireOf(name);
  if (wire === null) throw new Error('fp32 has no wire');
  const worldSize = inputs.length;
  const groups = createMemoryTransports(worldSize).map((transport) => new ProcessGroup(transport));
  const length = inputs[0]?.[0]?.length ?? 0;
  const results = await Promise.all(
    groups.map(async (group, rank) => {
      const state = new WireState(wire, length);
      const seen: Float32Array[] = [];
      for (const input of inputs[rank] ?? []) {
        const values = input.slice();
        await group.allReduceEncoded(values, op, state);
        seen.push(values);
      }
      return { seen, bytesSent: group.bytesSent, error: state.takeRelativeError() };
    }),
  );
  return results;
}

describe('an encoded all-reduce', () => {
  const worlds = [1, 2, 3, 4, 5, 8, 9];
  const lengths = [0, 1, 3, 7, 64, 1009];
  test.each(lossy.flatMap((name) => worlds.map((worldSize) => [name, worldSize] as const)))(
    'over %s gives all of %i ranks the same bits, near the exact mean',
    async (name, worldSize) => {
      for (const length of lengths) {
        const inputs = Array.from({ length: worldSize }, (_, rank) => [draw(length, 100 * worldSize + rank)]);
        const results = await reduceAll(name, inputs, 'mean');
        const [first] = results;
        for (const { seen } of results) expect(seen).toEqual(first?.seen);
        if (name.startsWith('topk')) continue; // a single exchange leaves most values out; see the next test
        for (let index = 0; index < length; index++) {
          const exact = inputs.reduce((sum, [values]) => sum + (values?.[index] ?? 0), 0) / worldSize;
          // Values within ±1: both legs lose at most half a level each.
          const bound = name === 'fp16' ? 2 ** -10 : 2 / 254;
          expect(Math.abs((first?.seen[0]?.[index] ?? Number.NaN) - exact)).toBeLessThanOrEqual(bound);
        }
      }
    },
  );

  test.each(['int8', 'topk:0.1', 'topk:0.01'] as const)('over %s loses nothing for good: what is owed stays bounded', async (name) => {
    const [worldSize, length, rounds] = [3, 300, 400];
    const inputs = Array.from({ length: worldSize }, (_, rank) => Array.from({ length: rounds }, () => draw(length, 7 + rank)));
    const [first] = await reduceAll(name, inputs, 'sum');
    let worst = 0;
    for (let index = 0; index < length; index++) {
      const given = inputs.reduce((sum, values) => sum + values.reduce((all, value) => all + (value[index] ?? 0), 0), 0);
      const seen = (first?.seen ?? []).reduce((sum, values) => sum + (values[index] ?? 0), 0);
      worst = Math.max(worst, Math.abs(given - seen) / rounds);
    }
    // The mean error per round goes to zero with 1/rounds; without feedback it would stay near 1 for topk and 1/254 for int8.
    expect(worst).toBeLessThan(name === 'int8' ? 1e-4 : name === 'topk:0.1' ? 0.15 : 0.6);
  });

  test.each(lossy)('over %s lets every rank see an overflow of one, and forgets it after', async (name) => {
    const overflown = draw(64, 1);
    overflown[5] = Number.POSITIVE_INFINITY;
    const inputs = [
      [overflown, draw(64, 2)],
      [draw(64, 3), draw(64, 4)],
    ];
    for (const { seen } of await reduceAll(name, inputs, 'mean')) {
      expect(seen[0]?.every(Number.isFinite)).toBe(false);
      expect(seen[1]?.every(Number.isFinite)).toBe(true);
    }
  });

  test('sends the bytes that its format promises', async () => {
    const [worldSize, length] = [4, 4096];
    const inputs = Array.from({ length: worldSize }, (_, rank) => [draw(length, rank)]);
    const bytes = async (name: WireName) => (await reduceAll(name, inputs, 'mean')).map(({ bytesSent }) => bytesSent);
    const messages = 2 * (worldSize - 1) * headerBytes;
    const dense = 2 * (worldSize - 1) * (length / worldSize); // values sent by each rank
    expect(await bytes('fp16')).toEqual(Array<number>(worldSize).fill(messages + dense * 2));
    expect(await bytes('int8')).toEqual(Array<number>(worldSize).fill(messages + dense + (dense / 256) * 4));
    for (const sent of await bytes('topk:0.01')) {
      const chunk = length / worldSize;
      const contribution = (worldSize - 1) * Math.ceil(chunk * 0.01) * 8;
      expect(sent).toBeGreaterThanOrEqual(messages + 2 * contribution); // its own part of the sum, at least
      expect(sent).toBeLessThanOrEqual(messages + contribution * (1 + worldSize)); // all parts, where none coincide
    }
  });

  test('tells how much of the values a rank lost', async () => {
    const inputs = [[Float32Array.of(3, 4, 0, 0)], [Float32Array.of(0, 0, 0, 0)]];
    const [first] = await reduceAll('topk:0.5', inputs, 'sum'); // chunks of two values: one of each is sent
    expect(first?.error).toBeCloseTo(3 / 5, 6);
  });
});
