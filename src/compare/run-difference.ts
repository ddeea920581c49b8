// What differs between two runs, and what a run is called because of it: "lr 1e-3 → 1e-4, +dropout". The name is in the notation of the
// field and of the program's own text, the same in every language. A difference that the options and layers do not explain is counted
// in lines of code, so that a name never claims to be the whole difference where it is not.

import { laneOptionsOf } from './lane-options-of.ts';
import { configGroups, configOf } from './run-config.ts';
import type { ComparedRun, ConfigEntry, ConfigGroup } from './run-config.ts';
import { readProgramOptions, writtenValue } from './program-options.ts';
import type { WrittenLayer } from './program-options.ts';
import { diffSequences } from './sequence-diff.ts';

/** A value that is another one in the second run, or is only in one of them. */
export interface ValueDifference {
  readonly group: ConfigGroup;
  readonly key: string;
  /** As written; null where the run has no such value. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Lines that only one of two texts has. */
export interface LineCounts {
  readonly added: number;
  readonly removed: number;
}

/** Everything in which two runs differ. */
export interface RunDifference {
  readonly values: readonly ValueDifference[];
  /** Of the program's whole text, comments included. */
  readonly lines: LineCounts;
}

/** Names as people say them, where those are shorter. */
const shortNames: Readonly<Record<string, string>> = { learningRate: 'lr', globalBatch: 'batch', evalEvery: 'eval every' };
/** What comes first in a name. */
const firstInName: readonly string[] = ['optimizer', 'learningRate', 'globalBatch', 'steps', 'seed'];
/** The settings of a run that say what was trained; on which machine it was is in the table and not in the name. */
const runKeysInName = new Set(['seed', 'steps', 'globalBatch', 'preset']);

/** Compares two runs, value by value and line by line. */
export function compareRuns(before: ComparedRun, after: ComparedRun): RunDifference {
  return { values: differingValues(configOf(before), configOf(after)), lines: countLines(before.source, after.source) };
}

/** What `after` is called beside `before`; empty where nothing that is trained differs. */
export function nameByDifference(before: ComparedRun, after: ComparedRun): string {
  const [programBefore, programAfter] = [readProgramOptions(before.source), readProgramOptions(after.source)];
  const named = differingValues(configOf(before), configOf(after)).filter(
    ({ group, key }) => (group === 'program' && key !== 'layers') || (group === 'run' && (runKeysInName.has(key) || isRateByHand(key))),
  );
  const parts = named
    .toSorted((a, b) => rankInName(a.key) - rankInName(b.key))
    .map(({ key, before: from, after: to }) => written(shortNames[key] ?? key, from, to));
  parts.push(...nameLayers(programBefore.layers, programAfter.layers), ...nameLane(before.lane, after.lane));
  const rest = countDifferences(programBefore.rest, programAfter.rest);
  const lines = parts.length === 0 && rest.added + rest.removed === 0 ? countLines(before.source, after.source) : rest;
  if (lines.added + lines.removed > 0) parts.push(`code +${lines.added} −${lines.removed}`);
  return parts.join(', ');
}

/** Lines that only one of two texts has. */
export function countLines(before: string, after: string): LineCounts {
  return before === after ? { added: 0, removed: 0 } : countDifferences(before.split(/\r?\n/u), after.split(/\r?\n/u));
}

function countDifferences(before: readonly string[], after: readonly string[]): LineCounts {
  const { added, removed } = diffSequences(before, after);
  return { added: added.length, removed: removed.length };
}

function differingValues(before: readonly ConfigEntry[], after: readonly ConfigEntry[]): readonly ValueDifference[] {
  return configGroups.flatMap((group) => {
    const [from, to] = [valuesOf(before, group), valuesOf(after, group)];
    return [...new Set([...from.keys(), ...to.keys()])].flatMap((key) => {
      const [a = null, b = null] = [from.get(key), to.get(key)];
      const isSame = a !== null && b !== null && writtenValue(a) === writtenValue(b);
      return isSame ? [] : [{ group, key, before: a, after: b }];
    });
  });
}

function valuesOf(entries: readonly ConfigEntry[], group: ConfigGroup): ReadonlyMap<string, string> {
  return new Map(entries.filter((entry) => entry.group === group).map(({ key, value }) => [key, value]));
}

function rankInName(key: string): number {
  const place = firstInName.indexOf(key);
  return place === -1 ? firstInName.length : place;
}

function isRateByHand(key: string): boolean {
  return key.startsWith('learningRate after step ');
}

/** `lr 1e-3 → 1e-4`, `+momentum 0.9`, `−momentum`; an optimizer says which it is. */
function written(name: string, before: string | null, after: string | null): string {
  const say = (value: string): string => value.replace(/^(['"`])(.*)\1$/su, '$2');
  if (after === null) return `−${name}`;
  if (before === null) return `+${name} ${say(after)}`;
  return name === 'optimizer' ? `${say(before)} → ${say(after)}` : `${name} ${say(before)} → ${say(after)}`;
}

/** `+dropout`, `−dense`, `dense units 48 → 64`: layers that came, went, or have another option. */
function nameLayers(before: readonly WrittenLayer[], after: readonly WrittenLayer[]): readonly string[] {
  const { removed, added } = diffSequences(
    before.map(({ text }) => text),
    after.map(({ text }) => text),
  );
  const left = removed.flatMap((at) => before[at] ?? []);
  const parts: string[] = [];
  for (const layer of added.flatMap((at) => after[at] ?? [])) {
    const old = left.findIndex(({ kind }) => kind === layer.kind);
    const [partner] = old === -1 ? [] : left.splice(old, 1);
    if (partner === undefined) parts.push(`+${layer.kind}`);
    else parts.push(...nameLayerOptions(partner, layer));
  }
  return [...parts, ...left.map(({ kind }) => `−${kind}`)];
}

function nameLayerOptions(before: WrittenLayer, after: WrittenLayer): readonly string[] {
  const keys = [...new Set([...before.options.keys(), ...after.options.keys()])];
  const parts = keys.flatMap((key) => {
    const [from = null, to = null] = [before.options.get(key), after.options.get(key)];
    const isSame = from !== null && to !== null && writtenValue(from) === writtenValue(to);
    return isSame ? [] : [`${after.kind} ${written(key, from, to)}`];
  });
  return parts.length === 0 && before.text !== after.text && keys.length === 0 ? [`${after.kind} edited`] : parts;
}

/** `1xfp32 → 4xfp16`, `+ring`, `−accum=2`. */
function nameLane(before: ComparedRun['lane'], after: ComparedRun['lane']): readonly string[] {
  if (before.shortForm === after.shortForm) return [];
  const size = ({ worldSize, precision }: ComparedRun['lane']): string => `${worldSize}x${precision}`;
  const parts = size(before) === size(after) ? [] : [`${size(before)} → ${size(after)}`];
  const [from, to] = [laneOptionsOf(before), laneOptionsOf(after)];
  for (const key of new Set([...from.keys(), ...to.keys()])) {
    const [a = null, b = null] = [from.get(key), to.get(key)];
    if (a === b) continue;
    if (b === null) parts.push(`−${key}`);
    else parts.push(a === null ? `+${b === 'on' ? key : `${key}=${b}`}` : `${key} ${a} → ${b}`);
  }
  return parts;
}
