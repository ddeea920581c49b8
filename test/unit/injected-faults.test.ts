// Plan: faults on demand come over the rank they name, at the step they name, and over nobody else.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { InjectedFaults } from '../../src/train/injected-faults.ts';
import type { Fault } from '../../src/train/faults.ts';

const faults: readonly Fault[] = [
  { kind: 'delay', rank: 1, ms: 50 },
  { kind: 'delay', rank: 1, ms: 20 },
  { kind: 'kill', rank: 2, step: 3 },
];

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('a straggler waits in every step, as long as all of its delays together', async () => {
  const injected = new InjectedFaults(faults, 1, () => undefined);
  for (const step of [1, 2]) {
    const over = vi.fn<() => void>();
    const waiting = injected.at(step)?.then(over);
    await vi.advanceTimersByTimeAsync(69);
    expect(over).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(over).toHaveBeenCalledOnce();
  }
});

test('a rank that is killed dies at its step, once, and never gets past it', async () => {
  const die = vi.fn<(step: number) => void>();
  const past = vi.fn<() => void>();
  const injected = new InjectedFaults(faults, 2, die);
  expect([injected.at(1), injected.at(2)]).toEqual([null, null]);
  void injected.at(3)?.then(past);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(die.mock.calls).toEqual([[3]]);
  expect(past).not.toHaveBeenCalled();
});

test('the others notice nothing', () => {
  const injected = new InjectedFaults(faults, 0, () => {
    throw new Error('not this one');
  });
  expect([1, 2, 3].map((step) => injected.at(step))).toEqual([null, null, null]);
});
