// The page's Verify against a runner that only notes what it is asked: what is run again, what becomes of the run on screen (nothing), and
// every way in which it can end.

import { describe, expect, test } from 'vitest';

import type { LaneResult, RunResults } from '../../src/runner/results.ts';
import type { RunListener, RunRequest } from '../../src/runner/run-request.ts';
import { createPageState } from '../../src/state/page.ts';
import { createSession } from '../../src/state/session.ts';
import { createStorage } from '../../src/state/storage.ts';
import { expandRepeats } from '../../src/train/repeats.ts';
import { parseLaneList } from '../../src/train/lane.ts';
import { laneResult, runResults } from '../support/lane-result.ts';

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

/** A page with a run that has ended; the text in its editor is another one by now. */
async function pageAfter(recorded: RunResults, { hasProblem = false } = {}) {
  const state = createPageState({
    storage: createStorage(() => {
      throw new Error('no storage');
    }),
    clock: { now: () => 0, requestFrame: () => undefined, delay: () => undefined },
    originals: [{ id: 'a', fileName: 'a.ts', source: 'recorded text' }],
    defaultProgram: 'a',
    loadCards: () => Promise.resolve([]),
    applySize: () => undefined,
    systemIsDark: { matches: false, addEventListener: () => undefined },
    applyTheme: () => undefined,
    random: () => 0,
    delay: () => () => undefined,
    locks: null,
    machine: { cores: 8, memoryGb: 8 },
  });
  const runs: { readonly request: RunRequest; readonly listener: RunListener; stopped: boolean; finish: (results: RunResults) => void }[] =
    [];
  const compiled: string[] = [];
  const session = createSession(
    state,
    {
      warm: () => Promise.reject(new Error('not asked for')),
      run(request, listener) {
        let finish!: (value: RunResults) => void;
        const finished = new Promise<RunResults>((resolve) => {
          finish = resolve;
        });
        const run = { request, listener, stopped: false, finish };
        runs.push(run);
        const nothing = () => undefined;
        const stop = () => {
          run.stopped = true;
        };
        return {
          finished,
          stop,
          pause: nothing,
          resume: nothing,
          step: nothing,
          inspect: nothing,
          timeSteps: nothing,
          countNumbers: nothing,
          setLearningRate: nothing,
        };
      },
    },
    {
      compile(source, fileName) {
        compiled.push(source);
        const problem = { severity: 'error', stopsRun: true, line: 1, column: 1, message: 'no such module' } as const;
        const isBad = hasProblem && compiled.length > 1;
        return Promise.resolve({
          program: isBad ? null : { source, fileName, javascript: source, sourceMap: '{}' },
          problems: isBad ? [problem] : [],
          typeProblems: Promise.resolve([]),
        });
      },
    },
  );
  const first = session.run();
  await settle();
  const declaration = {
    kind: 'experiment',
    title: 'x',
    seed: 42,
    steps: 10,
    globalBatch: 32,
    target: null,
    lanes: expandRepeats(parseLaneList('1xfp32, 4xfp16'), 42),
    claims: [],
  } as const;
  runs[0]?.listener({ type: 'declared', declaration });
  runs[0]?.listener({ type: 'results', results: recorded });
  runs[0]?.listener({ type: 'phase', phase: 'done' });
  runs[0]?.finish(recorded);
  await first;
  state.program.edit('text that came later');
  return { state, session, runs, compiled };
}

const series = [{ step: 1, loss: 2, stepMs: 20 }];
const lanes = [laneResult('1xfp32', { series, weightsHash: 'aa' }), laneResult('4xfp16', { series, seed: 7, weightsHash: 'bb' })];
const recorded = runResults(lanes);
const again = (lane: LaneResult | undefined, change: Partial<LaneResult> = {}) =>
  runResults(lane === undefined ? [] : [{ ...lane, seed: 42, ...change }]);

