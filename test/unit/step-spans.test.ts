// The recorder: what it says happened is what the clock of the test says, nothing outside of steps, nothing lost unsaid. And the whole way
// from real collectives over a transport whose waits are timed.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import { timeWaits } from '../../src/collective/timed-transport.ts';
import { spanPhases, type SpanBatch } from '../../src/train/span-phases.ts';
import { StepSpans } from '../../src/train/step-spans.ts';

/** Rows as text, times from `performance.timeOrigin` on. */
function rowsOf(batch: SpanBatch | null): readonly string[] {
  if (batch === null) return [];
  const since = (ms: number | undefined) => Math.round(((ms ?? Number.NaN) - performance.timeOrigin) * 100) / 100;
  return Array.from(
    batch.step,
    (step, at) => `${step} ${spanPhases[batch.phase[at] ?? -1]} ${batch.bucket[at]} ${since(batch.startMs[at])}..${since(batch.endMs[at])}`,
  );
}

/** A promise that the test resolves. */
function later<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function createRecorder() {
  const clock = { nowMs: 100 };
  const spans = new StepSpans(2, () => clock.nowMs);
  const spend = (ms: number) => {
    clock.nowMs += ms;
  };
  return { spans, spend, rows: () => rowsOf(spans.take()) };
}

describe('a recorder', () => {
  it('puts spans into the step under way, in the order in which they end, and the step last', () => {
    const { spans, spend, rows } = createRecorder();
    spans.beginStep(1);
    spans.measure('data', () => spend(2));
    expect(spans.measure('optimizer', () => (spend(3), 'result'), 4)).toBe('result');
    spend(1);
    spans.endStep();
    expect(rows()).toEqual(['1 data -1 100..102', '1 optimizer 4 102..105', '1 step -1 100..106']);
    expect(rows()).toEqual([]);
  });

  it('records nothing between steps', () => {
    const { spans, spend, rows } = createRecorder();
    spans.measure('reduce', () => spend(1));
    spans.beginStep(1);
    spans.endStep();
    spans.add('wait', 1, 2);
    spans.measure('reduce', () => spend(1));
    expect(rows()).toEqual(['1 step -1 101..101']);
  });

  it('ends the span of a function that throws or rejects', async () => {
    const { spans, spend, rows } = createRecorder();
    const fail = () => {
      spend(1);
      throw new Error('no');
    };
    spans.beginStep(3);
    expect(() => spans.measure('data', fail)).toThrow('no');
    await expect(spans.measure('reduce', async () => fail())).rejects.toThrow('no');
    spans.endStep();
    expect(rows()).toEqual(['3 data -1 100..101', '3 reduce -1 101..102', '3 step -1 100..102']);
  });

  it('lets a pass last until the device has done it, and a read-back begin only there', async () => {
    const { spans, spend, rows } = createRecorder();
    const device = later<undefined>();
    const staging = later<string>();
    spans.beginStep(1);
    spans.compute(() => spend(10));
    spans.computedWhen(device.promise);
    const read = spans.readBack(() => staging.promise, 0);
    spend(20);
    device.resolve(undefined);
    await device.promise;
    spend(5);
    staging.resolve('gradients');
    expect(await read).toBe('gradients');
    spans.endStep();
    expect(rows()).toEqual(['1 device -1 110..130', '1 forward-backward -1 100..130', '1 read-back 0 130..135', '1 step -1 100..135']);
  });

  it('takes a pass for done once its gradients are read, though the device has not said so', async () => {
    const { spans, spend, rows } = createRecorder();
    const device = later<undefined>();
    spans.beginStep(1);
    spans.compute(() => spend(10));
    spans.computedWhen(device.promise);
    await spans.readBack(async () => spend(5), 0);
    device.resolve(undefined);
    await device.promise;
    spans.endStep();
    expect(rows()).toEqual(['1 device -1 110..115', '1 forward-backward -1 100..115', '1 step -1 100..115']);
  });

  it('reads a part of a pass from where the device has done it, and the pass goes on', async () => {
    const { spans, spend, rows } = createRecorder();
    const [part, device, staging] = [later<undefined>(), later<undefined>(), later<string>()];
    spans.beginStep(1);
    spans.compute(() => spend(10));
    const early = spans.readPart(() => staging.promise, part.promise, 0);
    spans.computedWhen(device.promise);
    spend(20);
    part.resolve(undefined);
    await part.promise;
    spend(5);
    staging.resolve('first bucket');
    expect(await early).toBe('first bucket');
    spend(15);
    device.resolve(undefined);
    await device.promise;
    spans.endStep();
    expect(rows()).toEqual(['1 read-back 0 130..135', '1 device -1 110..150', '1 forward-backward -1 100..150', '1 step -1 100..150']);
  });

  it('counts a bucket from where the one before it ended, because it queued until then', async () => {
    const { spans, spend, rows } = createRecorder();
    const [first, second] = [later<undefined>(), later<undefined>()];
    spans.beginStep(1);
    const both = [spans.measure('reduce', () => first.promise, 0), spans.measure('reduce', () => second.promise, 1)];
    spend(4);
    first.resolve(undefined);
    await both[0];
    spend(3);
    second.resolve(undefined);
    await both[1];
    spans.endStep();
    expect(rows()).toEqual(['1 reduce 0 100..104', '1 reduce 1 104..107', '1 step -1 100..107']);
  });

  it('records every micro-step of an accumulated step as a pass of its own', () => {
    const { spans, spend, rows } = createRecorder();
    spans.beginStep(1);
    spans.compute(() => spend(1));
    spans.compute(() => spend(2));
    spans.endStep();
    expect(rows()).toEqual(['1 forward-backward -1 100..101', '1 forward-backward -1 101..103', '1 step -1 100..103']);
  });

  it('ends a step that was left by an error where the next begins', () => {
    const { spans, spend, rows } = createRecorder();
    for (let step = 1; step <= 100; step++) {
      spans.beginStep(step);
      spend(1);
    }
    spans.endStep();
    expect(rows()).toEqual(Array.from({ length: 100 }, (_, at) => `${at + 1} step -1 ${100 + at}..${101 + at}`));
  });

  it('says how many spans found no room', () => {
    const { spans, spend } = createRecorder();
    spans.beginStep(1);
    for (let at = 0; at < 9000; at++) spans.measure('data', () => spend(1));
    spans.endStep();
    const batch = spans.take();
    expect((batch?.step.length ?? 0) + (batch?.droppedCount ?? 0)).toBe(9001);
    expect(batch?.droppedCount).toBeGreaterThan(0);
  });
});

