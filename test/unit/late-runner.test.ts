// A runner that comes after the page: loaded once, and again only where that failed.

import { expect, test, vi } from 'vitest';
import type { RunHandle } from '../../src/runner/run-request.ts';
import { lateRunner } from '../../src/state/late-runner.ts';
import type { RunnerLike } from '../../src/state/session.ts';
import type { DeviceReport } from '../../src/train/telemetry.ts';

const report = { backend: 'cpu' } as DeviceReport; // nobody reads the rest here
const handle = { finished: new Promise(() => undefined) } as unknown as RunHandle; // nor any verb

function runner(): RunnerLike {
  return { warm: () => Promise.resolve(report), watchDevice: (listener) => listener(report), run: () => handle };
}

test('is loaded by the first who needs it, and once', async () => {
  const load = vi.fn<() => Promise<RunnerLike>>(() => Promise.resolve(runner()));
  const late = lateRunner(load);
  expect(load).not.toHaveBeenCalled();
  const watched = new Promise((resolve) => late.watchDevice?.(resolve));
  expect(await late.warm()).toBe(report);
  await late.ready?.();
  expect(await watched).toBe(report);
  expect(load).toHaveBeenCalledTimes(1);
  expect(late.run({} as never, () => undefined)).toBe(handle);
});

test('runs nothing before it is there', () => {
  expect(() => lateRunner(() => Promise.resolve(runner())).run({} as never, () => undefined)).toThrow(/before ready/);
});

test('says that it could not be loaded, and is loaded by the next who needs it', async () => {
  const load = vi.fn<() => Promise<RunnerLike>>(() => Promise.resolve(runner())).mockRejectedValueOnce(new TypeError('offline'));
  const late = lateRunner(load);
  await expect(late.ready?.()).rejects.toThrow(/could not be loaded. Reload the page/);
  expect(await late.warm()).toBe(report);
});
