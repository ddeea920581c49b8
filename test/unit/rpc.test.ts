// Plan: what comlink lacks. A dead worker rejects every pending call; errors keep code, details and cause; what is not an answer is
// ignored. Real MessagePorts, Node's own.

import { afterEach, describe, expect, test } from 'vitest';
import { PlaygroundError } from '../../src/core/errors.ts';
import { connect, transfer, workerDied } from '../../src/rpc/connect.ts';
import type { Connection } from '../../src/rpc/connect.ts';
import { serve } from '../../src/rpc/serve.ts';

interface Calculator {
  add(left: number, right: number): number;
  fail(): void;
  never(): Promise<void>;
  length(bytes: ArrayBuffer): number;
}

const calculator: Calculator = {
  add: (left, right) => left + right,
  fail() {
    const cause = new PlaygroundError('shape-mismatch', 'inner', { axis: 1 });
    throw new PlaygroundError('program-invalid', 'outer', { rows: [1, 2] }, { cause });
  },
  never: () => new Promise(() => undefined),
  length: (bytes) => bytes.byteLength,
};

const open: { end(): void }[] = [];

function connected(): { connection: Connection<Calculator>; otherPort: MessagePort } {
  const { port1, port2 } = new MessageChannel();
  serve(calculator, port2);
  const connection = connect<Calculator>(port1);
  open.push({ end: () => connection.end(new Error('test over')) }, { end: () => port2.close() });
  return { connection, otherPort: port2 };
}

afterEach(() => {
  for (const each of open.splice(0)) each.end();
});

describe('a call to a worker', () => {
  test('returns what the other side returns', async () => {
    await expect(connected().connection.remote.add(2, 3)).resolves.toBe(5);
  });

  test('moves what is marked for transfer', async () => {
    const bytes = new ArrayBuffer(16);
    await expect(connected().connection.remote.length(transfer(bytes, [bytes]))).resolves.toBe(16);
    expect(bytes.byteLength).toBe(0);
  });

  test('rejects with code, details and cause of what was thrown there', async () => {
    const error: unknown = await connected()
      .connection.remote.fail()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PlaygroundError);
    expect(error).toMatchObject({ code: 'program-invalid', message: 'outer', details: { rows: [1, 2] } });
    expect((error as Error).cause).toMatchObject({ code: 'shape-mismatch', details: { axis: 1 } });
  });

  test('rejects when the worker dies before it answers, and so does every later one', async () => {
    const { connection } = connected();
    const pending = [connection.remote.never(), connection.remote.never()];
    connection.end(workerDied('replica 7', 'it was killed'));
    for (const call of [...pending, connection.remote.add(1, 1)]) {
      await expect(call).rejects.toMatchObject({ code: 'worker-died', message: expect.stringContaining('replica 7') as string });
    }
  });

  test('ignores messages that are no answers: handles to objects, foreign ids, junk', async () => {
    const { connection, otherPort } = connected();
    const sum = connection.remote.add(20, 22);
    for (const junk of [null, 7, 'text', { id: 'x', type: 'RAW', value: 1 }, { id: 'x', type: 'HANDLER', name: 'proxy', value: {} }])
      otherPort.postMessage(junk);
    await expect(sum).resolves.toBe(42);
  });
});
