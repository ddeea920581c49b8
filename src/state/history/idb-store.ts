// Runs in IndexedDB, in three object stores: `runs` (heads), `bodies` and `marks`, so that a list reads no body. The database is opened at
// the first use and again after it was closed under us: an open tab lets go of it when a newer version of the page wants to change it,
// so that no upgrade waits for a tab, and a tab that finds a newer database says so instead of writing into it. Whoever clears the site's data
// deletes it under us as well; then the next list says so, because an empty list would look like no runs.

import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';
import { PlaygroundError } from '../../core/errors.ts';
import type { RunBody, RunHead, RunMarks } from './run-record.ts';
import type { RunStore } from './run-store.ts';

const databaseName = 'lockstep-runs';
const databaseVersion = 1;

interface RunsSchema extends DBSchema {
  runs: { readonly key: string; readonly value: RunHead };
  bodies: { readonly key: string; readonly value: RunBody };
  marks: { readonly key: string; readonly value: RunMarks };
}

/** The browser's store. Opening it cannot fail; using it can. */
export function createIdbStore(): RunStore {
  let opening: Promise<IDBPDatabase<RunsSchema>> | null = null;
  let wasInterrupted = false;

  function database(): Promise<IDBPDatabase<RunsSchema>> {
    opening ??= open((isInterruption) => {
      opening = null;
      wasInterrupted ||= isInterruption;
    }).catch((reason: unknown) => {
      opening = null; // the next use tries again
      throw reason;
    });
    return opening;
  }

  return {
    async list() {
      const transaction = (await database()).transaction(['runs', 'marks']);
      const [heads, marks] = await Promise.all([transaction.objectStore('runs').getAll(), transaction.objectStore('marks').getAll()]);
      const list = { heads: heads.filter(({ schemaVersion }) => schemaVersion === 1), marks, wasInterrupted };
      wasInterrupted = false;
      return list;
    },
    async body(id) {
      return (await (await database()).get('bodies', id)) ?? null;
    },
    async add({ head, body }) {
      const transaction = (await database()).transaction(['runs', 'bodies'], 'readwrite');
      const runs = transaction.objectStore('runs');
      const staysAsItIs = head.origin === 'imported' && (await runs.getKey(head.id)) !== undefined;
      const writes = staysAsItIs ? [] : [runs.put(head), transaction.objectStore('bodies').put(body)];
      await Promise.all([...writes, transaction.done]);
    },
    async setMarks(marks) {
      const transaction = (await database()).transaction('marks', 'readwrite');
      await Promise.all([...marks.map((one) => transaction.store.put(one)), transaction.done]);
    },
    async remove(ids) {
      const transaction = (await database()).transaction(['runs', 'bodies', 'marks'], 'readwrite');
      const removals = ids.flatMap((id) => [
        transaction.objectStore('runs').delete(id),
        transaction.objectStore('bodies').delete(id),
        transaction.objectStore('marks').delete(id),
      ]);
      await Promise.all([...removals, transaction.done]);
    },
  };
}

/**
 * Opens the database, and gives up where a tab of an older page does not let go of it. `onClosed` hears when it has been closed: by an
 * interruption where it was deleted, or the browser closed it for reasons of its own, and not for a newer version of the page.
 */
function open(onClosed: (isInterruption: boolean) => void): Promise<IDBPDatabase<RunsSchema>> {
  return new Promise((resolve, reject) => {
    let hasGivenUp = false;
    openDB<RunsSchema>(databaseName, databaseVersion, {
      upgrade(database) {
        for (const name of ['runs', 'bodies', 'marks'] as const) database.createObjectStore(name, { keyPath: 'id' });
      },
      blocked() {
        hasGivenUp = true;
        reject(
          new PlaygroundError('not-supported', 'history: expected the database, got one that another tab holds. Close the other tabs.'),
        );
      },
      blocking(_current, wanted, event) {
        // idb types the target as any event's; of a versionchange it is the database.
        (event.target as IDBDatabase).close();
        onClosed(wanted === null);
      },
      terminated: () => onClosed(true),
    }).then((database) => {
      if (hasGivenUp) database.close();
      else resolve(database);
    }, reject);
  });
}
