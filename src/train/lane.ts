// A lane: how one program is run, beside others. Its short form (`4xfp16`, `4xfp32+ring`, `1xfp16+lossScale=off`) is what people type on
// the command line, see in links and read in the legend; one parse/format pair serves all of them. Its options are in lane-options.ts.

import { isPrecision, precisionMode, precisions } from '../core/precision/precision-modes.ts';
import type { Precision } from '../core/precision/precision-modes.ts';
import { invalidLane, laneOptionNames, laneOptions, readOption } from './lane-options.ts';
import type { LaneOptions } from './lane-options.ts';

/** What a program writes in `lanes`; docs/lanes.md lists the options. */
export interface LaneSpec extends Partial<LaneOptions> {
  /** Shown in the legend; the short form where absent. */
  readonly label?: string;
  /** Number of data-parallel replicas, 1 to 64; up to 1,024 where they are virtual. */
  readonly worldSize: number;
  readonly precision: Precision;
}

/** A checked lane with every default filled in. */
export interface Lane extends Omit<LaneOptions, 'repeat'> {
  readonly label: string;
  readonly worldSize: number;
  readonly precision: Precision;
  /** Which of its repeats it is; null for a lane that is run once. A list that is yet to be run holds the first alone (repeats.ts). */
  readonly repeat: LaneRepeat | null;
}

/** One of several lanes that differ in nothing but their seed. */
export interface LaneRepeat {
  /** What all of them are called: the label somebody gave them, else the short form they share. */
  readonly group: string;
  /** From 0; its seed is so many more than the run's. */
  readonly index: number;
  readonly count: number;
}

/** More ranks than this are refused: each is a worker with a GPU device of its own. */
export const largestWorldSize = 64;
/** Virtual ranks share one worker. */
export const largestVirtualWorldSize = 1024;

const ownFields: readonly string[] = ['label', 'worldSize', 'precision'];

/** How many workers a lane needs: one per rank, or one for all. */
export function workerCountOf({ worldSize, virtual }: Pick<Lane, 'worldSize' | 'virtual'>): number {
  return virtual ? 1 : worldSize;
}

/** By how much the lane's learning rate differs from the experiment's (Goyal et al., 2017, section 2.1; Krizhevsky, 2014, section 5 for the root). */
export function learningRateFactor(globalBatch: number, lane: Pick<Lane, 'globalBatch' | 'lrScaling'>): number {
  const ratio = (lane.globalBatch ?? globalBatch) / globalBatch;
  if (lane.lrScaling === 'none') return 1;
  return lane.lrScaling === 'linear' ? ratio : Math.sqrt(ratio);
}

