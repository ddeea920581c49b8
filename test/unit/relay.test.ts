// The way around MessagePorts that copy: when it is taken, in which order messages come out, and who may reach whom by it.

import { describe, expect, test } from 'vitest';
import type { LinkPort } from '../../src/collective/port-transport.ts';
import { RelayedPort, type BufferRelay } from '../../src/collective/relayed-port.ts';
import { RelayGroups } from '../../src/runner/frame/relay.ts';
import { portsCopy } from '../../src/runner/ports-copy.ts';

/** Both ways to one peer, and what was sent by each; `bring` is the peer. */
function relayedPort(fromBytes: number) {
  const onPort: unknown[] = [];
  const onRelay: ArrayBuffer[] = [];
  const events = new EventTarget();
  let arrive: (buffer: ArrayBuffer) => void = () => undefined;
  const port: LinkPort = {
    postMessage: (message) => void onPort.push(message),
    addEventListener: (type, listener) => events.addEventListener(type, listener),
    start: () => undefined,
    close: () => void onPort.push('closed'),
  };
  const relay: BufferRelay = {
    send: (buffer) => void onRelay.push(buffer),
    onArrival: (listener) => {
      arrive = listener;
    },
    close: () => undefined,
  };
  const relayed = new RelayedPort(port, relay, fromBytes);
  const received: unknown[] = [];
  relayed.addEventListener('message', (event) => received.push((event as MessageEvent<unknown>).data)); // it dispatches nothing else by this name
  const bring = {
    byPort: (data: unknown) => events.dispatchEvent(new MessageEvent('message', { data })),
    byRelay: (buffer: ArrayBuffer) => arrive(buffer),
  };
  return { relayed, onPort, onRelay, received, bring };
}

describe('a port with a relay beside it', () => {
  test('sends large messages by the relay and a mark in their place, small ones and goodbyes by the port', () => {
    const { relayed, onPort, onRelay } = relayedPort(16);
    const [small, large] = [new Float32Array(3), new Float32Array(4)];
    for (const message of [large, small, { goodbye: null }]) relayed.postMessage(message, []);
    expect(onRelay).toEqual([large.buffer]);
    expect(onPort).toEqual(['relayed', small, { goodbye: null }]);
  });

  test('hands messages on in the order of the port, whichever way is quicker', () => {
    const { received, bring } = relayedPort(16);
    const [first, second] = [Float32Array.of(1, 1, 1, 1), Float32Array.of(2, 2, 2, 2)];
    bring.byPort('relayed');
    bring.byPort(Float32Array.of(7));
    expect(received).toEqual([]); // the first is still under way
    bring.byRelay(first.buffer);
    expect(received).toEqual([first, Float32Array.of(7)]);
    bring.byRelay(second.buffer);
    expect(received).toHaveLength(2); // its mark is still under way
    bring.byPort('relayed');
    expect(received[2]).toEqual(second);
  });

  test('makes nothing of a buffer that holds no whole values', () => {
    const { received, bring } = relayedPort(16);
    bring.byPort('relayed');
    bring.byRelay(new ArrayBuffer(17));
    expect(received).toEqual([null]); // which the transport refuses, and ends the link
  });
});

describe('the frame', () => {
  const groups = new RelayGroups();
  groups.add(1, [11, 12]);
  groups.add(2, [21, 22]);
  const buffer = new ArrayBuffer(8);

  test('passes a buffer on to the rank of the same lane, with the rank that really sent it', () => {
    expect(groups.route(12, { group: 1, rank: 0, buffer })).toEqual({ to: 11, message: { group: 1, rank: 1, buffer } });
  });

  test.each([
    ['a worker of another lane', 21, { group: 1, rank: 0, buffer }],
    ['a worker of no lane', 99, { group: 1, rank: 0, buffer }],
    ['a group that there is not', 11, { group: 3, rank: 0, buffer }],
    ['a rank that there is not', 11, { group: 1, rank: 2, buffer }],
    ['a rank that is no number', 11, { group: 1, rank: 'length', buffer }],
    ['a rank between two', 11, { group: 1, rank: 0.5, buffer }],
    ['itself', 11, { group: 1, rank: 0, buffer }],
    ['anything but a buffer', 11, { group: 1, rank: 1, buffer: 'text' }],
    ['nothing', 11, null],
  ])('passes on nothing to or from %s', (_name, from, message) => {
    expect(groups.route(from, message)).toBeNull();
  });

  test('forgets the lane of a worker that has ended', () => {
    const own = new RelayGroups();
    own.add(1, [11, 12]);
    own.forget(12);
    expect(own.route(11, { group: 1, rank: 1, buffer })).toBeNull();
  });
});

describe('whether ports copy', () => {
  /** A clock that a large buffer moves on by `largeMs`, a tiny one and a copy by a tenth of a millisecond. */
  const found = (largeMs: number) => {
    let nowMs = 0;
    const now = () => (nowMs += 0.1);
    const swallow = (buffer: ArrayBuffer) => {
      nowMs += buffer.byteLength > 1024 ? largeMs : 0.1;
      return Promise.resolve(buffer.byteLength);
    };
    return portsCopy(swallow, now);
  };

  test('is told from the time that a large buffer takes', async () => {
    expect(await found(0.3)).toBe(false);
    expect(await found(20)).toBe(true);
  });

  test('is not told from messages that are late now and then', async () => {
    let calls = 0;
    let nowMs = 0;
    const swallow = (buffer: ArrayBuffer) => {
      nowMs += buffer.byteLength > 1024 && ++calls < 8 ? 30 : 0.1;
      return Promise.resolve(buffer.byteLength);
    };
    expect(await portsCopy(swallow, () => (nowMs += 0.1))).toBe(false);
  });
});
