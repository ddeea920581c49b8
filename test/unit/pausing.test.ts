// Plan: a lane that is held at any moment rests with all ranks after the same step, whatever the ranks' speeds, and what it
// computes is what an undisturbed lane computes; a pace says when the next turn may begin.

import { describe, expect, test, vi } from 'vitest';
import { createMemoryTransports } from '../../src/collective/memory-transport.ts';
import { ProcessGroup } from '../../src/collective/process-group.ts';
import { createPrng } from '../../src/core/prng.ts';
import { LaneRun } from '../../src/runner/lane-run.ts';
import { Pace } from '../../src/runner/pace.ts';
import type { ReplicaHandle } from '../../src/runner/replica-handle.ts';
import { parseLane } from '../../src/train/lane.ts';
import { StepGate } from '../../src/train/step-gate.ts';

const later = (turns: number): Promise<void> =>
  turns <= 0 ? Promise.resolve() : new Promise((resolve) => setImmediate(() => resolve(later(turns - 1))));

/** Ranks with real gates and a real all-reduce in every step, and delays drawn at random in between. */
function createLane(worldSize: number, stepCount: number, seed: number) {
  const prng = createPrng(seed);
  const random = () => prng.next();
  const pause = () => later(Math.floor(random() * 4));
  const trails = Array.from({ length: worldSize }, (): number[] => []);
  const replicas = createMemoryTransports(worldSize).map((transport, rank) => {
    const group = new ProcessGroup(transport);
    const gate = new StepGate();
    let isDone = false;
    let weight = 1;
    const main = async () => {
      for (let step = 0; step < stepCount; step++) {
        await gate.enter();
        await pause();
        const gradient = Float32Array.of(Math.fround(weight * (rank + 1) * 0.01));
        await group.allReduce(gradient, 'mean');
        weight = Math.fround(weight - (gradient[0] ?? Number.NaN));
        trails[rank]?.push(weight);
      }
      isDone = true;
      gate.arrive();
    };
    let running: Promise<void> | null = null;
    let delivered = Promise.resolve(); // messages take their time, and arrive in the order they were sent
    const deliver = () => (delivered = delivered.then(pause));
    const remote = {
      async advance(count: number) {
        await deliver();
        if (!isDone) {
          const slice = gate.open(count);
          running ??= main();
          await slice;
        }
        return { isDone, step: trails[rank]?.length ?? 0, messageCount: 0 };
      },
      async hold() {
        await deliver();
        return gate.hold();
      },
    };
    const handle = {
      call: (invoke: (end: typeof remote) => Promise<unknown>) => invoke(remote),
      received: () => Promise.resolve(),
      lastHeardAt: 0,
      onEvents: null,
    };
    return handle as unknown as ReplicaHandle; // the part of it that a lane uses to advance
  });
  const lane = parseLane({ worldSize, precision: 'fp32' }, 'lane');
  const run = new LaneRun(
    {
      lane,
      program: { parts: [''], imports: [] },
      seed: 0,
      steps: stepCount,
      kernelVariants: {},
      timedSteps: 1,
      device: null,
      onEvents: () => undefined,
      onMembership: () => undefined,
    },
    replicas,
  );
  return { run, trails, random };
}

describe('holding a lane', () => {
  test.each([1, 2, 3, 4])(
    'at random moments leaves %i ranks after the same step, and changes no bit of what they compute',
    async (worldSize) => {
      const undisturbed = createLane(worldSize, 60, 1);
      while (!(await undisturbed.run.advance(25)));
      const held = createLane(worldSize, 60, 2);
      let holds = 0;
      for (let isDone = false; !isDone;) {
        const slice = held.run.advance(1 + Math.floor(held.random() * 12));
        await later(Math.floor(held.random() * 40));
        if (held.random() < 0.8) {
          holds++;
          void held.run.hold();
          if (held.random() < 0.3) await held.run.hold(); // twice, as from Pause and a new learning rate
        }
        isDone = await slice;
        const lengths = held.trails.map((trail) => trail.length);
        expect(new Set(lengths).size, `ranks after steps ${lengths.join(', ')}`).toBe(1);
        expect(held.run.step).toBe(lengths[0]);
      }
      expect(holds).toBeGreaterThan(3);
      expect(held.trails).toEqual(undisturbed.trails);
    },
  );

  test('that does not advance does nothing', async () => {
    const { run, trails } = createLane(2, 5, 3);
    await run.hold();
    expect(await run.advance(2)).toBe(false);
    await run.hold();
    expect(trails.map((trail) => trail.length)).toEqual([2, 2]);
    expect(await run.advance(10)).toBe(true);
  });
});

describe('the pace of a run', () => {
  test('lets slices through until it is paused, and one step for each that is asked for', async () => {
    const onPaused = vi.fn<() => void>();
    const pace = new Pace(false, onPaused);
    expect(await pace.next()).toBe('slice');
    pace.pause();
    const waiting = pace.next();
    await later(2);
    expect(onPaused).toHaveBeenCalledOnce();
    pace.step();
    pace.step();
    expect(await waiting).toBe('step');
    expect(await pace.next()).toBe('step');
    const again = pace.next();
    await later(2);
    expect(onPaused).toHaveBeenCalledTimes(2);
    pace.resume();
    expect(await again).toBe('slice');
    expect(pace.isPaused).toBe(false);
  });

  test('a step asked for while it runs pauses it after that step', async () => {
    const pace = new Pace(false, () => undefined);
    pace.step();
    expect(pace.isPaused).toBe(true);
    expect(await pace.next()).toBe('step');
  });

  test('steps that were asked for are forgotten on resume, and nobody waits when it is over', async () => {
    const pace = new Pace(true, () => undefined);
    pace.step();
    pace.resume();
    expect(await pace.next()).toBe('slice');
    pace.pause();
    const waiting = pace.next();
    pace.end();
    expect(await waiting).toBe('slice');
  });
});