/** Checks one entry of `lanes`. Throws `config-invalid`, naming the lane by its place. */
export function parseLane(value: unknown, place: string): Lane {
  if (typeof value === 'string') return parseLane(readShortForm(value, place), place);
  if (typeof value !== 'object' || value === null) {
    throw invalidLane(place, "expected an object such as { worldSize: 4, precision: 'fp16' }", value);
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const unknownField = Object.keys(fields).find((key) => !ownFields.includes(key) && !Object.hasOwn(laneOptions, key));
  if (unknownField !== undefined) {
    const known = [...ownFields, ...laneOptionNames].join(', ');
    throw invalidLane(`${place}.${unknownField}`, `unknown lane option; a lane takes ${known}`, fields[unknownField]);
  }
  const { worldSize, precision, label } = fields;
  const mostRanks = fields['virtual'] === true ? largestVirtualWorldSize : largestWorldSize;
  if (typeof worldSize !== 'number' || !Number.isInteger(worldSize) || worldSize < 1 || worldSize > mostRanks) {
    throw invalidLane(`${place}.worldSize`, `expected a whole number from 1 to ${mostRanks}`, worldSize);
  }
  if (!isPrecision(precision)) {
    throw invalidLane(`${place}.precision`, `expected one of ${precisions.join(', ')}`, precision);
  }
  if (label !== undefined && (typeof label !== 'string' || label.trim() === '')) {
    throw invalidLane(`${place}.label`, 'expected a text', label);
  }
  const { repeat: count, ...options } = checkOptions(fields, precision, place);
  const once = { worldSize, precision, ...options, repeat: null };
  checkTogether(once, place);
  const lane = { ...once, repeat: count === 1 ? null : { group: formatLane(once), index: 0, count } };
  return { label: label ?? formatWithRepeat(lane), ...lane };
}

function checkOptions(fields: Readonly<Record<string, unknown>>, precision: Precision, place: string): LaneOptions {
  const { isLossScaled } = precisionMode(precision);
  const options = laneOptionNames.map((name) => {
    const value = fields[name];
    const { absent, check } = laneOptions[name];
    return [name, value === undefined ? absent(isLossScaled) : check(value, `${place}.${name}`)];
  });
  return Object.fromEntries(options) as LaneOptions; // the table is typed row by row
}

/** Options that are right alone and make no sense together. */
function checkTogether(lane: Omit<Lane, 'label'>, place: string): void {
  const {
    worldSize,
    precision,
    lossScale,
    initScale,
    growthInterval,
    allReduce,
    wire,
    sync,
    batchNorm,
    breakers,
    faults,
    elastic,
    virtual,
  } = lane;
  const refuse = (field: keyof LaneOptions, expectation: string): never => {
    throw invalidLane(`${place}.${field}`, expectation, lane[field]);
  };
  const mode = precisionMode(precision);
  if (mode.pass === 'f16-everywhere' && batchNorm === 'sync')
    refuse('batchNorm', `expected local beside ${precision}: what ranks exchange in the middle of a pass is f32`);
  if (mode.format === 'fp32' && lossScale !== 'off') refuse('lossScale', 'a loss scale belongs to lanes in 16 bits; leave it out here');
  if (lossScale !== 'dynamic' && initScale !== null) refuse('initScale', 'only a dynamic loss scale begins somewhere and moves');
  if (lossScale !== 'dynamic' && growthInterval !== null) refuse('growthInterval', 'only a dynamic loss scale grows');
  if (wire !== 'fp32' && allReduce !== 'direct')
    refuse('wire', `expected fp32, the only format that ${allReduce} sends; use direct for the others`);
  if (wire !== 'fp32' && sync !== 'every-step') refuse('wire', 'expected fp32 beside local steps, which send weights');
  const lost = faults.find(({ rank }) => rank >= worldSize);
  if (lost !== undefined) refuse('faults', `expected ranks from 0 to ${worldSize - 1}`);
  const killed = new Set(faults.flatMap(({ kind, rank }) => (kind === 'kill' ? [rank] : [])));
  if (killed.size >= worldSize) refuse('faults', 'expected at least one rank to be left alive');
  if (elastic && worldSize === 1) refuse('elastic', 'expected at least two ranks: with one there is nobody to go on');
  if (elastic && sync !== 'every-step')
    refuse(
      'elastic',
      'expected false beside local steps: between two averages every rank has weights of its own, and a lost one takes its own along',
    );
  if (!virtual) return;
  if (faults.length > 0) refuse('faults', 'expected no fault beside virtual ranks, which have no workers of their own');
  if (elastic) refuse('elastic', 'expected false beside virtual ranks, of which none can be lost');
  if (batchNorm === 'sync') refuse('batchNorm', 'expected local beside virtual ranks, which compute one after the other');
  if (sync !== 'every-step') refuse('sync', 'expected every-step beside virtual ranks, which share one copy of the weights');
  if (breakers.includes('seed-per-rank'))
    refuse('breakers', 'expected no seed-per-rank beside virtual ranks, which share one copy of the weights');
}

/** Checks the whole list: at least one lane, labels made unique by a number. */
export function parseLanes(value: unknown): readonly Lane[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw invalidLane('lanes', "expected at least one lane, such as [{ worldSize: 1, precision: 'fp32' }]", value);
  }
  const seen = new Map<string, number>();
  return value.map((entry, index) => {
    const lane = parseLane(entry, `lanes[${index}]`);
    const earlierCount = seen.get(lane.label) ?? 0;
    seen.set(lane.label, earlierCount + 1);
    return earlierCount === 0 ? lane : { ...lane, label: numbered(lane.label, earlierCount) };
  });
}

