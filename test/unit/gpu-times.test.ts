// From the device's time stamps to what the page is told: times of commands, names of kernels, means over steps, which steps are timed, and
// what the page lets in.

import { describe, expect, test } from 'vitest';
import type { GpuTimes } from '../../src/core/gpu-times.ts';
import type { GpuTiming } from '../../src/engine/timing/gpu-timing.ts';
import { kernelName } from '../../src/engine/timing/kernel-name.ts';
import { timesOf } from '../../src/engine/timing/stamps.ts';
import { parseReplicaMessage } from '../../src/runner/checked-telemetry.ts';
import { GpuSampler } from '../../src/train/gpu-sampler.ts';
import { GpuTally } from '../../src/train/gpu-tally.ts';
import type { TimedStep } from '../../src/train/gpu-tally.ts';
import { fakeGpuTimes } from '../support/fake-gpu-times.ts';

const ms = 1_000_000n;
const stamps = (...milliseconds: readonly number[]): BigUint64Array =>
  BigUint64Array.from(milliseconds.map((value) => BigInt(Math.round(value * 1000)) * 1000n + 7n * ms));

describe('stamps', () => {
  test('become the time from beginning to end of each command, and of all', () => {
    expect(timesOf([0, 0], stamps(0, 1, 1.5, 4))).toEqual({ ms: [1, 2.5], spanMs: 4, resolutionMs: 0.5 });
  });

  test('of a pass that began before the one before it had ended count from that end, so that times never add up to more than the whole', () => {
    expect(timesOf([0, 0, 0], stamps(0, 3, 1, 5, 2, 4))).toMatchObject({ ms: [3, 2, 0], spanMs: 5 });
  });

  test('count from the mark of where the command buffer before was done', () => {
    const marked = stamps(4, 0, 1, 6); // the mark has a beginning only; the kernel's pass began while the device was at earlier work
    marked[1] = 0n;
    expect(timesOf([0, 0], marked)).toMatchObject({ ms: [0, 2], spanMs: 2 });
  });

  test('of two command buffers leave out what lies between them', () => {
    expect(timesOf([0, 1], stamps(0, 1, 10, 12))).toMatchObject({ ms: [1, 2], spanMs: 3 });
  });

  test('that a browser has rounded show their unit', () => {
    const rounded = BigUint64Array.from([3n, 4n, 4n, 9n, 9n, 9n, 10n, 12n], (units) => units << 16n);
    expect(timesOf([0, 0, 0, 0], rounded).resolutionMs).toBe(0.065536);
    expect(timesOf([0], stamps(2, 2)).resolutionMs).toBe(0); // no telling
  });
});

describe('names of kernels', () => {
  test.each([
    [
      'matMulPacked_4,4,1_false_true_null_true',
      true,
      [
        [128, 784],
        [784, 256],
        [128, 256],
      ],
      'matMulPacked 128×784, 784×256 → 128×256',
    ],
    ['conv2DDirect_8x4_4_4_true_relu', true, [[8, 9, 9, 4], [3, 3, 4, 4], [4], [8, 7, 7, 4]], 'conv2DDirect 8×9×9×4, 3×3×4×4, 4 → 8×7×7×4'],
    ['depthwise_conv2d_backprop_filter_direct_3_4', true, [[1, 2], [3]], 'depthwise conv2d backprop filter direct 1×2 → 3'],
    ['fill', true, [[]], 'fill scalar'],
    ['addN', true, [[2], [2], [2], [2], [2]], 'addN 2, 2, 2, … → 2'],
    ['unary_23|f16:A:true', true, [[6], [6]], 'relu (f16) 6 → 6'],
    ['binary_17_flat_a_b', true, [[6], [1], [6]], 'mul 6, 1 → 6'],
    ['optim_adam_plain_4', false, [[12], [784, 256], [784, 256], [784, 256]], 'optim adam 784×256'],
  ] as const)('%s', (key, isProgram, shapes, name) => {
    expect(kernelName({ key, shapes, isProgram })).toBe(name);
  });
});

const step = (...commands: readonly (readonly [phase: 'forward' | 'backward' | 'other', name: string, ms: number])[]): TimedStep => ({
  commands: commands.map(([phase, name, ms]) => ({ note: { phase, name, isCopy: name.startsWith('copy') }, ms })),
  spanMs: commands.reduce((sum, [, , ms]) => sum + ms, 1),
  resolutionMs: 0.001,
  untimedCount: 0,
});

