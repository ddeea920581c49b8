// The history over stores that work, stores that refuse and stores that fill up; two tabs; lineage and names of runs that follow each other.

import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { createComparedRuns } from '../../src/state/history/compared-runs.ts';
import { createHistory, undoMs } from '../../src/state/history/history.ts';
import type { TabChannel } from '../../src/state/history/history.ts';
import { resultOf } from '../../src/state/history/make-records.ts';
import { createRecorder } from '../../src/state/history/recorder.ts';
import { createMemoryStore } from '../../src/state/history/run-store.ts';
import type { RunStore } from '../../src/state/history/run-store.ts';
import type { RunRecord } from '../../src/state/history/run-record.ts';
import type { OverlayLane } from '../../src/state/overlay.ts';
import { createStorage } from '../../src/state/storage.ts';
import { fakeLane, fakeManifest, fakeRecord, fakeResults } from '../support/fake-records.ts';

/** A delay that passes when the test says so. */
function makeDelay() {
  const waiting: { readonly callback: () => void; readonly delayMs: number; isCancelled: boolean }[] = [];
  return {
    delay(callback: () => void, delayMs: number) {
      const one = { callback, delayMs, isCancelled: false };
      waiting.push(one);
      return () => {
        one.isCancelled = true;
      };
    },
    pass(delayMs: number) {
      for (const one of waiting.splice(0)) if (!one.isCancelled && one.delayMs <= delayMs) one.callback();
    },
  };
}

/** Channels of tabs that hear each other, and not themselves, as BroadcastChannel does. */
function makeChannels() {
  const listeners: (() => void)[] = [];
  return (): TabChannel => {
    let own: (() => void) | null = null;
    return {
      tell: () => listeners.filter((listener) => listener !== own).forEach((listener) => listener()),
      listen(listener) {
        own = listener;
        listeners.push(listener);
      },
    };
  };
}

/** A browser's exception: what tells them apart is the name. */
const refusal = (name: string): Error => Object.assign(new Error(name), { name });

/** A store with room for so many runs. */
function storeWithRoom(room: number): RunStore {
  const inner = createMemoryStore();
  return {
    ...inner,
    async add(record) {
      const { heads } = await inner.list();
      if (heads.length >= room) throw refusal('QuotaExceededError');
      await inner.add(record);
    },
  };
}

/** A store of which every use fails. */
function refusingStore(name: string): RunStore {
  const refuse = (): Promise<never> => Promise.reject(refusal(name));
  return { list: refuse, body: refuse, add: refuse, setMarks: refuse, remove: refuse };
}

const open = (store: RunStore, channel: TabChannel | null = null) => {
  const time = makeDelay();
  return { history: createHistory(store, channel, time.delay), time };
};
const idsOf = (history: ReturnType<typeof createHistory>): string[] => history.heads.value.map(({ id }) => id);
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve)); // one turn of the loop: every promise of memory is done

