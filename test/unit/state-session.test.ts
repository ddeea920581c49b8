// The verbs of the page against a compiler and a runner that only note what they are asked.

import { describe, expect, it } from 'vitest';
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

function makePage(compile: () => Promise<Compilation>) {
  const state = createPageState({
    storage: createStorage(() => {
      throw new Error('no storage');
    }),
    clock: { now: () => 0, requestFrame: () => undefined, delay: () => undefined },
    originals: [{ id: 'a', fileName: 'a.ts', source: 'A' }],
    defaultProgram: 'a',
    systemIsDark: { matches: false, addEventListener: () => undefined },
    applyTheme: () => undefined,
    random: () => 0,
    delay: () => () => undefined,
  });
  const runs: { readonly request: RunRequest; readonly listener: RunListener; stopped: boolean; finish: () => void }[] = [];
  const session = createSession(
    state,
    {
      warm: () => Promise.resolve(report),
      run(request, listener) {
        let finish!: (value: RunResults) => void;
        const finished = new Promise<RunResults>((resolve) => {
          finish = resolve;
        });
        const run = { request, listener, stopped: false, finish: () => finish(results) };
        runs.push(run);
        return {
          finished,
          stop() {
            run.stopped = true;
            listener({ type: 'phase', phase: 'stopped' });
            finish(results);
          },
        };
      },
    },
    { compile },
  );
  return { state, session, runs };
}

/** Lets everything that is already resolved happen. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

describe('Run', () => {
  it('compiles, runs and returns the results with the type errors found meanwhile', async () => {
    const { session, runs, state } = makePage(() => Promise.resolve(good));
    const outcome = session.run({ steps: 5 });
    await settle();
    expect(runs[0]?.request).toEqual({ program, overrides: { steps: 5 } });
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
