// Plan: a lane whose ranks wait for each other fails within 5 s, with every rank and its call on the card, over real process groups; a lane
// that is slow, however slow, does not. Time is vitest's.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import { PlaygroundError } from '../../src/core/errors.ts';
import { parseRankActivity, standstillOf, type RankLook } from '../../src/runner/deadlock.ts';
import { LaneRun } from '../../src/runner/lane-run.ts';
import type { ReplicaHandle } from '../../src/runner/replica-handle.ts';
import { parseLane } from '../../src/train/lane.ts';

/** What a rank of a test does; `worked` says that it made something. */
type Main = (group: ProcessGroup, worked: () => void) => Promise<unknown>;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A lane over real process groups, whose ranks do `main` in their first slice. */
function createLane(worldSize: number, main: Main): LaneRun {
  const replicas = createMemoryTransports(worldSize).map((transport) => {
    const group = new ProcessGroup(transport);
    let progress = 0;
    const remote = {
      async advance() {
        await main(group, () => progress++);
        return { isDone: true, step: 1, messageCount: 0 };
      },
      waiting: () => Promise.resolve({ waiting: group.waiting(), ...group.traffic(), progress }),
    };
    const ask = (invoke: (end: typeof remote) => Promise<unknown>) => invoke(remote);
    const handle = { call: ask, ask, received: () => Promise.resolve(), lastHeardAt: 0, onEvents: null };
    return handle as unknown as ReplicaHandle; // the part of it that a lane uses to advance
  });
  const lane = parseLane({ worldSize, precision: 'fp32' }, 'lane');
  const program = { parts: [''], imports: [] };
  return new LaneRun(
    {
      lane,
      program,
      seed: 0,
      steps: 1,
      kernelVariants: {},
      timedSteps: 1,
      device: null,
      onEvents: () => undefined,
      onMembership: () => undefined,
    },
    replicas,
  );
}

interface Outcome {
  readonly afterMs: number;
  readonly error: PlaygroundError | null;
}