describe('the history', () => {
  it('lists 500 runs newest first without reading one body', async () => {
    const inner = createMemoryStore();
    for (let at = 0; at < 500; at += 1) await inner.add(fakeRecord(at));
    const { history } = open({ ...inner, body: () => Promise.reject(new Error('a list reads no body')) });
    await history.read();
    expect(history.heads.value).toHaveLength(500);
    expect(idsOf(history).slice(0, 2)).toEqual([fakeRecord(499).head.id, fakeRecord(498).head.id]);
    expect(history.trouble.value).toBeNull();
  });

  it.each([
    ['SecurityError', 'refused'],
    ['InvalidStateError', 'refused'],
    ['QuotaExceededError', 'full'],
    ['VersionError', 'newer'],
  ] as const)('loses no run of the session where the browser answers %s', async (name, trouble) => {
    const { history } = open(refusingStore(name));
    await history.read();
    await history.add([fakeRecord(1), fakeRecord(2)]);
    expect(idsOf(history)).toEqual([fakeRecord(2).head.id, fakeRecord(1).head.id]);
    expect(history.unsaved.value.size).toBe(2);
    expect(history.trouble.value).toBe(trouble);
    expect(await history.body(fakeRecord(1).head.id)).toEqual(fakeRecord(1).body);
    history.mark(fakeRecord(1).head.id, { note: 'still here' });
    await history.read();
    expect(history.marks.value.get(fakeRecord(1).head.id)?.note).toBe('still here');
  });

  it('keeps what does not fit in memory, and writes it as soon as a removal made room', async () => {
    const store = storeWithRoom(2);
    const { history } = open(store);
    await history.add([fakeRecord(1), fakeRecord(2), fakeRecord(3)]);
    expect([...history.unsaved.value]).toEqual([fakeRecord(3).head.id]);
    history.remove([fakeRecord(1).head.id]);
    await history.removeForGood();
    expect(history.unsaved.value.size).toBe(0);
    expect(history.trouble.value).toBeNull();
    expect((await store.list()).heads.map(({ id }) => id).sort()).toEqual([fakeRecord(2).head.id, fakeRecord(3).head.id]);
  });

  it('tries again when it is asked to, once the browser allows it', async () => {
    const inner = createMemoryStore();
    let isAllowed = false;
    const { history } = open({ ...inner, add: (record) => (isAllowed ? inner.add(record) : Promise.reject(refusal('SecurityError'))) });
    await history.add([fakeRecord(1)]);
    expect(history.trouble.value).toBe('refused');
    isAllowed = true;
    await history.retry();
    expect([history.trouble.value, history.unsaved.value.size, (await inner.list()).heads.length]).toEqual([null, 0, 1]);
  });

  it('goes on showing what it has read where the browser refuses later on, and says that it has been cut off', async () => {
    const inner = createMemoryStore();
    await inner.add(fakeRecord(1));
    let isAllowed = true;
    const { history } = open({ ...inner, list: () => (isAllowed ? inner.list() : Promise.reject(refusal('InvalidStateError'))) });
    await history.read();
    isAllowed = false;
    await history.read();
    expect([idsOf(history), history.trouble.value]).toEqual([[fakeRecord(1).head.id], 'cut-off']);
    isAllowed = true;
    await history.retry();
    expect([idsOf(history), history.trouble.value]).toEqual([[fakeRecord(1).head.id], null]);
  });

  it('shows runs that the browser deleted as not saved, and says so; those that somebody deleted are gone', async () => {
    const inner = createMemoryStore();
    let isNew = false;
    const { history } = open({ ...inner, list: async () => ({ ...(await inner.list()), wasInterrupted: isNew }) });
    await history.add([1, 2, 3].map((at) => fakeRecord(at)));
    history.remove([fakeRecord(3).head.id]);
    await inner.remove([1, 2, 3].map((at) => fakeRecord(at).head.id));
    await history.add([fakeRecord(4)]);
    isNew = true;
    await history.read();
    expect(idsOf(history)).toEqual([4, 2, 1].map((at) => fakeRecord(at).head.id));
    expect([...history.unsaved.value].sort()).toEqual([1, 2].map((at) => fakeRecord(at).head.id));
    expect([history.trouble.value, await history.body(fakeRecord(1).head.id)]).toEqual(['deleted', null]);
    history.remove([fakeRecord(1).head.id]);
    await history.removeForGood();
    isNew = false;
    await history.retry();
    expect([idsOf(history), history.trouble.value]).toEqual([[4, 2].map((at) => fakeRecord(at).head.id), null]);
  });

  it('takes a removal back, and makes it final after half a minute or with the next one', async () => {
    const store = createMemoryStore();
    const { history, time } = open(store);
    await history.add([1, 2, 3].map((at) => fakeRecord(at)));
    const [third, second, first] = idsOf(history);
    history.remove([second ?? '']);
    expect(idsOf(history)).toEqual([third, first]);
    expect((await store.list()).heads).toHaveLength(3);
    history.restore();
    time.pass(undoMs);
    expect(idsOf(history)).toEqual([third, second, first]);
    history.remove([first ?? '']);
    history.remove([third ?? '']);
    expect(history.removed.value.map(({ id }) => id)).toEqual([third]);
    time.pass(undoMs);
    await settled();
    expect((await store.list()).heads.map(({ id }) => id)).toEqual([second]);
    await history.add([fakeRecord(3)]); // from a file
    expect(idsOf(history)).toEqual([third, second]);
  });

  it('shows in one tab what another tab kept, marked or removed', async () => {
    const store = createMemoryStore();
    const channel = makeChannels();
    const here = open(store, channel()).history;
    const there = open(store, channel()).history;
    await there.add([fakeRecord(1), fakeRecord(2)]);
    await settled();
    expect(idsOf(here)).toEqual(idsOf(there));
    there.mark(fakeRecord(1).head.id, { isStarred: true });
    there.remove([fakeRecord(2).head.id]);
    await settled();
    expect(idsOf(here)).toEqual([fakeRecord(1).head.id]);
    there.restore();
    await settled();
    expect(idsOf(here)).toHaveLength(2);
    there.remove([fakeRecord(2).head.id]);
    await settled();
    expect(idsOf(here)).toEqual([fakeRecord(1).head.id]);
    expect(here.marks.value.get(fakeRecord(1).head.id)?.isStarred).toBe(true);
  });
});