describe('the means of timed steps', () => {
  test('are per phase and per kernel, the longest kernel first', () => {
    const tally = new GpuTally();
    tally.add(8, step(['forward', 'a', 1], ['forward', 'a', 2], ['backward', 'b', 4], ['backward', 'a', 0]));
    tally.add(12, step(['forward', 'a', 3], ['forward', 'a', 2], ['backward', 'b', 6], ['backward', 'a', 0]));
    expect(tally.times()).toEqual({
      origin: 'measured',
      stepCount: 2,
      lastStep: 12,
      resolutionMs: 0.001,
      spanMs: 10,
      dispatchCount: 4,
      untimedCount: 0,
      phases: [
        { phase: 'forward', ms: 4 },
        { phase: 'backward', ms: 5 },
      ],
      kernels: [
        { phase: 'backward', name: 'b', runCount: 1, ms: 5 },
        { phase: 'forward', name: 'a', runCount: 2, ms: 4 },
        { phase: 'backward', name: 'a', runCount: 1, ms: 0 },
      ],
    });
  });

  test('begin anew with a step that runs other kernels, but not with a copy more', () => {
    const tally = new GpuTally();
    expect(tally.times()).toBeNull();
    tally.add(8, step(['forward', 'eager', 9]));
    tally.add(12, step(['forward', 'replayed', 1]));
    tally.add(16, step(['forward', 'replayed', 3], ['other', 'copy of 4 bytes', 1]));
    expect(tally.times()).toMatchObject({
      stepCount: 2,
      dispatchCount: 1,
      kernels: [
        { name: 'replayed', ms: 2 },
        { runCount: 0.5, ms: 0.5 },
      ],
    });
  });

  test('tell of ten kernels at most, of phases all', () => {
    const tally = new GpuTally();
    tally.add(8, step(...Array.from({ length: 30 }, (_, index) => ['forward', `kernel ${index}`, index] as const)));
    expect(tally.times()?.kernels.map(({ ms }) => ms)).toEqual([29, 28, 27, 26, 25, 24, 23, 22, 21, 20]);
    expect(tally.times()?.phases).toEqual([{ phase: 'forward', ms: (29 * 30) / 2 }]);
  });
});

/** Which of the first hundred steps are timed. */
async function timedSteps(resolutionMs: number, asks: Readonly<Record<number, number>> = {}): Promise<readonly number[]> {
  const timed: number[] = [];
  let begun = false;
  const timing: Pick<GpuTiming, 'begin' | 'end'> = {
    begin() {
      begun = true;
    },
    end: async () => {
      expect(begun).toBe(true);
      begun = false;
      return { ...step(['forward', 'a', 1]), resolutionMs };
    },
  };
  const sampler = new GpuSampler(timing as GpuTiming, ({ lastStep }) => timed.push(lastStep)); // it calls nothing else
  for (let at = 1; at <= 100; at++) {
    const asked = asks[at];
    if (asked !== undefined) sampler.ask(asked);
    sampler.begin(at);
    sampler.end();
    await sampler.settle();
  }
  return timed;
}

describe('of a lane', () => {
  test('four steps are timed unasked, and as many as somebody asks for', async () => {
    expect(await timedSteps(0.000001)).toEqual([8, 12, 16, 20]);
    expect(await timedSteps(0.000001, { 1: 6 })).toEqual([8, 12, 16, 20, 24, 28]);
    expect(await timedSteps(0.000001, { 50: 2 })).toEqual([8, 12, 16, 20, 50, 54]);
  });

  test('sixteen steps are timed where the browser rounds stamps', async () => {
    const timed = await timedSteps(0.1);
    expect(timed).toHaveLength(16);
    expect(timed.at(-1)).toBe(68);
  });
});

describe('what a replica says its device did', () => {
  const received = (times: unknown): unknown => parseReplicaMessage({ type: 'events', events: [{ type: 'gpu-times', times }] });
  const dropped = { type: 'events', events: [] };

  test('comes in as it is, and nothing beside it', () => {
    const times: GpuTimes = fakeGpuTimes(8, 1);
    expect(received({ ...times, more: 1 })).toEqual({ type: 'events', events: [{ type: 'gpu-times', times }] });
  });

  test.each([
    ['no object', 7],
    ['a time that is none', { ...fakeGpuTimes(8, 1), spanMs: Number.NaN }],
    ['a negative time', { ...fakeGpuTimes(8, 1), phases: [{ phase: 'forward', ms: -1 }] }],
    ['an unknown phase', { ...fakeGpuTimes(8, 1), phases: [{ phase: 'constructor', ms: 1 }] }],
    ['a phase twice', { ...fakeGpuTimes(8, 1), phases: Array.from({ length: 2 }, () => ({ phase: 'forward', ms: 1 })) }],
    ['more kernels than ten', { ...fakeGpuTimes(8, 1), kernels: Array.from({ length: 11 }, () => fakeGpuTimes(8, 1).kernels[0]) }],
    ['a kernel without a name', { ...fakeGpuTimes(8, 1), kernels: [{ phase: 'forward', runCount: 1, ms: 1 }] }],
    ['no steps', { ...fakeGpuTimes(8, 0) }],
    ['another origin', { ...fakeGpuTimes(8, 1), origin: 'modelled' }],
  ])('is dropped where it is %s', (_, times) => {
    expect(received(times)).toEqual(dropped);
  });

  test('has names cut to a line', () => {
    const [kernel] = fakeGpuTimes(8, 1).kernels;
    const long = { ...fakeGpuTimes(8, 1), kernels: [{ ...kernel, name: 'x'.repeat(10_000) }] };
    expect(received(long)).toMatchObject({ events: [{ times: { kernels: [{ name: 'x'.repeat(160) }] } }] });
  });
});
