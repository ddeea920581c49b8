// What one run was, as a flat list of named values: its program's options, its lane, its seed and the machine. Two such lists side by side
// are the table of what differs. Names are those a program writes; they are not translated.

import type { LaneResult, Manifest } from '../runner/results.ts';
import { laneOptionsOf } from './lane-options-of.ts';
import { readProgramOptions } from './program-options.ts';

/** What a comparison needs to know about a run. */
export interface ComparedRun {
  /** The program's TypeScript text. */
  readonly source: string;
  readonly manifest: Manifest;
  readonly lane: Pick<
    LaneResult,
    'shortForm' | 'worldSize' | 'precision' | 'allReduce' | 'lossScaleMode' | 'virtual' | 'f16' | 'learningRateChanges'
  >;
}

/** Where a value comes from: what the program says, the lane, the run's own settings, or the machine. */
export type ConfigGroup = 'program' | 'lane' | 'run' | 'machine';

/** One named value. */
export interface ConfigEntry {
  readonly group: ConfigGroup;
  readonly key: string;
  /** As it is written. */
  readonly value: string;
}

/** Groups in the order they are shown. */
export const configGroups: readonly ConfigGroup[] = ['program', 'lane', 'run', 'machine'];

/** Options that a run may override, so that the manifest says what was in force. */
const inManifest = new Set(['seed', 'steps', 'globalBatch']);

/** Everything that is known of a run. */
export function configOf({ source, manifest, lane }: ComparedRun): readonly ConfigEntry[] {
  const { options, layers } = readProgramOptions(source);
  const entries: ConfigEntry[] = [];
  const note = (group: ConfigGroup, key: string, value: string | number | boolean | null): void => {
    if (value !== null) entries.push({ group, key, value: String(value) });
  };
  for (const [key, value] of options) if (!inManifest.has(key)) note('program', key, value);
  if (layers.length > 0) note('program', 'layers', layers.map(({ text }) => text).join('\n'));

  note('lane', 'worldSize', lane.worldSize);
  note('lane', 'precision', lane.precision);
  for (const [key, value] of laneOptionsOf(lane)) note('lane', key, value);
  note('lane', 'f16', lane.f16);

  note('run', 'seed', manifest.seed);
  note('run', 'steps', manifest.steps);
  note('run', 'globalBatch', manifest.globalBatch);
  note('run', 'preset', manifest.preset);
  note('run', 'schedule', manifest.schedule);
  for (const { step, learningRate } of lane.learningRateChanges) note('run', `learningRate after step ${step}`, learningRate);

  note('machine', 'backend', manifest.backend);
  note('machine', 'adapter', adapterText(manifest));
  note('machine', 'userAgent', manifest.userAgent);
  note('machine', 'lockstep', manifest.versions.lockstep);
  note('machine', 'tfjs', manifest.versions.tfjs);
  return entries;
}

function adapterText({ adapter }: Manifest): string | null {
  if (adapter === null) return null;
  const { vendor, architecture, device, description } = adapter;
  return description === '' ? [vendor, architecture, device].filter((part) => part !== '').join(' ') : description;
}
