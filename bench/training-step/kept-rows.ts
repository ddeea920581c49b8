// What was measured last of each model on each adapter, kept in `.cache`, so that a table can be measured in pieces: a slow machine needs minutes per model.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LaneTimes } from './lane-names.ts';
import type { ComparedTimes } from './measure.ts';
import { modelNames } from './model-names.ts';

const path = join(import.meta.dirname, '..', '..', '.cache', 'bench-step-rows.json');

/** One model on one adapter. */
export interface StepRow {
  readonly adapter: string;
  readonly browser: string;
  readonly repeats: number;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly times: ComparedTimes;
  readonly lanes: readonly LaneTimes[];
}

/** Keeps a row in place of the one before it of the same model and adapter. Returns all that are kept, in the models' order. */
export function keepRow(row: StepRow): readonly StepRow[] {
  // Written by this function alone, in a folder of this checkout.
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as readonly StepRow[]) : [];
  const isOther = ({ adapter, times }: StepRow): boolean => adapter !== row.adapter || times.model !== row.times.model;
  const rows = [...kept.filter(isOther), row].toSorted((a, b) => modelNames.indexOf(a.times.model) - modelNames.indexOf(b.times.model));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(rows));
  return rows;
}
