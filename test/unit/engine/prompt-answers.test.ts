// A queue that, like Firefox's, answers only on a tick of its own or when something is submitted.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { answerPromptly } from '../../../src/engine/prompt-answers.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'performance'] });
  vi.stubGlobal('GPUBufferUsage', { MAP_READ: 1, COPY_DST: 8 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A device that answers every `tickMs`, or at once after a submit. */
function deviceAnsweringEvery(tickMs: number) {
  const waiting: (() => void)[] = [];
  const answer = (): void => waiting.splice(0).forEach((resolve) => resolve());
  const later = (): Promise<undefined> =>
    new Promise((resolve) => {
      waiting.push(() => resolve(undefined));
      setTimeout(answer, tickMs);
    });
  const submit = vi.fn<() => void>(answer);
  const queue = { submit, onSubmittedWorkDone: later };
  const device = { queue, createBuffer: () => ({ mapAsync: later }) };
  return { device: device as unknown as GPUDevice, submit }; // the part of a device that is used
}

async function msUntil(start: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  let endedAt = Number.NaN;
  void start().then(() => (endedAt = performance.now()));
  while (Number.isNaN(endedAt)) await vi.advanceTimersByTimeAsync(1);
  return endedAt - from;
}

test('a device that answers in ticks of 100 ms is asked again while an answer is pending, and left alone otherwise', async () => {
  const { device, submit } = deviceAnsweringEvery(100);
  await msUntil(() => answerPromptly(device));
  expect(submit).not.toHaveBeenCalled();
  expect(await msUntil(() => device.queue.onSubmittedWorkDone())).toBeLessThan(20);
  const buffer = device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ });
  expect(await msUntil(() => buffer.mapAsync(1))).toBeLessThan(20);
  submit.mockClear();
  await vi.advanceTimersByTimeAsync(1000);
  expect(submit).not.toHaveBeenCalled();
});

test('a device that answers at once is not touched', async () => {
  const { device, submit } = deviceAnsweringEvery(1);
  const { onSubmittedWorkDone } = device.queue;
  await msUntil(() => answerPromptly(device));
  expect(device.queue.onSubmittedWorkDone).toBe(onSubmittedWorkDone);
  await msUntil(() => device.queue.onSubmittedWorkDone());
  expect(submit).not.toHaveBeenCalled();
});