/** How a lane's slice ends, and when: milliseconds from its start. Undefined where it has not ended after ten minutes. */
async function outcomeOf(run: LaneRun): Promise<Outcome | undefined> {
  const outcomes: Outcome[] = [];
  const from = performance.now();
  const end = (error: unknown): void => {
    outcomes.push({ afterMs: performance.now() - from, error: error instanceof PlaygroundError ? error : null });
  };
  run.advance(1).then(() => end(null), end);
  for (let ms = 0; ms < 600_000 && outcomes.length === 0; ms += 100) await vi.advanceTimersByTimeAsync(100);
  return outcomes[0];
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const deadlocks: readonly (readonly [string, number, Main, readonly string[]])[] = [
  [
    'two ranks that both receive first',
    2,
    (group) => group.recv(1 - group.rank),
    ['rank 0 waits in recv from rank 1 (message 1 of that rank)', 'rank 1 waits in recv from rank 0 (message 1 of that rank)'],
  ],
  [
    'a ring of receives',
    3,
    (group) => group.recv((group.rank + 1) % 3),
    [
      'rank 0 waits in recv from rank 1 (message 1 of that rank)',
      'rank 1 waits in recv from rank 2 (message 1 of that rank)',
      'rank 2 waits in recv from rank 0 (message 1 of that rank)',
    ],
  ],
  [
    'a collective that rank 1 does not call',
    3,
    async (group) => {
      await group.barrier();
      if (group.rank !== 1) await group.allReduce(new Float32Array(6));
    },
    ['rank 0 waits in allReduce (call 2) for rank 1', 'rank 1 has finished', 'rank 2 waits in allReduce (call 2) for rank 1'],
  ],
  [
    'a recv whose sender has gone on to a barrier',
    2,
    async (group) => {
      if (group.rank === 0) for (let message = 0; message < 3; message++) await group.recv(1);
      else for (let message = 0; message < 2; message++) await group.send(0, Float32Array.of(message));
      if (group.rank === 1) await group.recv(0);
    },
    ['rank 0 waits in recv from rank 1 (message 3 of that rank)', 'rank 1 waits in recv from rank 0 (message 1 of that rank)'],
  ],
];

describe('a deadlock', () => {
  it.each(deadlocks)('is named within 5 s: %s', async (_what, worldSize, main, waits) => {
    const outcome = await outcomeOf(createLane(worldSize, main));
    expect(outcome?.afterMs).toBeLessThan(5000);
    expect(outcome?.error).toMatchObject({ code: 'deadlock', details: { waits } });
    for (const wait of waits) expect(outcome?.error?.message).toContain(wait);
  });

  it('is named within 5 s of the moment when the last rank begins to wait, not before', async () => {
    const run = createLane(2, async (group, worked) => {
      if (group.rank === 0) {
        await sleep(20_000);
        worked();
      }
      await group.recv(1 - group.rank);
    });
    const outcome = await outcomeOf(run);
    expect(outcome?.error?.code).toBe('deadlock');
    expect(outcome?.afterMs).toBeGreaterThan(20_000);
    expect(outcome?.afterMs).toBeLessThan(25_000);
  });
});

describe('a lane that is slow', () => {
  it('is left alone while one rank computes and the others wait for it', async () => {
    const run = createLane(3, async (group) => {
      if (group.rank === 2) await sleep(60_000);
      await group.allReduce(new Float32Array(4));
    });
    expect(await outcomeOf(run)).toMatchObject({ afterMs: expect.closeTo(60_000, -3) as number, error: null });
  });

  it('is left alone while every rank waits in one call and works beside it', async () => {
    const run = createLane(2, async (group, worked) => {
      const peer = 1 - group.rank;
      const received = group.recv(peer);
      for (let part = 0; part < 30; part++) {
        await sleep(1000);
        worked();
      }
      await group.send(peer, Float32Array.of(1));
      await received;
    });
    expect(await outcomeOf(run)).toMatchObject({ error: null });
  });

  it('is left alone while it exchanges a message now and then', async () => {
    const run = createLane(2, async (group) => {
      for (let message = 0; message < 10; message++) {
        if (group.rank === 0) {
          await sleep(9000);
          await group.send(1, Float32Array.of(message));
        } else await group.recv(0);
      }
    });
    expect(await outcomeOf(run)).toMatchObject({ error: null });
  });
});

describe('a look at all ranks', () => {
  const waitFor = (from: number) => ({ call: 'recv' as const, number: 1, from });
  const quiet = { sent: [0, 0], received: [0, 0], progress: 3 };
  const waiting = (from: number): RankLook => ({ activity: { ...quiet, waiting: waitFor(from) }, state: 'working' });

  it('is a standstill where both wait, or one waits and the other has nothing left to do', () => {
    expect(standstillOf([waiting(1), waiting(0)])).not.toBeNull();
    for (const state of ['finished', 'resting'] as const) {
      expect(standstillOf([waiting(1), { activity: { ...quiet, waiting: null }, state }])).not.toBeNull();
    }
  });

  it.each([
    ['one works', { activity: { ...quiet, waiting: null }, state: 'working' }],
    ['one has not answered', { activity: null, state: 'working' }],
    ['a message to it is under way', { activity: { ...quiet, received: [0, 0], sent: [1, 0], waiting: waitFor(0) }, state: 'working' }],
    ['a message from it is under way', { activity: { ...quiet, received: [1, 0], waiting: waitFor(0) }, state: 'working' }],
  ] satisfies readonly (readonly [string, RankLook])[])('is none where %s', (_what, other) => {
    expect(standstillOf([waiting(1), other])).toBeNull();
  });

  it('is none where nobody waits', () => {
    const finished: RankLook = { activity: { ...quiet, waiting: null }, state: 'finished' };
    expect(standstillOf([finished, finished])).toBeNull();
  });

  it('changes with every counter', () => {
    const more: RankLook = { activity: { ...quiet, progress: 4, waiting: waitFor(1) }, state: 'working' };
    expect(standstillOf([more, waiting(0)])).not.toBe(standstillOf([waiting(1), waiting(0)]));
  });

  it.each([
    ['nothing', null],
    ['a text for a call', { ...quiet, waiting: { call: '<b>', number: 1, from: 0 } }],
    ['a rank that is not there', { ...quiet, waiting: { call: 'recv', number: 1, from: 2 } }],
    ['counters of another lane', { ...quiet, sent: [0, 0, 0], waiting: null }],
    ['a counter that is none', { ...quiet, received: [0, -1], waiting: null }],
    ['no progress', { ...quiet, progress: Number.NaN, waiting: null }],
  ])('takes no answer that no replica gives: %s', (_what, answer) => {
    expect(parseRankActivity(answer, 2)).toBeNull();
  });

  it('takes what a replica answers', () => {
    const answer = { ...quiet, waiting: { call: 'barrier', number: 7, from: 1 } };
    expect(parseRankActivity(answer, 2)).toEqual(answer);
  });
});
