// What was measured last on each adapter, kept in `.cache`: a slow machine needs minutes for one.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PrecisionTimes } from './report.ts';

const path = join(import.meta.dirname, '..', '..', '.cache', 'bench-precision.json');

/** Keeps what was measured: rows of the same name on the same adapter are replaced. Returns all that is kept. */
export function keepTimes(times: PrecisionTimes): readonly PrecisionTimes[] {
  // Written by this function alone, in a folder of this checkout.
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as readonly PrecisionTimes[]) : [];
  const before = kept.find(({ adapter }) => adapter === times.adapter);
  const merged = {
    ...times,
    models: replaced(before?.models ?? [], times.models, ({ model }) => model),
    ops: replaced(before?.ops ?? [], times.ops, ({ name }) => name),
  };
  const all = [...kept.filter(({ adapter }) => adapter !== times.adapter), merged].toSorted((a, b) => (a.adapter < b.adapter ? -1 : 1));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(all));
  return all;
}

function replaced<Item>(before: readonly Item[], now: readonly Item[], nameOf: (item: Item) => string): readonly Item[] {
  const names = new Set(now.map(nameOf));
  return [...before.filter((item) => !names.has(nameOf(item))), ...now].toSorted((a, b) =>
    nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }),
  );
}
