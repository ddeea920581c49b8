// Two and three tabs of the page on one machine, against locks that work as the Web Locks specification says: a queue per name,
// shared locks together, exclusive ones alone.

import { describe, expect, it } from 'vitest';
import { createOtherTabs } from '../../src/state/other-tabs.ts';
import type { TabLock, TabLocks } from '../../src/state/other-tabs.ts';
import { createRun } from '../../src/state/run.ts';

/** https://w3c.github.io/web-locks/, for one origin. */
class FakeLocks implements TabLocks {
  #held: (TabLock & { readonly name: string })[] = [];
  #queue: { readonly lock: TabLock & { readonly name: string }; readonly grant: () => void }[] = [];

  request(name: string, { mode, signal }: { mode: 'shared' | 'exclusive'; signal?: AbortSignal }, callback: () => Promise<void>) {
    return new Promise<void>((resolve, reject) => {
      const lock = { name, mode };
      const entry = {
        lock,
        grant: () => {
          void callback().then(() => {
            this.#held = this.#held.filter((held) => held !== lock);
            resolve();
            this.#grantNext();
          }, reject);
        },
      };
      signal?.addEventListener('abort', () => {
        if (!this.#queue.includes(entry)) return;
        this.#queue = this.#queue.filter((queued) => queued !== entry);
        reject(new DOMException('aborted', 'AbortError'));
        this.#grantNext();
      });
      this.#queue.push(entry);
      this.#grantNext();
    });
  }

  query() {
    return Promise.resolve({ held: this.#held, pending: this.#queue.map(({ lock }) => lock) });
  }

  #grantNext(): void {
    const [next] = this.#queue;
    if (next === undefined) return;
    const isFree = this.#held.length === 0 || (next.lock.mode === 'shared' && this.#held.every(({ mode }) => mode === 'shared'));
    if (!isFree) return;
    this.#queue.shift();
    this.#held.push(next.lock);
    next.grant();
    this.#grantNext();
  }
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
};

function openTab(locks: TabLocks | null) {
  const run = createRun({ now: () => 0, requestFrame: () => undefined, delay: () => undefined });
  const looks: (() => void)[] = [];
  const others = createOtherTabs(run, locks, (look) => {
    looks.push(look);
    return () => void looks.splice(looks.indexOf(look), 1);
  });
  let startCount = 0;
  const begin = (): void => {
    startCount += 1;
    run.begin({ programId: 'p', source: 's', seed: null, lanes: null, schedule: null });
  };
  return {
    run,
    others,
    /** Presses Run. */
    start: async () => {
      others.start(begin);
      await settle();
    },
    end: async (phase: 'done' | 'paused' = 'done') => {
      run.apply({ type: 'phase', phase });
      await settle();
    },
    /** Lets the time between two looks pass. */
    look: async () => {
      for (const look of looks.splice(0)) look();
      await settle();
    },
    startCount: () => startCount,
  };
}

describe('a tab', () => {
  it('alone starts at once, again and again, and finds nobody disturbing it', async () => {
    const tab = openTab(new FakeLocks());
    for (let time = 1; time <= 3; time += 1) {
      await tab.start();
      await tab.look();
      expect(tab.startCount()).toBe(time);
      await tab.end();
    }
    expect(tab.others.hasDisturbed.value).toBe(false);
  });

  it('in a browser without locks starts without a question', async () => {
    const tab = openTab(null);
    await tab.start();
    expect(tab.startCount()).toBe(1);
  });

  it('in a browser that refuses locks starts without a question', async () => {
    const refuse = (): Promise<never> => Promise.reject(new DOMException('no', 'SecurityError'));
    const tab = openTab({ request: refuse, query: refuse });
    await tab.start();
    await tab.look();
    expect(tab.startCount()).toBe(1);
    expect(tab.others.hasDisturbed.value).toBe(false);
  });
});

describe('a second tab', () => {
  async function bothOpen() {
    const locks = new FakeLocks();
    const first = openTab(locks);
    const second = openTab(locks);
    await first.start();
    await second.start();
    return { locks, first, second };
  }

  it('asks before it trains beside another, and does not start', async () => {
    const { second } = await bothOpen();
    expect(second.others.question.value).toBe('asking');
    expect(second.startCount()).toBe(0);
  });

  it('starts at once when told so, and both tabs know that their times are off', async () => {
    const { first, second } = await bothOpen();
    second.others.startAnyway();
    await settle();
    expect(second.startCount()).toBe(1);
    expect(second.others.question.value).toBeNull();
    expect(second.others.hasDisturbed.value).toBe(true);
    expect(first.others.hasDisturbed.value).toBe(false);
    await first.look();
    expect(first.others.hasDisturbed.value).toBe(true);
    await first.end();
    await second.end();
    await first.start();
    expect(first.others.hasDisturbed.value).toBe(false);
  });

  it('that waits starts when the other is done, undisturbed', async () => {
    const { first, second } = await bothOpen();
    second.others.wait();
    await settle();
    expect([second.others.question.value, second.startCount()]).toEqual(['waiting', 0]);
    await first.look();
    expect(first.others.hasDisturbed.value).toBe(false);
    await first.end();
    await second.look();
    expect([second.others.question.value, second.startCount()]).toEqual([null, 1]);
    expect(second.others.hasDisturbed.value).toBe(false);
    await second.end();
    await first.start();
    expect(first.startCount()).toBe(2);
  });

  it('gets its turn while the other is paused', async () => {
    const { first, second } = await bothOpen();
    second.others.wait();
    await first.end('paused');
    expect(second.startCount()).toBe(1);
    first.run.apply({ type: 'phase', phase: 'running' });
    await settle();
    expect(first.others.hasDisturbed.value).toBe(true);
  });

  it('that waited too long and starts anyway, or not at all, does not start twice', async () => {
    const { first, second } = await bothOpen();
    second.others.wait();
    second.others.startAnyway();
    await settle();
    await first.end();
    expect(second.startCount()).toBe(1);
    await second.end();

    await first.start();
    await second.start();
    second.others.wait();
    second.others.cancel();
    await first.end();
    expect([second.others.question.value, second.startCount()]).toEqual([null, 1]);
    await second.start();
    expect(second.startCount()).toBe(2);
  });

  it('and a third that wait train one after the other', async () => {
    const { locks, first, second } = await bothOpen();
    const third = openTab(locks);
    await third.start();
    second.others.wait();
    third.others.wait();
    await first.end();
    expect([second.startCount(), third.startCount()]).toEqual([1, 0]);
    await second.end();
    await third.look();
    expect(third.startCount()).toBe(1);
    expect(third.others.hasDisturbed.value).toBe(false);
  });

  it('keeps nobody waiting when what it waited for does not train after all', async () => {
    const locks = new FakeLocks();
    const first = openTab(locks);
    const second = openTab(locks);
    await first.start();
    second.others.start(() => undefined); // a program that does not compile
    await settle();
    second.others.wait();
    await first.end();
    await first.start();
    expect(first.startCount()).toBe(2);
    expect(first.others.question.value).toBeNull();
  });
});
