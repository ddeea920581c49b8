// What happens when ranks drift apart or die: a named error on every rank, and never a wait without end (a hang fails by time-out).

import { describe, expect, it } from 'vitest';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { createPortTransport } from '../../src/collective/port-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import { PlaygroundError } from '../../src/core/errors.ts';

const groupsOf = (worldSize: number): ProcessGroup[] => createMemoryTransports(worldSize).map((transport) => new ProcessGroup(transport));

/** The errors by rank; null where there was none. */
async function failuresOf(
  groups: readonly ProcessGroup[],
  body: (group: ProcessGroup) => Promise<unknown>,
): Promise<(PlaygroundError | null)[]> {
  const outcomes = await Promise.allSettled(groups.map(body));
  return outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') return null;
    expect(outcome.reason).toBeInstanceOf(PlaygroundError);
    return outcome.reason as PlaygroundError; // checked in the line before
  });
}

describe('ranks that do not agree', () => {
  it('are told both lengths', async () => {
    const failures = await failuresOf(groupsOf(3), (group) => group.allReduce(new Float32Array(group.rank === 2 ? 512 : 640)));
    expect(failures.map((failure) => failure?.code)).toEqual(['replicas-differ', 'replicas-differ', 'replicas-differ']);
    expect(failures[0]?.message).toBe('allReduce: rank 2 sent 512 values, rank 0 sent 640. Every replica must build the same model.');
    expect(failures[0]?.details).toMatchObject({ rank: 0, peer: 2, ours: { length: 640 }, theirs: { length: 512 } });
  });

  it('are told even where the chunks happen to have equal lengths', async () => {
    // 2 and 3 values over 2 ranks: rank 0's chunk has one value either way.
    const failures = await failuresOf(groupsOf(2), (group) => group.allReduce(new Float32Array(2 + group.rank)));
    expect(failures.every((failure) => failure?.code === 'replicas-differ')).toBe(true);
  });

  it('are told which calls they are in', async () => {
    const failures = await failuresOf(groupsOf(2), (group) => (group.rank === 0 ? group.allReduce(new Float32Array(4)) : group.barrier()));
    expect(failures[0]?.message).toBe(
      'allReduce: rank 1 is in call 1, barrier(), rank 0 in call 1, allReduce(sum). Every rank must make the same calls in the same order.',
    );
    expect(failures[1]?.code).toBe('replicas-differ');
  });

  it.each([
    ['operation', (group: ProcessGroup) => group.allReduce(new Float32Array(4), group.rank === 0 ? 'sum' : 'mean')],
    ['root', (group: ProcessGroup) => group.reduce(new Float32Array(4), group.rank)],
    ['kind', (group: ProcessGroup) => (group.rank === 0 ? group.recv(1) : group.allGather(new Float32Array(1)))],
  ])('are told about another %s', async (_what, body) => {
    const groups = groupsOf(2);
    const failures = await failuresOf(groups, async (group) => {
      await body(group);
      await group.barrier(); // a root that waits for nothing notices at the next call
    });
    expect(failures.map((failure) => failure?.code)).toEqual(['replicas-differ', 'replicas-differ']);
  });

  it('notice that one made a call less', async () => {
    const failures = await failuresOf(groupsOf(2), async (group) => {
      if (group.rank === 0) await group.broadcast(new Float32Array(3), 0);
      await group.allReduce(new Float32Array(3));
    });
    expect(failures.map((failure) => failure?.code)).toEqual(['replicas-differ', 'replicas-differ']);
    expect(failures[1]?.message).toContain('broadcast(root 0)');
  });

  it('get the values when they do agree', async () => {
    expect(await failuresOf(groupsOf(3), (group) => group.allReduce(new Float32Array(640)))).toEqual([null, null, null]);
  });
});