/** `1xfp32,4xfp16+lossScale=off` as checked lanes. */
export function parseLaneList(text: string): readonly Lane[] {
  return parseLanes(text.split(',').map((part) => part.trim()));
}

/** The short form: what differs from the defaults, nothing else. Repeats of a lane have the same. */
export function formatLane(lane: Omit<Lane, 'label'>): string {
  return formatOptions(lane, { ...lane, repeat: 1 });
}

/** The short form of an entry of a list, which says how often the lane is run. */
export function formatWithRepeat(lane: Omit<Lane, 'label'>): string {
  return formatOptions(lane, { ...lane, repeat: lane.repeat?.count ?? 1 });
}

function formatOptions({ worldSize, precision }: Pick<Lane, 'worldSize' | 'precision'>, options: LaneOptions): string {
  const { isLossScaled } = precisionMode(precision);
  return [`${worldSize}x${precision}`, ...laneOptionNames.flatMap((name) => formatOption(name, options, isLossScaled))].join('+');
}

function formatOption<Name extends keyof LaneOptions>(
  name: Name,
  options: Pick<LaneOptions, Name>,
  isLossScaled: boolean,
): readonly string[] {
  const { absent, write } = laneOptions[name];
  const value: LaneOptions[Name] = options[name];
  return JSON.stringify(value) === JSON.stringify(absent(isLossScaled)) ? [] : write(value);
}

/** A list of lanes as `parseLaneList` reads it: short forms, with labels only where they say something else. */
export function formatLaneList(lanes: readonly Lane[]): string {
  const written = new Map<string, number>();
  const texts = lanes.map((lane) => {
    const short = formatWithRepeat(lane);
    const automatic = numbered(short, written.get(short) ?? 0);
    const label = lane.label === automatic ? short : lane.label;
    written.set(label, (written.get(label) ?? 0) + 1);
    return label === short ? short : `${short}+label=${escapeLabel(label)}`;
  });
  return texts.join(', ');
}

function numbered(label: string, earlierCount: number): string {
  return earlierCount === 0 ? label : `${label} (${earlierCount + 1})`;
}

/** Labels are free text; what separates lanes and options is written as in an address, `%2C` for a comma. */
export function escapeLabel(label: string): string {
  return label.replace(/[%,+=]|^\s|\s$/g, encodeURIComponent);
}

function unescapeLabel(text: string, place: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidLane(`${place}.label`, 'expected a text with , + = and % written as %2C, %2B, %3D and %25', text);
  }
}

function readShortForm(text: string, place: string): Record<string, unknown> {
  const [head = '', ...parts] = text.split('+');
  const match = /^(\d+)x([\w()-]+)$/.exec(head);
  if (match === null) throw invalidLane(place, 'expected a lane such as 1xfp32 or 4xfp16', text);
  const fields: Record<string, unknown> = { worldSize: Number(match[1]), precision: match[2] };
  const texts = new Map<keyof LaneOptions, string[]>();
  for (const part of parts) {
    const option = readOption(part);
    if (option !== null) texts.set(option.field, [...(texts.get(option.field) ?? []), option.text]);
    else if (part.startsWith('label=')) fields['label'] = unescapeLabel(part.slice('label='.length), place);
    else fields[part.split('=')[0] ?? part] = part;
  }
  for (const [field, given] of texts) fields[field] = laneOptions[field].read(given);
  return fields;
}
