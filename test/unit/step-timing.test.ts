// Plan: the gate lets exactly so many steps through; the clock's times add up to the time spent training and to nothing else.

import { describe, expect, test } from 'vitest';
import { StepClock } from '../../src/train/step-clock.ts';
import { StepGate } from '../../src/train/step-gate.ts';
import { toColumns } from '../../src/train/event-stream.ts';

describe('the step gate', () => {
  test('lets so many steps through as the runner opens it for, and tells when they are used up', async () => {
    const gate = new StepGate();
    let stepCount = 0;
    const program = async () => {
      for (;;) {
        await gate.enter();
        stepCount++;
      }
    };
    const first = gate.open(3);
    void program();
    await first;
    expect(stepCount).toBe(3);
    await gate.open(2);
    expect(stepCount).toBe(5);
  });

  test('a program that ends early ends the slice', async () => {
    const gate = new StepGate();
    const slice = gate.open(10);
    await gate.enter();
    gate.arrive();
    await expect(slice).resolves.toBeUndefined();
  });
});

describe('the step clock', () => {
  test('reports steps in their order, and the first failure of a step when it settles', async () => {
    const drains: (() => void)[] = [];
    const clock = new StepClock(() => new Promise((resolve) => drains.push(resolve)));
    const ended: number[] = [];
    await clock.queued(clock.start(), () => void ended.push(1));
    const second = clock.queued(clock.start(), () => void ended.push(2)); // waits for the first: only one step may be queued ahead
    drains[1]?.();
    drains[0]?.();
    await second;
    await clock.settle();
    expect(ended).toEqual([1, 2]);

    await clock.queued(clock.start(), () => {
      throw new Error('loss is NaN');
    });
    drains[2]?.();
    await expect(clock.settle()).rejects.toThrow('loss is NaN');
  });

  test('a step that starts after a pause is not charged for the pause', async () => {
    const clock = new StepClock(() => Promise.resolve());
    const times: number[] = [];
    await clock.queued(clock.start(), (ms) => void times.push(ms));
    await clock.settle();
    const pausedUntil = performance.now() + 30;
    while (performance.now() < pausedUntil); // an evaluation, or another lane's turn
    const started = clock.start();
    await clock.queued(started, (ms) => void times.push(ms));
    await clock.settle();
    expect(times[1]).toBeLessThan(30);
  });
});

test('a metric that one step did not log is null there and does not shift the others', () => {
  const batch = toColumns([
    { step: 1, loss: 1, stepMs: 5, metrics: {} },
    { step: 2, loss: 0.5, stepMs: 6, metrics: { gradNorm: 3 } },
  ]);
  expect(batch).toEqual({ step: [1, 2], loss: [1, 0.5], stepMs: [5, 6], metrics: { gradNorm: [null, 3] } });
});