describe('a rank that leaves', () => {
  it('rejects the pending calls of all others, with its reason', async () => {
    const groups = groupsOf(4);
    const failures = await failuresOf(groups, async (group) => {
      if (group.rank === 3) group.close(new PlaygroundError('device-lost', 'device: lost. Reload.'));
      else await group.allReduce(new Float32Array(8));
    });
    expect(failures.map((failure) => failure?.code ?? null)).toEqual(['device-lost', 'device-lost', 'device-lost', null]);
    expect(failures[0]?.message).toMatch(/rank [123] failed: .*device: lost/); // the news may come from a peer that heard it first
    expect(failures[0]?.cause).toBeInstanceOf(Error);
  });

  it('after its part is done does not disturb those who still read it', async () => {
    const results = await Promise.all(
      groupsOf(3).map(async (group) => {
        const values = Float32Array.of(group.rank + 1);
        await group.allReduce(values);
        group.close();
        return values[0];
      }),
    );
    expect(results).toEqual([6, 6, 6]);
  });

  it('without a reason is named when somebody still waits for it', async () => {
    const failures = await failuresOf(groupsOf(2), async (group) => {
      if (group.rank === 1) group.close();
      else await group.recv(1);
    });
    expect(failures[0]?.code).toBe('worker-died');
    expect(failures[0]?.message).toMatch(/^rank 1: expected a message, but it has finished/);
  });

  it('cannot send any more', async () => {
    const [group] = groupsOf(2);
    group?.close();
    await expect(group?.send(1, Float32Array.of(1))).rejects.toMatchObject({ code: 'worker-died' });
    await expect(group?.allReduce(Float32Array.of(1))).rejects.toMatchObject({ code: 'worker-died' });
  });
});

describe('calls that make no sense', () => {
  it.each([
    ['a root outside the group', (group: ProcessGroup) => group.broadcast(new Float32Array(1), 2)],
    ['a length that ranks do not divide', (group: ProcessGroup) => group.reduceScatter(new Float32Array(3))],
    ['a part too few to scatter', (group: ProcessGroup) => group.scatter([new Float32Array(1)])],
    ['uneven parts', (group: ProcessGroup) => group.scatter([new Float32Array(1), new Float32Array(2)])],
    ['an output of another length', (group: ProcessGroup) => group.allReduce(new Float32Array(2), 'sum', new Float32Array(3))],
    ['a message to oneself', (group: ProcessGroup) => group.send(0, new Float32Array(1))],
    ['a message to nobody', (group: ProcessGroup) => group.send(5, new Float32Array(1))],
  ])('are refused: %s', async (_what, call) => {
    const [group] = groupsOf(2);
    await expect(group === undefined ? null : call(group)).rejects.toMatchObject({ code: 'program-invalid' });
  });
});

describe('the port transport', () => {
  const pair = (): {
    readonly port: MessagePort;
    readonly group: ProcessGroup;
    readonly transport: ReturnType<typeof createPortTransport>;
  } => {
    const { port1, port2 } = new MessageChannel();
    const transport = createPortTransport(0, [null, port1]);
    return { port: port2, group: new ProcessGroup(transport), transport };
  };

  it.each([
    ['a text', 'hello', /expected a Float32Array from rank 1, got string/],
    ['null', null, /got null/],
    ['an array of another type', Uint8Array.of(1, 2, 3, 4), /got Uint8Array/],
    ['floats without a header', Float32Array.of(1, 2, 3, 4, 5), /expected a message of Lockstep from rank 1, got 5 other values/],
    ['too few floats', new Float32Array(1), /got 1 other values/],
  ])('rejects a malformed message: %s', async (_what, message, expected) => {
    const { port, group } = pair();
    port.postMessage(message);
    await expect(group.recv(1)).rejects.toThrow(expected);
    port.close();
  });

  it('transfers what it sends and counts its bytes by link', () => {
    const { port, transport } = pair();
    const message = new Float32Array(10);
    transport.send(1, message);
    expect(message.length).toBe(0);
    expect(transport.bytesSentTo(1)).toBe(40);
    expect(transport.bytesSent).toBe(40);
    transport.close();
    port.close();
  });

  it('refuses to send a part of a buffer, which would take the rest along', () => {
    const { port, transport } = pair();
    expect(() => transport.send(1, new Float32Array(10).subarray(2, 4))).toThrow(/fills its buffer of 40 bytes, got one of 8/);
    transport.close();
    port.close();
  });

  it('rejects whoever waits when the other end of a port goes away without a word', async () => {
    const { port, group } = pair();
    const waiting = group.recv(1);
    port.close();
    await expect(waiting).rejects.toMatchObject({ code: 'worker-died' });
  });

  it('says which port is missing', () => {
    expect(() => createPortTransport(0, [null, null])).toThrow(/a port from rank 0 to rank 1, got none/);
  });
});
