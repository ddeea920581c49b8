// Other tabs of this page that train at the same time. They share one GPU, so that the times of all of them are wrong, though never
// their losses or weights. Each training tab holds a Web Lock of the same name, which the browser frees even when a tab crashes; needs
// no storage, and waiting for it is a queue. A shared lock is held by who runs regardless, an exclusive one by who waited for it.
// Other browsers, private windows and other origins of the same page cannot be seen this way.

import { effect, signal, untracked } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { Delay } from './program.ts';
import type { RunState } from './run.ts';

/** A lock, held or asked for. */
export interface TabLock {
  readonly name?: string;
  readonly mode?: 'shared' | 'exclusive';
}

/** The part of `LockManager` that is used. */
export interface TabLocks {
  /** Calls back once the lock is held, and holds it until the promise settles. */
  request(
    name: string,
    options: { readonly mode: 'shared' | 'exclusive'; readonly signal?: AbortSignal },
    callback: () => Promise<void>,
  ): Promise<unknown>;
  query(): Promise<{ readonly held?: readonly TabLock[]; readonly pending?: readonly TabLock[] }>;
}

/** What is known of other tabs. */
export interface OtherTabsState {
  /** `asking`: a run was not started because another tab trains; `waiting`: it starts when that one is done. */
  readonly question: ReadonlySignal<'asking' | 'waiting' | null>;
  /** True where another tab trained during the run on screen. */
  readonly hasDisturbed: ReadonlySignal<boolean>;
  /** Starts something that trains, or asks first where another tab trains. */
  start(begin: () => void): void;
  /** Starts it anyway. */
  startAnyway(): void;
  /** Starts it when the other tabs are done. */
  wait(): void;
  /** Does not start it. */
  cancel(): void;
}

const lockName = 'lockstep.training';
/** How often a training tab looks for others, in milliseconds. */
export const lookEveryMs = 2000;

/** Follows the run; `locks` null where the browser has none, and then nobody can know. */
export function createOtherTabs(run: RunState, locks: TabLocks | null, delay: Delay): OtherTabsState {
  const question = signal<'asking' | 'waiting' | null>(null);
  const hasDisturbed = signal(false);
  let waiting: { readonly begin: () => void; readonly abort: AbortController } | null = null;
  /** Lets go of the lock this tab holds or asks for as one that trains. */
  let letGo: (() => void) | null = null;
  let isLooking = false;

  /** Tabs that train, this one left out; 0 where the browser does not say. */
  async function countOthers(manager: TabLocks): Promise<number> {
    try {
      const { held = [], pending = [] } = await manager.query();
      const training = [...held, ...pending.filter(({ mode }) => mode === 'shared')].filter(({ name }) => name === lockName);
      return training.length - (letGo === null ? 0 : 1);
    } catch {
      // A browser may refuse locks as it refuses storage; then other tabs cannot be known.
      return 0;
    }
  }

  function hold(manager: TabLocks): void {
    if (letGo !== null) return;
    const released = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    // Refused like storage: this tab then cannot be seen by others.
    manager.request(lockName, { mode: 'shared' }, () => released).catch(() => undefined);
  }

  function watch(manager: TabLocks): () => void {
    let isOver = false;
    let cancelDelay: (() => void) | null = null;
    const look = (): void => {
      void countOthers(manager).then((count) => {
        if (isOver) return;
        if (count > 0) hasDisturbed.value = true;
        cancelDelay = delay(look, lookEveryMs);
      });
    };
    look();
    return () => {
      isOver = true;
      cancelDelay?.();
    };
  }

  function forget(): void {
    waiting?.abort.abort();
    waiting = null;
    question.value = null;
  }

  if (locks !== null) {
    effect(() => {
      if (run.isActive.value) hasDisturbed.value = false;
    });
    effect(() => {
      if (!run.isTraining.value) return undefined;
      return untracked(() => {
        forget();
        hold(locks);
        const endWatch = watch(locks);
        return () => {
          endWatch();
          letGo?.();
          letGo = null;
        };
      });
    });
  }

  return {
    question,
    hasDisturbed,
    start(begin) {
      if (locks === null) {
        begin();
        return;
      }
      if (isLooking) return;
      isLooking = true;
      void countOthers(locks).then((count) => {
        isLooking = false;
        if (count === 0) {
          forget();
          begin();
          return;
        }
        if (waiting !== null) return;
        waiting = { begin, abort: new AbortController() };
        question.value = 'asking';
      });
    },
    startAnyway() {
      const begin = waiting?.begin;
      forget();
      begin?.();
    },
    wait() {
      if (locks === null || waiting === null || question.value === 'waiting') return;
      question.value = 'waiting';
      const { begin, abort } = waiting;
      const turn = async (): Promise<void> => {
        if (abort.signal.aborted) return; // an instant too late for the browser to take the request back
        const released = new Promise<void>((resolve) => {
          letGo = resolve;
        });
        waiting = null;
        question.value = null;
        begin();
        // It did not start to train, for a reason of its own: others need not wait for it.
        if (!run.isTraining.value) {
          letGo = null;
          return;
        }
        await released;
      };
      locks.request(lockName, { mode: 'exclusive', signal: abort.signal }, turn).catch(() => {
        // Aborted: somebody chose otherwise. Refused: nothing to wait for can be known, and the question stays.
        if (!abort.signal.aborted && waiting !== null) question.value = 'asking';
      });
    },
    cancel: forget,
  };
}
