// The verbs of the page against a compiler and a runner that only note what they are asked.

import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/core/errors.ts';
import type { RunResults } from '../../src/runner/results.ts';
import type { CompiledProgram, RunListener, RunRequest } from '../../src/runner/run-request.ts';
import { createPageState } from '../../src/state/page.ts';
import { createSession } from '../../src/state/session.ts';
import type { Compilation } from '../../src/state/session.ts';
import { createStorage } from '../../src/state/storage.ts';
import type { DeviceReport } from '../../src/train/telemetry.ts';

const program: CompiledProgram = { source: 'A', fileName: 'a.ts', javascript: 'A', sourceMap: '{}' };
const good: Compilation = {
  program,
  problems: [],
  typeProblems: Promise.resolve([{ severity: 'error', stopsRun: false, line: 1, column: 1, message: 'type' }]),
};
const bad: Compilation = {
  program: null,
  problems: [{ severity: 'error', stopsRun: true, line: 1, column: 1, message: 'syntax' }],
  typeProblems: Promise.resolve([]),
};
const results = { schemaVersion: 1, lanes: [] } as unknown as RunResults; // only its identity matters here
const report = { backend: 'webgpu' } as unknown as DeviceReport; // likewise

function makePage(compile: () => Promise<Compilation>, { stopsAtOnce } = { stopsAtOnce: true }) {
  const state = createPageState({
    storage: createStorage(() => {
      throw new Error('no storage');
    }),
    clock: { now: () => 0, requestFrame: () => undefined, delay: () => undefined },
    originals: [{ id: 'a', fileName: 'a.ts', source: 'A' }],
    defaultProgram: 'a',
    loadCards: () => Promise.resolve([]),
    systemIsDark: { matches: false, addEventListener: () => undefined },
    applyTheme: () => undefined,
    applySize: () => undefined,
    random: () => 0,
    delay: () => () => undefined,
    locks: null,
    machine: { cores: 8, memoryGb: 8 },
  });
  const runs: {
    readonly request: RunRequest;
    readonly listener: RunListener;
    stopped: boolean;
    finish: () => void;
    /** What was asked of its handle, in order. */
    readonly asked: string[];
  }[] = [];
  let foundDevice: (report: DeviceReport) => void = () => undefined;
  const session = createSession(
    state,
    {
      warm: () => Promise.resolve(report),
      watchDevice(listener) {
        foundDevice = listener;
      },
      run(request, listener) {
        let finish!: (value: RunResults) => void;
        const finished = new Promise<RunResults>((resolve) => {
          finish = resolve;
        });
        const asked: string[] = [];
        const run = { request, listener, stopped: false, finish: () => finish(results), asked };
        runs.push(run);
        return {
          finished,
          stop() {
            run.stopped = true;
            listener({ type: 'phase', phase: 'stopped' });
            if (stopsAtOnce) finish(results);
          },
          pause: () => void asked.push('pause'),
          resume: () => void asked.push('resume'),
          step: () => void asked.push('step'),
          inspect: () => undefined,
          timeSteps: () => undefined,
          countNumbers: () => undefined,
          setLearningRate(value) {
            if (value <= 0) throw new PlaygroundError('config-invalid', 'learningRate: expected a positive number.');
            asked.push(`learningRate ${value}`);
          },
        };
      },
    },
    { compile },
  );
  return { state, session, runs, foundDevice: (found: DeviceReport) => foundDevice(found) };
}

