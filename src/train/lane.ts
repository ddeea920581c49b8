// A lane: how one program is run, beside others. Its short form (`4xfp16`, `4xfp32+ring`, `1xfp16+lossScale=off`) is what people type on
// the command line, see in links and read in the legend; one parse/format pair serves all of them.

import { allReduceNames, type AllReduceName } from '../collective/all-reduce.ts';
import { PlaygroundError } from '../core/errors.ts';

/** The number formats a lane can train in. */
export const precisions = ['fp32', 'fp16'] as const;
export type Precision = (typeof precisions)[number];

/** How the loss is scaled in fp16: torch's dynamic rule, a fixed factor, or not at all. */
export type LossScaleMode = 'dynamic' | 'off' | number;

/** What a program writes in `lanes`. */
export interface LaneSpec {
  /** Shown in the legend; the short form where absent. */
  readonly label?: string;
  /** Number of data-parallel replicas, 1 to 64. */
  readonly worldSize: number;
  readonly precision: Precision;
  /** fp16 only. `'dynamic'` where absent. */
  readonly lossScale?: LossScaleMode;
  /** How gradients are averaged over the ranks. `'direct'` where absent. */
  readonly allReduce?: AllReduceName;
}

/** A checked lane with every default filled in. */
export interface Lane {
  readonly label: string;
  readonly worldSize: number;
  readonly precision: Precision;
  readonly lossScale: LossScaleMode;
  readonly allReduce: AllReduceName;
}

/** More ranks than this are refused: each is a worker with a GPU device of its own. */
export const largestWorldSize = 64;

const knownOptions = ['label', 'worldSize', 'precision', 'lossScale', 'allReduce'] as const;

/** Checks one entry of `lanes`. Throws `config-invalid`, naming the lane by its place. */
export function parseLane(value: unknown, place: string): Lane {
  if (typeof value === 'string') return parseLane(readShortForm(value, place), place);
  if (typeof value !== 'object' || value === null) {
    throw invalid(place, "expected an object such as { worldSize: 4, precision: 'fp16' }", value);
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const unknownOption = Object.keys(fields).find((key) => !(knownOptions as readonly string[]).includes(key));
  if (unknownOption !== undefined) {
    throw invalid(`${place}.${unknownOption}`, `unknown lane option; a lane takes ${knownOptions.join(', ')}`, fields[unknownOption]);
  }
  const { worldSize, precision, lossScale = precision === 'fp16' ? 'dynamic' : 'off', allReduce = 'direct', label } = fields;
  if (typeof worldSize !== 'number' || !Number.isInteger(worldSize) || worldSize < 1 || worldSize > largestWorldSize) {
    throw invalid(`${place}.worldSize`, `expected a whole number from 1 to ${largestWorldSize}`, worldSize);
  }
  if (typeof precision !== 'string' || !(precisions as readonly string[]).includes(precision)) {
    throw invalid(`${place}.precision`, `expected one of ${precisions.join(', ')}`, precision);
  }
  if (!isLossScale(lossScale)) throw invalid(`${place}.lossScale`, "expected 'dynamic', 'off' or a positive number", lossScale);
  if (precision !== 'fp16' && lossScale !== 'off') {
    throw invalid(`${place}.lossScale`, 'a loss scale belongs to fp16 lanes; leave it out here', lossScale);
  }
  if (!isAllReduce(allReduce)) throw invalid(`${place}.allReduce`, `expected one of ${allReduceNames.join(', ')}`, allReduce);
  if (label !== undefined && (typeof label !== 'string' || label.trim() === '')) throw invalid(`${place}.label`, 'expected a text', label);
  const lane = { worldSize, precision: precision as Precision, lossScale, allReduce };
  return { label: label ?? formatLane(lane), ...lane };
}

/** Checks the whole list: at least one lane, labels made unique by a number. */
export function parseLanes(value: unknown): readonly Lane[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw invalid('lanes', "expected at least one lane, such as [{ worldSize: 1, precision: 'fp32' }]", value);
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

/** The short form: what differs from the defaults, nothing else. */
export function formatLane(lane: Omit<Lane, 'label'>): string {
  const isDefaultScale = lane.precision !== 'fp16' || lane.lossScale === 'dynamic';
  const allReduce = lane.allReduce === 'direct' ? '' : `+${lane.allReduce}`;
  return `${lane.worldSize}x${lane.precision}${allReduce}${isDefaultScale ? '' : `+lossScale=${lane.lossScale}`}`;
}

/** A list of lanes as `parseLaneList` reads it: short forms, with labels only where they say something else. */
export function formatLaneList(lanes: readonly Lane[]): string {
  const written = new Map<string, number>();
  const texts = lanes.map((lane) => {
    const short = formatLane(lane);
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
    throw invalid(`${place}.label`, 'expected a text with , + = and % written as %2C, %2B, %3D and %25', text);
  }
}

function readShortForm(text: string, place: string): Record<string, unknown> {
  const [head = '', ...options] = text.split('+');
  const match = /^(\d+)x([\w-]+)$/.exec(head);
  if (match === null) throw invalid(place, 'expected a lane such as 1xfp32 or 4xfp16', text);
  const fields: Record<string, unknown> = { worldSize: Number(match[1]), precision: match[2] };
  for (const option of options) {
    const [key = '', value = ''] = option.split('=');
    if (isAllReduce(option)) fields['allReduce'] = option;
    else if (key === 'label') fields[key] = unescapeLabel(value, place);
    else fields[key] = value !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
  }
  return fields;
}

function isLossScale(value: unknown): value is LossScaleMode {
  return value === 'dynamic' || value === 'off' || (typeof value === 'number' && Number.isFinite(value) && value > 0);
}

function isAllReduce(value: unknown): value is AllReduceName {
  return typeof value === 'string' && (allReduceNames as readonly string[]).includes(value);
}

function invalid(place: string, expectation: string, got: unknown): PlaygroundError {
  return new PlaygroundError('config-invalid', `${place}: ${expectation}, got ${JSON.stringify(got) ?? String(got)}.`, { place });
}
