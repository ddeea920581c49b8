import { describe, expect, it } from 'vitest';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { createPortTransport, type LinkPort } from '../../src/collective/port-transport.ts';
import { RelayedPort, type BufferRelay } from '../../src/collective/relayed-port.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import { createPrng } from '../../src/core/prng.ts';
import type { Transport } from '../../src/collective/transport.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Ranks joined by real MessagePorts. */
function createPortTransports(
  worldSize: number,
  wrap: (port: LinkPort, rank: number, peer: number) => LinkPort = (port) => port,
): Transport[] {
  const ports: (LinkPort | null)[][] = range(worldSize).map(() => range(worldSize).map(() => null));
  for (let a = 0; a < worldSize; a++) {
    for (let b = a + 1; b < worldSize; b++) {
      const { port1, port2 } = new MessageChannel();
      const [rowA, rowB] = [ports[a], ports[b]];
      if (rowA !== undefined) rowA[b] = wrap(port1, a, b);
      if (rowB !== undefined) rowB[a] = wrap(port2, b, a);
    }
  }
  return ports.map((row, rank) => createPortTransport(rank, row));
}

/** Every message of four values or more takes the other way, which is now slower than the port and now quicker. */
function createRelayedTransports(worldSize: number): Transport[] {
  const random = createPrng(5);
  const listeners = new Map<string, (buffer: ArrayBuffer) => void>();
  const lastByLink = new Map<string, Promise<void>>();
  return createPortTransports(worldSize, (port, rank, peer) => {
    const [there, back] = [`${rank}>${peer}`, `${peer}>${rank}`];
    const relay: BufferRelay = {
      send: (buffer) => {
        const moved = structuredClone(buffer, { transfer: [buffer] });
        const delay = Math.floor(random.next() * 4);
        const before = lastByLink.get(there) ?? Promise.resolve();
        lastByLink.set(
          there,
          before.then(async () => {
            for (let turn = 0; turn < delay; turn++) await new Promise((resolve) => setImmediate(resolve));
            listeners.get(there)?.(moved);
          }),
        );
      },
      onArrival: (listener) => void listeners.set(back, listener),
      close: () => undefined,
    };
    return new RelayedPort(port, relay, 8 * Float32Array.BYTES_PER_ELEMENT);
  });
}

describe.each([
  ['memory', createMemoryTransports],
  ['MessagePorts', (worldSize: number) => createPortTransports(worldSize)],
  ['MessagePorts that copy, and a relay', createRelayedTransports],
] as const)('collectives over %s', (_name, createTransports) => {
  const onEveryRank = async <T>(worldSize: number, body: (group: ProcessGroup) => Promise<T>): Promise<T[]> => {
    const groups = createTransports(worldSize).map((transport) => new ProcessGroup(transport));
    const results = await Promise.all(groups.map(body));
    for (const group of groups) group.close();
    return results;
  };
  /** (rank, 10·rank, …): tells ranks and positions apart. */
  const valuesOf = (rank: number, length = 6): Float32Array => Float32Array.from({ length }, (_, index) => rank * 10 ** index);

  it.each([1, 2, 3, 5])('broadcast gives every one of %i ranks the values of the root, whichever it is', async (worldSize) => {
    for (const root of range(worldSize)) {
      const results = await onEveryRank(worldSize, async (group) => {
        const values = valuesOf(group.rank);
        await group.broadcast(values, root);
        return values;
      });
      for (const result of results) expect(result).toEqual(valuesOf(root));
    }
  });

  it.each([1, 2, 3, 5])('allGather and gather list the values of %i ranks by rank', async (worldSize) => {
    const expected = range(worldSize).map((rank) => valuesOf(rank));
    for (const result of await onEveryRank(worldSize, (group) => group.allGather(valuesOf(group.rank)))) expect(result).toEqual(expected);
    const root = worldSize - 1;
    const gathered = await onEveryRank(worldSize, (group) => group.gather(valuesOf(group.rank), root));
    expect(gathered).toEqual(range(worldSize).map((rank) => (rank === root ? expected : null)));
  });

  it.each([1, 2, 3, 5])('reduce gives the root of %i ranks the sum and leaves the others as they were', async (worldSize) => {
    const root = worldSize - 1;
    const results = await onEveryRank(worldSize, async (group) => {
      const values = valuesOf(group.rank);
      await group.reduce(values, root);
      return values;
    });
    const sumOfRanks = (worldSize * (worldSize - 1)) / 2;
    expect(results).toEqual(range(worldSize).map((rank) => valuesOf(rank === root ? sumOfRanks : rank)));
  });

  it.each([1, 2, 3, 5])('reduceScatter gives each of %i ranks its chunk of the mean', async (worldSize) => {
    const length = 2 * worldSize;
    const results = await onEveryRank(worldSize, (group) =>
      group.reduceScatter(
        Float32Array.from({ length }, (_, index) => index + group.rank),
        'mean',
      ),
    );
    const meanRank = (worldSize - 1) / 2;
    expect(results).toEqual(range(worldSize).map((rank) => Float32Array.of(2 * rank + meanRank, 2 * rank + 1 + meanRank)));
  });

  it.each([1, 2, 3, 5])('scatter gives each of %i ranks its part', async (worldSize) => {
    const parts = range(worldSize).map((rank) => valuesOf(rank, 3));
    expect(await onEveryRank(worldSize, (group) => group.scatter(group.rank === 0 ? parts : null))).toEqual(parts);
  });

  it('nobody passes a barrier before everybody has reached it', async () => {
    const reached: number[] = [];
    const seen = await onEveryRank(4, async (group) => {
      // Rank 3 arrives last, long after rank 0.
      for (let turn = 0; turn < 20 * group.rank; turn++) await Promise.resolve();
      reached.push(group.rank);
      await group.barrier();
      return reached.length;
    });
    expect(seen).toEqual([4, 4, 4, 4]);
  });

  it('send and recv keep the order of messages, also when they come before anybody asks', async () => {
    const results = await onEveryRank(2, async (group) => {
      if (group.rank === 0) {
        for (const value of [1, 2, 3]) await group.send(1, Float32Array.of(value));
        await group.barrier();
        return [];
      }
      const received = [await group.recv(0), await group.recv(0, 1), await group.recv(0)];
      await group.barrier();
      return received.map(([value]) => value);
    });
    expect(results[1]).toEqual([1, 2, 3]);
  });

  it('two ranks can swap values, whichever of send and recv they call first', async () => {
    const results = await onEveryRank(2, async (group) => {
      const peer = 1 - group.rank;
      const [received] = await Promise.all([group.recv(peer), group.send(peer, Float32Array.of(group.rank))]);
      return received[0];
    });
    expect(results).toEqual([1, 0]);
  });

  it('a sent array stays usable: a copy travels', async () => {
    const results = await onEveryRank(2, async (group) => {
      const values = Float32Array.of(1, 2);
      if (group.rank === 0) await group.send(1, values);
      else await group.recv(0);
      return values;
    });
    expect(results).toEqual([Float32Array.of(1, 2), Float32Array.of(1, 2)]);
  });
});