describe('Verify', () => {
  test('runs the recorded text with the lane, the seed and the steps of the record, and leaves the run on screen alone', async () => {
    const { state, session, runs, compiled } = await pageAfter(recorded);
    const [before, phase] = [state.run.lanes.value, state.run.phase.value];
    const verified = session.verifier.verify([1]);
    await settle();
    expect(compiled).toEqual(['recorded text', 'recorded text']);
    expect(runs[1]?.request.overrides).toEqual({ lanes: '4xfp16', seed: 7, steps: 10, kernelVariants: {} });
    expect(state.verification.isBusy.value).toBe(true);
    runs[1]?.listener({ type: 'phase', phase: 'running' });
    runs[1]?.listener({ type: 'steps', lane: 0, batch: { step: [1, 2, 3], loss: [2, 1, 1], stepMs: [1, 1, 1], metrics: {} } });
    expect(state.verification.lanes.value.get(1)).toEqual({ kind: 'running', doneSteps: 3 });
    runs[1]?.finish(again(lanes[1]));
    await verified;
    expect(state.verification.lanes.value.get(1)).toMatchObject({ kind: 'done', verification: { outcome: 'identical' } });
    expect(state.verification.isBusy.value).toBe(false);
    expect([state.run.lanes.value, state.run.phase.value, state.run.results.value]).toEqual([before, phase, recorded]);
    expect(before.map((lane) => lane.series.steps.length)).toEqual([0, 0]);
  });

  test('takes several lanes one after the other, and tells each apart', async () => {
    const { state, session, runs } = await pageAfter(recorded);
    const verified = session.verifier.verify([0, 1]);
    await settle();
    expect(runs).toHaveLength(2);
    runs[1]?.finish(again(lanes[0], { weightsHash: 'ff' }));
    await settle();
    expect(runs).toHaveLength(3);
    runs[2]?.finish(again(lanes[1]));
    await verified;
    const outcomes = [...state.verification.lanes.value.values()].map((each) =>
      each.kind === 'done' ? each.verification.outcome : each.kind,
    );
    expect(outcomes).toEqual(['differs', 'identical']);
  });

  test('can be stopped, at once and for good', async () => {
    const { state, session, runs } = await pageAfter(recorded);
    const verified = session.verifier.verify([0, 1]);
    await settle();
    session.verifier.stop();
    expect(runs[1]?.stopped).toBe(true);
    expect([...state.verification.lanes.value.values()]).toEqual([{ kind: 'stopped' }, { kind: 'stopped' }]);
    runs[1]?.finish(again(lanes[0]));
    await verified;
    expect([...state.verification.lanes.value.values()]).toEqual([{ kind: 'stopped' }, { kind: 'stopped' }]);
    expect(runs).toHaveLength(2);
  });

  test('ends when somebody starts a run, which forgets what was verified of the one before', async () => {
    const { state, session, runs } = await pageAfter(recorded);
    void session.verifier.verify([0]);
    await settle();
    void session.run();
    await settle();
    expect(runs[1]?.stopped).toBe(true);
    expect(state.verification.lanes.value.size).toBe(0);
    await session.verifier.verify([0]); // nothing: something is running
    expect(runs).toHaveLength(3);
  });

  test('says why a lane could not be run again', async () => {
    const { state, session, runs } = await pageAfter(recorded);
    const verified = session.verifier.verify([0]);
    await settle();
    const failure = { code: 'x', message: 'the device is gone', hint: null, lane: null, rank: null, place: null, stack: '' };
    runs[1]?.listener({ type: 'failure', lane: null, failure });
    runs[1]?.finish(again(undefined));
    await verified;
    expect(state.verification.lanes.value.get(0)).toEqual({ kind: 'refused', message: 'the device is gone' });
    expect(state.run.failures.value).toEqual([]);
  });

  test('takes a kept run with its own text, and remembers what came of it when another run begins', async () => {
    const { state, session, runs, compiled } = await pageAfter(recorded);
    const [lane = laneResult('1xfp32')] = lanes;
    const code = { source: 'kept text', fileName: 'kept.ts' };
    const verified = session.verifier.verifyKept('kept', { manifest: recorded.manifest, lane }, code);
    await settle();
    expect(compiled.at(-1)).toBe('kept text');
    runs[1]?.finish(again(lane, { weightsHash: 'ff' }));
    await verified;
    void session.run();
    await settle();
    expect(state.verification.lanes.value.get('kept')).toMatchObject({ kind: 'done', verification: { outcome: 'differs' } });
  });

  test('says why a text no longer compiles', async () => {
    const { state, session } = await pageAfter(recorded, { hasProblem: true });
    await session.verifier.verify([0]);
    expect(state.verification.lanes.value.get(0)).toEqual({ kind: 'refused', message: 'no such module' });
  });
});
