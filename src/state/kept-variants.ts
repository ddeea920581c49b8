// The autotuner's tables in the page's storage, for the devices used last. Whoever reads one checks it (runner/tuning.ts).

import { isRecord } from '../core/is-record.ts';
import type { VariantKeep } from '../runner/tuning.ts';
import type { PageStorage } from './storage.ts';

const entry = 'kernelVariants';
const mostDevices = 8;

/** Tables kept in `storage`. */
export function keepVariants(storage: PageStorage): VariantKeep {
  const readAll = (): Readonly<Record<string, unknown>> => {
    try {
      const all: unknown = JSON.parse(storage.read(entry) ?? '{}');
      return isRecord(all) ? all : {};
    } catch {
      return {}; // somebody edited it
    }
  };
  return {
    read: (key) => readAll()[key] ?? null,
    write(key, table) {
      const others = Object.entries(readAll()).filter(([device]) => device !== key);
      storage.write(entry, JSON.stringify(Object.fromEntries([...others, [key, table] as const].slice(-mostDevices))));
    },
  };
}