afterEach(() => vi.restoreAllMocks());

describe('waits', () => {
  it('of real collectives are how long the other ranks let one wait, and the rank that comes last waits for nobody', async () => {
    const clock = { nowMs: 0 };
    vi.spyOn(performance, 'now').mockImplementation(() => clock.nowMs);
    const late = later<undefined>();
    const work = createMemoryTransports(3).map(async (transport, rank) => {
      const spans = new StepSpans(rank);
      const group = new ProcessGroup(timeWaits(transport, (fromMs, toMs) => spans.add('wait', fromMs, toMs)));
      spans.beginStep(1);
      if (rank === 2) await late.promise;
      const values = Float32Array.of(rank, 1, 2, 3);
      await spans.measure('reduce', () => group.allReduce(values, 'sum'), 0);
      spans.endStep();
      expect(Array.from(values)).toEqual([3, 3, 6, 9]);
      return rowsOf(spans.take());
    });
    await new Promise((resolve) => setImmediate(resolve)); // ranks 0 and 1 are waiting now
    clock.nowMs = 30;
    late.resolve(undefined);
    const punctual = ['1 wait -1 0..30', '1 reduce 0 0..30', '1 step -1 0..30'];
    expect(await Promise.all(work)).toEqual([punctual, punctual, ['1 step -1 0..30']]);
  });

  it('leave the transport what it was', async () => {
    const [a, b] = createMemoryTransports(2).map((transport) => timeWaits(transport, () => undefined));
    if (a === undefined || b === undefined) throw new Error('expected two ranks');
    a.send(1, Float32Array.of(1, 2));
    expect(Array.from(await b.recv(0))).toEqual([1, 2]);
    expect([a.bytesSent, a.bytesSentTo(1), b.bytesSent]).toEqual([8, 8, 0]);
    const pending = b.recv(0);
    a.close(new Error('gone'));
    await expect(pending).rejects.toThrow('gone');
  });
});