it('takes what was deleted in a tab that was closed out of the store, once it can no longer be undone', async () => {
  const store = createMemoryStore();
  const time = makeDelay();
  let nowMs = 1000;
  const visit = () => createHistory(store, null, time.delay, () => nowMs);
  const first = visit();
  await first.add([fakeRecord(1), fakeRecord(2)]);
  first.remove([fakeRecord(1).head.id]);
  await settled();
  for (const [waitMs, left] of [
    [undoMs, 2],
    [1, 1],
  ] as const) {
    nowMs += waitMs;
    const next = visit();
    await next.read();
    expect(idsOf(next)).toEqual([fakeRecord(2).head.id]);
    expect((await store.list()).heads).toHaveLength(left);
  }
});

describe('the recorder', () => {
  const program = (rate: string): string => `export default experiment({ optimizer: { name: 'sgd', learningRate: ${rate} }, steps: 5 });\n`;
  const twoLanes = [fakeLane(5), fakeLane(5, { label: 'four', shortForm: '4xfp32', worldSize: 4 })];
  function makeRecorder() {
    const store = createMemoryStore();
    const { history } = open(store);
    const kept = new Map<string, string>();
    const storage = createStorage(() => ({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    }));
    const recorder = createRecorder(history, storage);
    const follow = (source: string) => recorder.follow({ programId: 'p', fileName: 'p.ts', source });
    const run = (source: string, lanes = twoLanes) => follow(source).finish(fakeResults(lanes));
    return { history, store, recorder, follow, run };
  }

  it('keeps every lane that took a step, done, failed or stopped, with its code and all of its numbers', async () => {
    const { history, run } = makeRecorder();
    const lanes = [fakeLane(5), fakeLane(3, { state: 'failed' }), fakeLane(2, { state: 'stopped' }), fakeLane(0, { state: 'failed' })];
    await run(program('0.1'), lanes);
    expect(history.heads.value.map(({ state, steps, laneIndex }) => [state, steps, laneIndex])).toEqual([
      ['done', 5, 0],
      ['failed', 3, 1],
      ['stopped', 2, 2],
    ]);
    const body = await history.body(history.heads.value[0]?.id ?? '');
    expect(body?.source).toBe(program('0.1'));
    expect(body === null ? null : resultOf(body)).toEqual(lanes[0]);
  });

  it('keeps a lane as it ends, completes it with what a later lane tells of it, and never writes it again', async () => {
    const { history, store, follow, run } = makeRecorder();
    await run(program('0.1'));
    const recording = follow(program('0.2'));
    const [first, second] = twoLanes.map((lane) => ({ ...lane, distanceToBaseline: null }));
    if (first === undefined || second === undefined) throw new Error('expected two lanes');
    const kept = async () => {
      await settled();
      const heads = history.heads.value.filter(({ name }) => name === 'lr 0.1 → 0.2');
      const bodies = await Promise.all(heads.map(({ id }) => store.body(id)));
      return bodies.map((body) => [body?.result.label, body?.result.distanceToBaseline]);
    };
    recording.apply({ type: 'manifest', manifest: fakeManifest });
    recording.apply({ type: 'lane-result', lane: 1, result: second });
    expect(await kept()).toEqual([['four', null]]); // a tab that closes now loses the first lane only
    recording.apply({ type: 'lane-result', lane: 0, result: { ...first, distanceToBaseline: 0 } });
    recording.apply({ type: 'lane-result', lane: 1, result: { ...second, distanceToBaseline: 0.5 } });
    expect(await kept()).toEqual([
      ['1xfp32', 0],
      ['four', 0.5],
    ]);
    const heads = history.heads.value;
    await recording.finish(
      fakeResults([
        { ...first, distanceToBaseline: 0 },
        { ...second, distanceToBaseline: 0.5 },
      ]),
    );
    expect(history.heads.value).toBe(heads); // nothing was left to say
    const one = heads.find(({ name }) => name === 'lr 0.1 → 0.2');
    if (one === undefined) throw new Error('expected a run');
    const file: RunRecord = { head: { ...one, origin: 'imported' }, body: fakeRecord(9).body };
    await store.add({ ...file, body: { ...file.body, id: one.id } });
    expect((await store.body(one.id))?.source).toBe(program('0.2'));
  });

  it('does not bring a lane back that was deleted while later lanes train', async () => {
    const { history, follow } = makeRecorder();
    const recording = follow(program('0.1'));
    const [first] = twoLanes;
    if (first === undefined) throw new Error('expected a lane');
    recording.apply({ type: 'manifest', manifest: fakeManifest });
    recording.apply({ type: 'lane-result', lane: 0, result: { ...first, distanceToBaseline: null } });
    await expect.poll(() => history.heads.value.length).toBe(1);
    history.remove(history.heads.value.map(({ id }) => id));
    await history.removeForGood();
    await recording.finish(fakeResults([first]));
    expect(history.heads.value).toEqual([]);
  });

  it('names a run by what differs from the same lane of the run before it, and knows that one as its parent', async () => {
    const { history, run } = makeRecorder();
    await Promise.all([run(program('0.1')), run(program('1e-2')), run(program('1e-2'), twoLanes.toReversed())]);
    const byName = history.heads.value.map(({ name, parentId }) => [name, parentId === null]);
    expect(byName.filter(([name]) => name === 'lr 0.1 → 1e-2')).toHaveLength(2);
    expect(byName.filter(([name, isFirst]) => name === '' && isFirst === true)).toHaveLength(2);
    expect(byName.filter(([name, isFirst]) => name === '' && isFirst === false)).toHaveLength(2);
    expect(new Set(history.heads.value.map(({ launchId }) => launchId)).size).toBe(3);
  });

  it('goes on from the run whose code was brought back to the editor', async () => {
    const { history, recorder, run } = makeRecorder();
    await run(program('0.1'));
    const [first] = history.heads.value;
    await run(program('0.2'));
    if (first === undefined) throw new Error('expected a run');
    recorder.continueFrom('p', first.id);
    await run(program('0.4'));
    const names = history.heads.value.map(({ name }) => name);
    expect(names.filter((name) => name === 'lr 0.1 → 0.4')).toHaveLength(2);
    expect(recorder.latest.value?.name).toBe('lr 0.1 → 0.4');
    expect(history.heads.value.find(({ name, shortForm }) => name === 'lr 0.1 → 0.4' && shortForm === '1xfp32')?.parentId).toBe(first.id);
  });

  it('says which lane it was where the run before had none like it', async () => {
    const { history, run } = makeRecorder();
    await run(program('0.1'), [fakeLane(5)]);
    await run(program('0.1'), twoLanes);
    expect(history.heads.value.map(({ name }) => name).sort()).toEqual(['', '', '1xfp32 → 4xfp32']);
  });
});

