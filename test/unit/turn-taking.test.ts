// Plan: who trains when. Turns go round, a sequence ends one lane before the next begins, a race starts all; a pause ends what is
// under way and a step is one step of every lane; a learning rate reaches each lane once, between its slices; what fails, leaves.

import { describe, expect, test } from 'vitest';
import type { LaneRun } from '../../src/runner/lane-run.ts';
import type { Schedule } from '../../src/runner/schedule.ts';
import { TurnTaking } from '../../src/runner/turn-taking.ts';

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Options {
  readonly lengths: readonly number[];
  readonly schedule?: Schedule;
  readonly isPaused?: boolean;
  readonly failAt?: { readonly lane: number; readonly step: number };
}

/** Lanes that need one turn of the event loop for a step. */
function train({ lengths, schedule = 'turns', isPaused = false, failAt }: Options) {
  const trail: string[] = [];
  const steps = lengths.map(() => 0);
  const createLane = (index: number) => {
    let limit = 0;
    const lane = {
      step: 0,
      async advance(count: number) {
        limit = lane.step + count;
        const from = lane.step;
        while (lane.step < limit && lane.step < (lengths[index] ?? 0)) {
          await soon();
          steps[index] = ++lane.step;
          if (failAt?.lane === index && failAt.step === lane.step) throw new Error('broken');
        }
        trail.push(`${index}:${from + 1}-${lane.step}`);
        return lane.step === lengths[index];
      },
      hold() {
        limit = lane.step + 1; // the step under way ends
        return Promise.resolve();
      },
      setLearningRate: (rate: number) => {
        trail.push(`${index} lr ${rate}`);
        return Promise.resolve(index !== 1); // the second lane's optimizer is out of reach
      },
      silentMs: () => 0,
      end: () => void trail.push(`${index} end`),
    };
    return lane;
  };
  let pauses = 0;
  let onPaused: (() => void) | null = null;
  const turns = new TurnTaking({
    isPaused,
    onPaused: () => {
      pauses++;
      onPaused?.();
    },
    start: (index, handOver) => {
      trail.push(`${index} start`);
      const run = createLane(index) as unknown as LaneRun; // the part of it that turn-taking uses
      handOver(run);
      return Promise.resolve(run);
    },
    finish: (index) => {
      trail.push(`${index} finish`);
      return Promise.resolve();
    },
    onFailure: (index, error) => {
      trail.push(`${index} failed: ${String(error)}`);
      return Promise.resolve();
    },
    onLearningRate: (index, change) => void trail.push(change === null ? `${index} keeps its own` : `${index} from step ${change.step}`),
    rest: () => Promise.resolve(),
  });
  const over = turns.train(lengths.length, schedule);
  const paused = (): Promise<void> =>
    new Promise((resolve) => {
      onPaused = resolve;
    });
  return { turns, over, trail, steps, paused, pauses: () => pauses };
}

describe('turns', () => {
  test('go round in slices', async () => {
    const { over, trail } = train({ lengths: [10, 10] });
    await over;
    expect(trail.slice(0, 4)).toEqual(['0 start', '0:1-10', '0 finish', '0 end']);
    const three = train({ lengths: [15, 15] });
    await three.over;
    expect(three.trail.filter((entry) => entry.includes(':'))).toEqual(['0:1-10', '1:1-10', '0:11-15', '1:11-15']);
  });

  test('in a sequence wait until the lane before has ended', async () => {
    const { over, trail } = train({ lengths: [25, 12], schedule: 'sequence' });
    await over;
    expect(trail.indexOf('1 start')).toBeGreaterThan(trail.indexOf('0 end'));
  });

  test('in a race begin all at once', async () => {
    const { over, trail } = train({ lengths: [25, 12], schedule: 'race' });
    await over;
    expect(trail.slice(0, 2)).toEqual(['0 start', '1 start']);
    expect(trail.indexOf('1 end')).toBeLessThan(trail.indexOf('0 end')); // the shorter one wins
  });

  test.each(['turns', 'sequence', 'race'] as const)('a lane that fails leaves, and the others go on: %s', async (schedule) => {
    const { over, trail, steps } = train({ lengths: [20, 20], schedule, failAt: { lane: 0, step: 4 } });
    await over;
    expect(trail).toContain('0 failed: Error: broken');
    expect(trail).not.toContain('0 finish');
    expect(steps).toEqual([4, 20]);
    expect(trail).toContain('1 finish');
  });
});

describe('a pause', () => {
  test.each(['turns', 'sequence', 'race'] as const)('ends the step under way and takes no more until resumed: %s', async (schedule) => {
    const { turns, over, steps, paused } = train({ lengths: [30, 30], schedule });
    await soon();
    await soon();
    const rests = paused();
    turns.pause();
    await rests;
    const resting = [...steps];
    for (let turn = 0; turn < 20; turn++) await soon();
    expect(steps).toEqual(resting);
    expect(Math.max(...steps)).toBeLessThan(10);
    turns.resume();
    await over;
    expect(steps).toEqual([30, 30]);
  });

  test('at the beginning makes every lane ready and takes no step; a step is one of each lane, also to the very end', async () => {
    const { turns, over, trail, steps, paused } = train({ lengths: [2, 3], isPaused: true });
    await paused();
    expect(trail).toEqual(['0 start', '1 start']);
    for (const expected of [
      [1, 1],
      [2, 2],
    ]) {
      const rests = paused();
      turns.step();
      await rests;
      expect(steps).toEqual(expected);
    }
    turns.step();
    await over;
    expect(steps).toEqual([2, 3]);
  });

  test('a step while it runs pauses it', async () => {
    const { turns, over, steps, paused } = train({ lengths: [30, 30] });
    await soon();
    const rests = paused();
    turns.step();
    await rests;
    expect(steps[1]).toBe(1);
    turns.end();
    await over;
  });
});

test('a learning rate reaches each lane once, before its next slice, and a lane that keeps its own says so', async () => {
  const { turns, over, trail } = train({ lengths: [15, 15] });
  await soon();
  turns.setLearningRate(0.5);
  await over;
  expect(trail.filter((entry) => entry.includes('lr') || entry.includes('from step') || entry.includes('keeps'))).toEqual([
    '1 lr 0.5',
    '1 keeps its own',
    '0 lr 0.5',
    expect.stringMatching(/^0 from step [1-9]$/u),
  ]);
});

test('the end of the run ends every worker, also before the first lane begins', async () => {
  const { turns, over, trail } = train({ lengths: [1000, 1000], schedule: 'race' });
  await soon();
  turns.end();
  expect(trail.filter((entry) => entry.endsWith('end'))).toEqual(['0 end', '1 end']);
  await over;
  const early = train({ lengths: [5] });
  early.turns.end();
  await early.over;
  expect(early.trail).not.toContain('0 finish');
});