/** Lets everything that is already resolved happen. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

it('the device is the one that was found last, for whoever asks', async () => {
  const { session, state, foundDevice } = makePage(() => Promise.resolve(good));
  expect(await session.warm()).toBe(report);
  const later = { backend: 'cpu' } as unknown as DeviceReport; // likewise
  foundDevice(later);
  expect(await session.warm()).toBe(later);
  expect(state.device.value).toEqual({ kind: 'ready', report: later });
});

describe('Run', () => {
  it('compiles, runs and returns the results with the type errors found meanwhile', async () => {
    const { session, runs, state } = makePage(() => Promise.resolve(good));
    const outcome = session.run({ steps: 5 });
    await settle();
    expect(runs[0]?.request).toMatchObject({ program, overrides: { steps: 5 } });
    runs[0]?.listener({ type: 'phase', phase: 'done' });
    runs[0]?.finish();
    expect(await outcome).toMatchObject({ results, problems: [{ message: 'type' }] });
    expect(state.run.phase.value).toBe('done');
  });

  it('does not start where a problem stops it, and stays idle', async () => {
    const { session, runs, state } = makePage(() => Promise.resolve(bad));
    expect(await session.run()).toMatchObject({ results: null, problems: [{ message: 'syntax' }] });
    expect(runs).toHaveLength(0);
    expect(state.run.phase.value).toBe('idle');
    expect(state.problems.wasRefused.value).toBe(true);
  });

  it('passes the seed field on, 0 included, unless the caller gave a seed', async () => {
    const { session, runs, state } = makePage(() => Promise.resolve(good));
    state.seed.text.value = '0';
    void session.run();
    await settle();
    expect(runs[0]?.request.overrides.seed).toBe(0);
    void session.run({ seed: 7 });
    await settle();
    expect(runs[1]?.request.overrides.seed).toBe(7);
  });

  it('stops a run under way before the next one starts', async () => {
    const { session, runs } = makePage(() => Promise.resolve(good));
    void session.run();
    await settle();
    void session.run();
    await settle();
    expect(runs.map(({ stopped }) => stopped)).toEqual([true, false]);
  });

  it('turns a compiler that throws into a card that does not blame the program', async () => {
    const { session, state } = makePage(() => Promise.reject(new Error('worker is gone')));
    await session.run();
    expect(state.run.phase.value).toBe('failed');
    expect(state.run.failures.value[0]?.failure).toMatchObject({ code: 'internal', message: 'worker is gone' });
  });
});

describe('Stop', () => {
  it('before the program is compiled means that it never starts', async () => {
    let compiled!: (compilation: Compilation) => void;
    const { session, runs, state } = makePage(
      () =>
        new Promise((resolve) => {
          compiled = resolve;
        }),
    );
    const outcome = session.run();
    await settle();
    expect(state.run.phase.value).toBe('starting');
    session.stop();
    expect(state.run.phase.value).toBe('idle');
    compiled(good);
    expect((await outcome).results).toBeNull();
    expect(runs).toHaveLength(0);
  });

  it('ends a run, whose last events still arrive', async () => {
    const { session, runs, state } = makePage(() => Promise.resolve(good));
    const outcome = session.run();
    await settle();
    runs[0]?.listener({ type: 'phase', phase: 'running' });
    session.stop();
    expect(state.run.phase.value).toBe('stopped');
    expect((await outcome).results).toBe(results);
  });
});

describe('Pause', () => {
  it('is passed on, shown as wished until the run has paused, and taken back by Resume', async () => {
    const { session, runs, state } = makePage(() => Promise.resolve(good));
    void session.run();
    await settle();
    runs[0]?.listener({ type: 'phase', phase: 'running' });
    session.pause();
    expect(state.run.isPausing.value).toBe(true);
    runs[0]?.listener({ type: 'phase', phase: 'paused' });
    expect(state.run.isPausing.value).toBe(false);
    expect(state.run.isActive.value).toBe(true);
    session.resume();
    expect(runs[0]?.asked).toEqual(['pause', 'resume']);
  });

  it('while the program is being compiled makes the run start paused', async () => {
    const { session, runs } = makePage(() => Promise.resolve(good));
    void session.run();
    session.pause();
    await settle();
    expect(runs[0]?.request.overrides).toEqual({ isPaused: true });
  });

  it('taken back while the program is being compiled leaves no trace', async () => {
    const { session, runs } = makePage(() => Promise.resolve(good));
    void session.run();
    session.pause();
    session.resume();
    await settle();
    expect(runs[0]?.request.overrides).toEqual({});
  });

  it('does nothing where nothing runs', () => {
    const { session, state } = makePage(() => Promise.resolve(good));
    session.pause();
    session.resume();
    expect(state.run.phase.value).toBe('idle');
    expect(state.run.isPausing.value).toBe(false);
  });
});

describe('Step', () => {
  it('without a run starts one paused, and takes one step once it is ready', async () => {
    const { session, runs } = makePage(() => Promise.resolve(good));
    session.step();
    await settle();
    expect(runs[0]?.request.overrides).toEqual({ isPaused: true });
    expect(runs[0]?.asked).toEqual([]);
    runs[0]?.listener({ type: 'phase', phase: 'paused' });
    await settle();
    expect(runs[0]?.asked).toEqual(['step']);
    runs[0]?.listener({ type: 'phase', phase: 'paused' }); // after that step
    await settle();
    expect(runs[0]?.asked).toEqual(['step']);
  });

  it('while a run starts pauses it, and takes one step once it is ready', async () => {
    const { session, runs } = makePage(() => Promise.resolve(good));
    void session.run();
    await settle();
    session.step();
    runs[0]?.listener({ type: 'phase', phase: 'paused' });
    await settle();
    expect(runs[0]?.asked).toEqual(['pause', 'step']);
  });

  it('of a run under way, paused or not, is one step of the runner', async () => {
    const { session, runs } = makePage(() => Promise.resolve(good));
    void session.run();
    await settle();
    runs[0]?.listener({ type: 'phase', phase: 'running' });
    session.step();
    runs[0]?.listener({ type: 'phase', phase: 'paused' });
    session.step();
    await settle();
    expect(runs[0]?.asked).toEqual(['step', 'step']);
  });

  it('that was wished for a program that does not compile is forgotten', async () => {
    let compilation = bad;
    const { session, runs } = makePage(() => Promise.resolve(compilation));
    session.step();
    await settle();
    compilation = good;
    void session.run();
    await settle();
    runs[0]?.listener({ type: 'phase', phase: 'paused' });
    await settle();
    expect(runs[0]?.asked).toEqual([]);
    expect(runs[0]?.request.overrides).toEqual({});
  });
});

describe('Reset', () => {
  it('stops a run and forgets it, with seed, lanes and schedule as they were', async () => {
    const { session, runs, state } = makePage(() => Promise.resolve(good));
    state.seed.text.value = '7';
    state.laneList.type('2xfp32');
    state.schedule.asked.value = 'race';
    void session.run();
    await settle();
    runs[0]?.listener({ type: 'console', lane: null, line: { level: 'log', rank: 0, text: 'said' } });
    runs[0]?.listener({ type: 'phase', phase: 'paused' });
    session.reset();
    runs[0]?.listener({ type: 'phase', phase: 'running' }); // too late
    await settle();
    expect(runs[0]?.stopped).toBe(true);
    expect(state.run.phase.value).toBe('idle');
    expect(state.run.input.value).toBeNull();
    expect(state.console.entries()).toEqual([]);
    void session.run();
    await settle();
    expect(runs[1]?.request.overrides).toEqual({ seed: 7, lanes: '2xfp32', schedule: 'race' });
  });

  it('lets the run end before the next one starts: both would want the same workers', async () => {
    const { session, runs } = makePage(() => Promise.resolve(good), { stopsAtOnce: false });
    void session.run();
    await settle();
    session.reset();
    void session.run();
    await settle();
    expect(runs).toHaveLength(1);
    runs[0]?.finish();
    await settle();
    expect(runs).toHaveLength(2);
  });

  it('while the program is being compiled means that it never starts', async () => {
    const { session, runs, state } = makePage(() => Promise.resolve(good));
    const outcome = session.run();
    session.reset();
    expect((await outcome).results).toBeNull();
    expect(runs).toHaveLength(0);
    expect(state.run.phase.value).toBe('idle');
  });

  it('after a run that is over clears its panels', async () => {
    const { session, runs, state } = makePage(() => Promise.resolve(good));
    void session.run();
    await settle();
    runs[0]?.listener({ type: 'phase', phase: 'done' });
    runs[0]?.finish();
    await settle();
    session.reset();
    expect(runs[0]?.stopped).toBe(false);
    expect(state.run.phase.value).toBe('idle');
  });
});

describe('the learning rate', () => {
  it('is passed on, and shown at once although it holds only from the next step on', async () => {
    const { session, runs, state } = makePage(() => Promise.resolve(good));
    void session.run();
    await settle();
    session.setLearningRate(0.01);
    expect(runs[0]?.asked).toEqual(['learningRate 0.01']);
    expect(state.run.learningRate.value).toBe(0.01);
  });

  it('stays as it was where the runner refuses it', async () => {
    const { session, state } = makePage(() => Promise.resolve(good));
    void session.run();
    await settle();
    expect(() => session.setLearningRate(-1)).toThrow('expected a positive number');
    expect(state.run.learningRate.value).toBeNull();
  });
});

describe('the page', () => {
  it('says that it has changed since the run on screen, and no longer when the change is taken back', async () => {
    const { session, runs, state } = makePage(() => Promise.resolve(good));
    expect(state.isChanged.value).toBe(false);
    void session.run();
    await settle();
    runs[0]?.listener({ type: 'phase', phase: 'running' });
    expect(state.isChanged.value).toBe(false);
    for (const [change, undo] of [
      [() => state.laneList.type('2xfp32'), () => state.laneList.restore()],
      [() => (state.schedule.asked.value = 'race'), () => (state.schedule.asked.value = null)],
      [() => state.seed.renew(), () => (state.seed.text.value = '')],
      [() => state.program.edit('B'), () => state.program.edit('A')],
    ] as const) {
      change();
      expect(state.isChanged.value, String(change)).toBe(true);
      undo();
      expect(state.isChanged.value, String(undo)).toBe(false);
    }
  });
});

describe('a subscription', () => {
  it('hears the events of every run until it is ended', async () => {
    const { session, runs } = makePage(() => Promise.resolve(good));
    const heard: string[] = [];
    const end = session.subscribe((event) => heard.push(event.type));
    void session.run();
    await settle();
    runs[0]?.listener({ type: 'phase', phase: 'running' });
    end();
    runs[0]?.listener({ type: 'phase', phase: 'done' });
    expect(heard).toEqual(['phase']);
  });
});