describe('runs to compare with', () => {
  function choose() {
    const { history } = open(createMemoryStore());
    const overlay = signal<readonly OverlayLane[]>([]);
    const kept = new Map<string, string>();
    const storage = createStorage(() => ({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    }));
    return { history, overlay, storage, compared: createComparedRuns(history, overlay, storage) };
  }

  it('lays the curves of chosen runs behind the others, and takes them away with the run', async () => {
    const { history, overlay, compared } = choose();
    const record = fakeRecord(1, { steps: 30 });
    await history.add([record, fakeRecord(2)]);
    compared.toggleOverlay(record.head.id);
    await settled();
    const loss = overlay.value[0]?.series.steps.metric('loss');
    expect([loss?.length, loss?.at(0)]).toEqual([30, Math.fround(2.3)]);
    history.remove([record.head.id]);
    await settled();
    expect(overlay.value).toEqual([]);
    history.restore();
    await settled();
    expect(overlay.value).toHaveLength(1);
  });

  it('remembers the baseline over a reload, and forgets it when it is let go of', async () => {
    const { history, storage, compared } = choose();
    await history.add([fakeRecord(1)]);
    compared.toggleBaseline(fakeRecord(1).head.id);
    await settled();
    expect(compared.baseline.value?.result.medianStepMs).toBe(20.3);
    const reloaded = createComparedRuns(history, signal<readonly OverlayLane[]>([]), storage);
    await settled();
    expect(reloaded.baseline.value?.head.id).toBe(fakeRecord(1).head.id);
    reloaded.toggleBaseline(fakeRecord(1).head.id);
    await settled();
    expect(reloaded.baseline.value).toBeNull();
    expect(storage.read('history.baseline')).toBeNull();
  });
});
