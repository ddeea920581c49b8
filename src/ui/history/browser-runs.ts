// Where the browser keeps runs, and how its tabs tell each other. The database's wrapper is loaded with the first use.

import type { TabChannel } from '../../state/history/history.ts';
import type { RunStore } from '../../state/history/run-store.ts';

const channelName = 'lockstep.runs';

/** IndexedDB, opened at the first use. */
export function browserStore(): RunStore {
  let loading: Promise<RunStore> | null = null;
  const store = (): Promise<RunStore> => {
    loading ??= import('../../state/history/idb-store.ts').then(
      ({ createIdbStore }) => createIdbStore(),
      (reason: unknown) => {
        loading = null;
        throw reason;
      },
    );
    return loading;
  };
  return {
    list: async () => (await store()).list(),
    body: async (id) => (await store()).body(id),
    add: async (record) => (await store()).add(record),
    setMarks: async (marks) => (await store()).setMarks(marks),
    remove: async (ids) => (await store()).remove(ids),
  };
}

/** A channel to the other tabs of this page; where the browser has none, a tab hears of others when it is looked at again. */
export function tabChannel(): TabChannel {
  if (typeof BroadcastChannel === 'undefined') {
    return {
      tell: () => undefined,
      listen: (listener) =>
        document.addEventListener('visibilitychange', () => {
          if (document.visibilityState === 'visible') listener();
        }),
    };
  }
  const channel = new BroadcastChannel(channelName);
  return {
    tell: () => channel.postMessage('changed'),
    listen: (listener) => channel.addEventListener('message', listener),
  };
}
