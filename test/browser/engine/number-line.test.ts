// Plan: counts on the GPU are NumPy's, over chunks and f16-resident tensors too; a captured lane that is looked at ends with the same bits and goes
// on being replayed; an overflow in a replayed step is named without a read-back.

import { expect, it } from 'vitest';
import { countOnLine } from '../../../src/core/number-line.ts';
import { LineCounter } from '../../../src/engine/number-line/line-counter.ts';
import { startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';
import type { NumberLines, Overflow } from '../../../src/train/number-lines.ts';
import references from '../../reference/number-line.json' with { type: 'json' };
import { overflowing } from '../../support/overflowing.ts';
import { mlpWithState, randomData } from '../../support/tiny-experiments.ts';
import { trainLane } from '../../support/train-in-node.ts';

it('a count on the GPU is what NumPy has counted, with a factor from the host or the device, and on an f16 tensor', async () => {
  const engine = await startEngine();
  if (engine.backend === null) throw new Error('expected WebGPU');
  const counter = new LineCounter(engine);
  for (const { input } of references) {
    const tensor = tf.tensor1d(new Float32Array(Uint32Array.from(input.words).buffer));
    counter.count(tensor, input.factor);
    counter.count(tensor, tf.tensor1d([input.factor, 5]));
  }
  const many = Float32Array.from({ length: 5003 }, (_, index) => (index % 7) * 2 ** -20); // several chunks, the last one short; exact in f16
  const narrow = engine.toF16(tf.tensor1d(many));
  expect(engine.isF16(narrow)).toBe(true);
  counter.count(narrow);
  const [counts, scalars] = await counter.read([tf.scalar(42)]);
  const expected = references.flatMap(({ expected: { bins, ...classes } }) => [
    { classes, bins },
    { classes, bins },
  ]);
  expect(counts).toEqual([...expected, countOnLine(many)]);
  expect(scalars).toEqual([42]);
});

it.each(['1xfp32', '1xfp16', '2xfp16'])(
  'counting the numbers of a captured %s changes no bit, and it goes on being replayed',
  async (lane) => {
    const engine = await startEngine();
    const lines: NumberLines[] = [];
    const numbers = { lines: (found: NumberLines) => void lines.push(found), overflow: () => undefined };
    const spec = { ...mlpWithState, steps: 12 };
    const watched = await trainLane(spec, lane, { engine, numbers });
    const plain = await trainLane(spec, lane, { engine });
    expect(lines.map(({ step }) => step)).toEqual([5]);
    expect(lines[0]?.tensors.some(({ kind }) => kind === 'signal')).toBe(true);
    expect(watched.weightsHash).toBe(plain.weightsHash);
    expect(watched.log).toEqual(plain.log);
    expect(watched.execution).toBe('captured');
  },
);

it('a counted step, eager though it is, raises no peak', async () => {
  const engine = await startEngine();
  const { ledger } = engine;
  if (ledger === null) throw new Error('expected a ledger on WebGPU');
  const lines: NumberLines[] = [];
  const numbers = { lines: (found: NumberLines) => void lines.push(found), overflow: () => undefined };
  const peakOf = async (steps: number): Promise<number> => {
    ledger.restartPeak();
    const before = ledger.heldBytes;
    await trainLane({ ...overflowing, data: () => randomData(480, [32]), globalBatch: 240, steps }, '1xfp32', { engine, numbers });
    return ledger.peakBytes - before;
  };
  const plain = await peakOf(4);
  expect(lines).toEqual([]);
  const counted = await peakOf(7);
  expect(lines.map(({ step }) => step)).toEqual([5]);
  // Some ten kilobytes of counts wait to be read; what the step itself took, twice as much as the recorded one has, is gone.
  expect(counted / plain).toBeLessThan(1.1);
});

it.each(['', '+eager'])(
  'an overflow on the device is named by the weight it met first on the way back, step by step: fp16%s',
  async (how) => {
    const engine = await startEngine();
    const overflows: Overflow[] = [];
    const numbers = { lines: () => undefined, overflow: (found: Overflow) => void overflows.push(found) };
    // Grows every other step, so that replayed steps overflow, too.
    const lane = `1xfp16+initScale=16777216+growthInterval=2${how}`;
    const { skippedSteps, log } = await trainLane({ ...overflowing, steps: 24 }, lane, { engine, numbers });
    const skipped = overflows.filter(({ isSkipped }) => isSkipped);
    expect(skippedSteps).toBeGreaterThan(4);
    const stepsSkipped = log.flatMap(({ skippedSteps: count = 0 }, at) => (count > (log[at - 1]?.['skippedSteps'] ?? 0) ? [at + 1] : []));
    expect(skipped.map(({ step }) => step)).toEqual(stepsSkipped);
    expect(stepsSkipped.at(-1)).toBeGreaterThan(8);
    for (const { kind, name } of skipped) expect([kind, name]).toEqual(['gradient', expect.stringMatching(/^second\/bias/u)]);
    expect(overflows).toContainEqual(expect.objectContaining({ kind: 'signal', name: 'second' }));
  },
);
